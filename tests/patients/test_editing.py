from datetime import date
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions.registration import ChangedMeanwhileError, change_details
from patients.details import PatientDetails
from tests.factories.patients import PatientFactory
from tests.factories.staff import ReceptionFactory


def with_changes(patient, **changed) -> PatientDetails:
    return PatientDetails(**{**vars(PatientDetails.of(patient)), **changed})


@pytest.fixture
def patient(db):
    return PatientFactory(phone="+447700900123", email="old@example.test")


def test_changed_fields_are_saved_and_named_in_the_audit_trail(reception, patient):
    changed = with_changes(patient, phone="+441214960000", contact_allowed=["email:visits"])
    change_details(by=reception, patient=patient, details=changed, revision=0)

    patient.refresh_from_db()
    assert (patient.phone, patient.revision) == ("+441214960000", 1)
    assert patient.contact_allowed == ["email:visits"]
    event = Event.objects.get(kind=Kind.PATIENT_EDITED)
    assert event.sentence == "changed phone, ways to contact"
    assert "4960000" not in str(event.details)


def test_saving_without_a_change_leaves_no_trace(reception, patient):
    change_details(by=reception, patient=patient, details=with_changes(patient), revision=0)
    patient.refresh_from_db()
    assert patient.revision == 0
    assert not Event.objects.exists()


def test_the_second_editor_is_told_who_was_faster_and_nothing_is_overwritten(patient):
    first, second = ReceptionFactory(), ReceptionFactory()
    mine = with_changes(patient, email="mine@example.test", address="1 Invented Street")
    theirs = with_changes(patient, email="theirs@example.test", phone="+441214960000")
    change_details(by=first, patient=patient, details=theirs, revision=0)

    with pytest.raises(ChangedMeanwhileError) as told:
        change_details(by=second, patient=patient, details=mine, revision=0)

    patient.refresh_from_db()
    assert patient.email == "theirs@example.test"
    assert told.value.who == str(first)
    assert told.value.revision == 1
    differences = {item.name: (item.theirs, item.mine) for item in told.value.differences}
    assert differences == {
        "phone": ("+441214960000", None),
        "email": ("theirs@example.test", "mine@example.test"),
    }


def test_what_only_the_first_changed_is_taken_over_for_the_second_attempt(patient):
    first, second = ReceptionFactory(), ReceptionFactory()
    mine = with_changes(patient, address="1 Invented Street")
    theirs = with_changes(patient, phone="+441214960000")
    change_details(by=first, patient=patient, details=theirs, revision=0)
    with pytest.raises(ChangedMeanwhileError) as told:
        change_details(by=second, patient=patient, details=mine, revision=0)

    change_details(
        by=second, patient=patient, details=told.value.merged, revision=told.value.revision
    )

    patient.refresh_from_db()
    assert (patient.phone, patient.address) == ("+441214960000", "1 Invented Street")


def test_an_nhs_number_of_another_patient_is_refused_on_its_field(reception, patient):
    PatientFactory(nhs_number="9449305552")
    taken = with_changes(patient, nhs_number="9449305552")
    with pytest.raises(ValidationError) as refused:
        change_details(by=reception, patient=patient, details=taken, revision=0)
    assert list(refused.value.message_dict) == ["nhs_number"]


def test_a_date_of_birth_after_registration_is_refused_by_the_database_rule(reception, patient):
    with pytest.raises(ValidationError, match="must lie in the past"):
        change_details(
            by=reception,
            patient=patient,
            details=with_changes(patient, date_of_birth=date(2999, 1, 1)),
            revision=0,
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told():
    patient, people = PatientFactory(), [ReceptionFactory(), ReceptionFactory()]
    together, outcomes = Barrier(2), []

    def save(person, address) -> None:
        try:
            together.wait(timeout=10)
            details = with_changes(patient, address=address)
            change_details(by=person, patient=patient, details=details, revision=0)
            outcomes.append(address)
        except ChangedMeanwhileError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [
        Thread(target=save, args=[person, f"{number} Invented Street"])
        for number, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)

    assert outcomes.count("told") == 1
    patient.refresh_from_db()
    assert patient.address in outcomes
