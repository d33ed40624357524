from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions import assessment, cases, history
from patients.models import Allergy, Case, Diagnosis, HistoryEntry, Medicine
from patients.record import history_of
from tests.factories.patients import PatientFactory
from tests.factories.staff import ClinicianFactory

NOW = timezone.now()
TODAY = timezone.localdate()


@pytest.fixture
def patient(db):
    return PatientFactory()


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def write(by, patient, text, *, topic="hair", seen=None, now=NOW) -> HistoryEntry:
    return history.record_history(
        by=by, patient=patient, topic=topic, text=text, seen=seen, now=now
    )


def medicine(by, patient, **changed) -> Medicine:
    values = {"group": "finasteride", "name": "Finasteride", "dose": "1 mg", "started_date": None}
    return history.record_medicine(by=by, patient=patient, now=NOW, **{**values, **changed})


def stop(by, row, stopped_date, **changed) -> Medicine:
    return history.stop_medicine(by=by, medicine=row, stopped_date=stopped_date, now=NOW, **changed)


def withdraw(by, allergy) -> Allergy:
    return history.withdraw_allergy(by=by, allergy=allergy, reason="Tested negative.", now=NOW)


def test_the_newest_entry_of_a_topic_is_the_present_one_and_earlier_ones_stay(clinician, patient):
    first = write(clinician, patient, "Crown, six years.")
    second = write(
        clinician, patient, "Crown, seven years.", seen=first.pk, now=NOW + timedelta(days=1)
    )
    write(clinician, patient, "Mother alike.", topic="family")
    topics = history_of(patient, bound={})["topics"]
    assert (topics["hair"].latest, topics["hair"].earlier) == (second, [first])
    assert topics["family"].latest.text == "Mother alike."
    assert topics["medical"].latest is None
    assert patient.history_entries.count() == 3
    assert kinds() == [Kind.HISTORY_RECORDED] * 3


def test_the_same_text_is_not_recorded_again(clinician, patient):
    entry = write(clinician, patient, "Crown.")
    with pytest.raises(ValidationError, match="Nothing was changed"):
        write(clinician, patient, "Crown.", seen=entry.pk)


def test_a_second_writer_is_told_what_the_first_wrote(clinician, patient):
    first = ClinicianFactory(given_name="Dana", family_name="Faster")
    write(first, patient, "Itches at night.")
    with pytest.raises(history.RecordedMeanwhileError) as told:
        write(clinician, patient, "No itching.")
    assert "Dr Dana Faster" in told.value.message
    assert "Itches at night." in told.value.message
    assert patient.history_entries.count() == 1


def test_a_medicine_is_recorded_stopped_and_may_come_back(clinician, patient):
    row = medicine(clinician, patient, started_date=date(2024, 1, 1))
    stop(clinician, row, date(2025, 1, 1))
    medicine(clinician, patient)
    assert patient.medicines.filter(stopped_date__isnull=True).count() == 1
    assert kinds() == [Kind.MEDICINE_RECORDED, Kind.MEDICINE_STOPPED, Kind.MEDICINE_RECORDED]


def test_a_medicine_in_use_is_not_recorded_twice(clinician, patient):
    medicine(clinician, patient)
    with pytest.raises(ValidationError, match="on the list already"):
        medicine(clinician, patient, name="FINASTERIDE", dose="5 mg")


def test_a_medicine_cannot_stop_before_it_started_nor_twice(clinician, patient):
    row = medicine(clinician, patient, started_date=date(2024, 1, 1))
    with pytest.raises(ValidationError, match="before it was started"):
        stop(clinician, row, date(2023, 1, 1))
    stop(clinician, row, TODAY)
    with pytest.raises(ValidationError, match="stopped already"):
        stop(clinician, row, TODAY)


def test_an_allergy_is_recorded_once_in_any_spelling_of_capitals(clinician, patient):
    def record(substance: str) -> Allergy:
        return history.record_allergy(
            by=clinician, patient=patient, substance=substance, reaction="", now=NOW
        )

    record("Penicillin")
    with pytest.raises(ValidationError, match="already recorded"):
        record("PENICILLIN")
    withdraw(clinician, patient.allergies.get())
    record("penicillin")
    assert patient.allergies.count() == 2


def test_a_withdrawn_allergy_stays_with_who_withdrew_it(clinician, patient):
    allergy = history.record_allergy(
        by=clinician, patient=patient, substance="Latex", reaction="wheeze", now=NOW
    )
    withdraw(clinician, allergy)
    allergy.refresh_from_db()
    assert (allergy.withdrawn_by, allergy.withdrawn_at) == (clinician, NOW)
    assert allergy.withdrawn_reason == "Tested negative."
    with pytest.raises(ValidationError, match="withdrawn already"):
        withdraw(clinician, allergy)
    assert kinds() == [Kind.ALLERGY_RECORDED, Kind.ALLERGY_REMOVED]


def test_no_known_allergies_cannot_be_said_while_one_stands(clinician, patient):
    history.record_allergy(by=clinician, patient=patient, substance="Latex", reaction="", now=NOW)
    with pytest.raises(ValidationError, match="An allergy to Latex is recorded"):
        history.state_no_allergies(by=clinician, patient=patient, now=NOW)


def diagnose(by, patient, **changed) -> Diagnosis:
    values = {"condition": "aga_male", "scale": "norwood", "grade": "IIIa", "note": ""}
    graded = assessment.Graded(**{**values, **changed})
    return assessment.make_diagnosis(by=by, patient=patient, graded=graded, now=NOW)


def test_a_diagnosis_opens_a_case_where_there_is_none_and_uses_it_afterwards(clinician, patient):
    first = diagnose(clinician, patient)
    second = diagnose(clinician, patient, grade="IV")
    assert first.case == second.case == patient.cases.get()
    assert [kind for kind in kinds() if kind != Kind.CLINICIAN_SET] == [
        Kind.CASE_OPENED,
        Kind.DIAGNOSIS_MADE,
        Kind.DIAGNOSIS_MADE,
    ]


def test_a_grade_of_another_scale_is_refused(clinician, patient):
    with pytest.raises(ValidationError, match="belongs to the scale"):
        diagnose(clinician, patient, scale="ludwig", grade="IIIa")
    assert not Case.objects.exists()


def test_a_case_is_led_closed_and_a_new_one_opened_when_the_patient_comes_back(clinician, patient):
    case = cases.open_case_for(by=clinician, patient=patient, now=NOW)
    cases.set_clinician(by=clinician, case=case, clinician=clinician)
    cases.set_clinician(by=clinician, case=case, clinician=clinician)
    cases.close_case(by=clinician, case=case, outcome="discharged", now=NOW)
    again = cases.open_case_for(by=clinician, patient=patient, now=NOW)
    assert again != case
    assert kinds() == [
        Kind.CASE_OPENED,
        Kind.CLINICIAN_SET,
        Kind.CASE_CLOSED,
        Kind.CASE_OPENED,
    ]


def test_there_is_one_open_case_and_a_closed_one_is_not_changed(clinician, patient):
    case = cases.open_case_for(by=clinician, patient=patient, now=NOW)
    with pytest.raises(ValidationError, match="already has an open case"):
        cases.open_case_for(by=clinician, patient=patient, now=NOW)
    assert cases.ensure_case(by=clinician, patient=patient, now=NOW) == case
    cases.close_case(by=clinician, case=case, outcome="lost", now=NOW)
    with pytest.raises(ValidationError, match="closed already"):
        cases.set_clinician(by=clinician, case=case, clinician=clinician)
