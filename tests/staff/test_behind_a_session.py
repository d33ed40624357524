"""Who is behind a session, found by one query."""

import pytest
from allauth.mfa.models import Authenticator

from clinic.staff.backends import StaffBackend
from tests.factories.practice import SiteFactory

pytestmark = pytest.mark.django_db


def found(user):
    return StaffBackend().get_user(user.pk)


def test_the_person_is_the_same_as_the_orm_finds(clinician, django_assert_num_queries):
    with django_assert_num_queries(1):
        person = found(clinician)
    for field in type(clinician)._meta.concrete_fields:
        assert getattr(person, field.attname) == getattr(clinician, field.attname)
    person.given_name = "Renamed"
    person.save()
    clinician.refresh_from_db()
    assert clinician.given_name == "Renamed"


def test_somebody_who_left_is_nobody(clinician):
    clinician.is_active = False
    clinician.save()
    assert found(clinician) is None


def test_the_second_factor_is_known_at_once(clinician):
    assert found(clinician).has_second_factor is False
    Authenticator.objects.create(user=clinician, type="totp", data={})
    assert found(clinician).has_second_factor is True


def test_workplaces_are_the_sites_one_is_limited_to_or_else_all(
    clinician, django_assert_num_queries
):
    here, there = SiteFactory(name="A"), SiteFactory(name="B")
    with django_assert_num_queries(1):
        person = type(clinician)(pk=clinician.pk)
        assert person.workplaces == [here, there]
        assert person.site_ids == frozenset()
    clinician.sites.add(there)
    person = found(clinician)
    assert person.workplaces == [there]
    assert person.site_ids == {there.pk}
    assert person.works_at(there.pk)
    assert not person.works_at(here.pk)


def test_without_a_second_factor_one_is_sent_to_set_it_up(clinician, client_of, settings):
    SiteFactory()
    settings.MFA_REQUIRED = True
    client = client_of(clinician)
    assert client.get("/")["Location"] == "/accounts/2fa/"
    Authenticator.objects.create(user=clinician, type="totp", data={})
    assert client.get("/").status_code == 200
    Authenticator.objects.all().delete()
    assert client.get("/")["Location"] == "/accounts/2fa/"
