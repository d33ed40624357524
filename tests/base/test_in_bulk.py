"""Many rows in one statement are what they would be one by one."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from clinic.base.in_bulk import insert_all, update_all
from patients.models import OtherNumber, Patient
from tests.factories.patients import PatientFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC)
ODD = 'O\'Brien "x" \\ %s {} \t\n Zoë 王 \\u0041'


def patient(number, **values):
    values = {"given_names": "Ada", "family_name": "Okoro", "email": "a@example.test"} | values
    return Patient(number=number, created_at=AT, **values)


def test_every_kind_of_value_comes_back_as_it_was():
    one = patient(
        "T-1",
        address=ODD,
        date_of_birth=date(1980, 2, 29),
        contact_allowed=["phone:visits", "email:news"],
        needs_interpreter=True,
    )
    two = patient("T-2", contact_allowed=[], nhs_number=None)
    insert_all([one, two])
    for each in (one, two):
        stored = Patient.objects.get(pk=each.pk)
        same = [field.attname for field in Patient._meta.local_concrete_fields]
        same.remove("search_name")
        assert {name: getattr(stored, name) for name in same} == {
            name: getattr(each, name) for name in same
        }
        assert stored.search_name.startswith("okoro ada")


def test_nested_values_come_back_as_they_were():
    said = {"address": ODD, "list": [1, None, True, {"deep": "1.50"}]}
    insert_all([OtherNumber(patient=PatientFactory(), source="S", number="1", imported=said)])
    assert OtherNumber.objects.get().imported == said


def test_one_row_that_is_refused_keeps_all_out():
    wrong = patient("T-2", email="", phone="")
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all([patient("T-1"), wrong])
    assert not Patient.objects.exists()


def test_a_row_that_is_in_can_be_saved_again():
    one = patient("T-1")
    insert_all([one])
    one.town = "Knowle"
    one.check_and_save()
    assert Patient.objects.get().town == "Knowle"


def test_only_the_fields_that_are_named_change_and_history_keeps_what_was():
    one, two = PatientFactory(town="Solihull"), PatientFactory(town="Solihull")
    one.town, one.address = "Knowle", "not named"
    two.town = "Dorridge"
    update_all([one, two], ["town"])
    assert dict(Patient.objects.values_list("pk", "town")) == {
        one.pk: "Knowle",
        two.pk: "Dorridge",
    }
    assert not Patient.objects.filter(address="not named").exists()
    assert [past.town for past in one.past_versions.all()] == ["Solihull"]


def test_nothing_takes_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_all([])
        update_all([], ["town"])
