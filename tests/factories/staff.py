"""Invented members of staff."""

import factory

from clinic.staff.models import User
from clinic.staff.permissions import Role

PASSWORD = "correct-horse-battery"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.test")
    title = ""
    given_name = factory.Sequence(lambda n: f"Person{n}")
    family_name = "Staff"
    roles = [Role.RECEPTION]

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        sites = kwargs.pop("sites", [])
        user = model_class.objects.create_user(password=PASSWORD, **kwargs)
        user.sites.set(sites)
        return user


class ReceptionFactory(UserFactory):
    family_name = "Desk"
    roles = [Role.RECEPTION]


class ClinicianFactory(UserFactory):
    title = "Dr"
    family_name = "Scalpel"
    roles = [Role.CLINICIAN]
    registration_body = "gmc"
    registration_number = factory.Sequence(lambda n: f"{9000000 + n}")


class AdminFactory(UserFactory):
    family_name = "Overview"
    roles = [Role.ADMIN]


class EvaluatorFactory(UserFactory):
    family_name = "Blind"
    roles = [Role.EVALUATOR]
