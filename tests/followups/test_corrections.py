"""What was written at a visit is corrected, or taken off as a mistake; it is never just cleared."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from followups.actions.examinations import Findings, record_examination
from followups.models import Examination
from patients.actions.assessment import Weighed, review_stop, weigh_causes
from patients.models import CauseStatement, Diagnosis, FindingWithdrawal, SignsStatement
from patients.pathway import standing_stop
from tests.factories.patients import CaseFactory, CauseFactory, DiagnosisFactory
from tests.followups.pages import baseline_of, form, text_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
GRADED = {"diagnosis-condition": "aga_male", "diagnosis-graded": "norwood:IV"}
CLEARED = {"diagnosis-condition": "", "diagnosis-graded": ""}
SEEN = {"signs-present": "patchy", "signs-note": "Left temple"}
IRON = {"causes-iron": "considered", "causes-iron_note": "Ferritin awaited"}
MISTAKEN = {"diagnosis-is_mistake": "on", "diagnosis-why_mistake": "Another patient"}


@pytest.fixture
def case(clinician):
    return CaseFactory(clinician=clinician, patient__sex="male")


@pytest.fixture
def saved(client_of, clinician, case):
    """Return a function that saves the baseline; it begins with a grade and a sign."""
    client = client_of(clinician)

    def save(**sent):
        row = Examination.objects.first()
        revision = {"revision": str(row.revision)} if row else {}
        return client.post(baseline_of(case.patient), form(**revision, **sent))

    assert save(**GRADED, **SEEN).status_code == 302
    return save


@pytest.mark.parametrize("sent", [{**CLEARED, **SEEN}, {**GRADED, "signs-note": ""}])
def test_what_is_written_is_not_cleared_in_silence(saved, sent):
    response = saved(**sent)
    assert response.status_code == 422
    assert "This stands in the record" in response.content.decode()
    visit = Examination.objects.get()
    assert visit.diagnosis
    assert visit.signs


def test_a_diagnosis_entered_by_mistake_is_taken_off_with_a_reason_and_stays(
    saved, case, clinician, client_of
):
    response = saved(**CLEARED, **SEEN, **{**MISTAKEN, "diagnosis-why_mistake": ""})
    assert response.status_code == 422
    assert "Write why it was a mistake" in response.content.decode()
    assert saved(**GRADED, **SEEN, **MISTAKEN).status_code == 302
    row = FindingWithdrawal.objects.get()
    assert Examination.objects.get().diagnosis is None
    assert row.diagnosis == Diagnosis.objects.get()
    assert (row.reason, row.withdrawn_by) == ("Another patient", clinician)
    assert not case.diagnoses.standing().exists()
    client = client_of(clinician)
    assert "Norwood" not in text_of(client, reverse("caseload:chart", args=[case.patient_id]))
    history = text_of(client, reverse("patients:history", args=[case.patient_id]))
    assert "Entered by mistake" in history
    assert "Another patient" in history
    assert Event.objects.filter(kind="patients.finding_withdrawn").exists()


def test_a_change_and_a_mistake_at_once_are_asked_about(saved):
    changed = {"diagnosis-condition": "aga_male", "diagnosis-graded": "norwood:V"}
    assert saved(**changed, **SEEN, **MISTAKEN).status_code == 422
    assert not FindingWithdrawal.objects.exists()


def test_signs_entered_by_mistake_are_taken_off_and_their_stop_waits_for_its_review(
    saved, case, clinician, client_of
):
    mistaken = {"signs-is_mistake": "on", "signs-why_mistake": "Ticked in the wrong row"}
    assert saved(**GRADED, **SEEN, **mistaken).status_code == 302
    assert Examination.objects.get().signs is None
    assert not SignsStatement.objects.standing().exists()
    assert standing_stop(case.patient_id)
    page = text_of(client_of(clinician), reverse("patients:pathway", args=[case.patient_id]))
    assert "Loss in patches (Left temple); entered by mistake" in page


def test_the_only_finding_of_a_visit_can_be_taken_off(client_of, clinician, case):
    client = client_of(clinician)
    client.post(baseline_of(case.patient), form(**GRADED))
    sent = form(revision="0", **CLEARED, **MISTAKEN)
    assert client.post(baseline_of(case.patient), sent).status_code == 302


def test_a_day_typed_wrongly_does_not_stay_the_present_one_once_corrected(saved, case):
    day = TODAY - timedelta(days=30)
    sent = {**GRADED, "diagnosis-graded": "norwood:II", "examined_date": day.isoformat()}
    assert saved(**sent, **SEEN).status_code == 302
    between = DiagnosisFactory(case=case, found_date=TODAY - timedelta(days=10))
    assert case.diagnoses.standing().first() == between
    assert Diagnosis.objects.get(grade="II").replaces.grade == "IV"
    signs = SignsStatement.objects.standing().get()
    assert signs.found_date == day


def test_correcting_the_day_alone_does_not_stop_again_what_was_reviewed(saved, case, clinician):
    review_all(standing_stop(case.patient_id), clinician)
    sent = {**GRADED, "examined_date": (TODAY - timedelta(days=3)).isoformat()}
    assert saved(**sent, **SEEN).status_code == 302
    assert standing_stop(case.patient_id) is None


def redated(case, days_ago, clinician, **findings):
    """Correct the day of the baseline, as an action that sends nothing else."""
    visit = Examination.objects.get(case=case)
    day = TODAY - timedelta(days=days_ago)
    record_examination(
        by=clinician,
        case=case,
        review=None,
        findings=Findings(examined_date=day, note="The day was wrong", **findings),
        revision=visit.revision,
        now=timezone.now(),
    )
    return day


def present(case):
    return CauseStatement.objects.newest_of(case.patient_id)


def test_all_that_was_concluded_at_a_visit_gets_its_corrected_day(saved, case, clinician):
    assert saved(**GRADED, **SEEN, **IRON).status_code == 302
    day = redated(case, 30, clinician)
    assert present(case)["iron"].found_date == day
    assert present(case)["iron"].replaces.found_date == TODAY
    assert SignsStatement.objects.standing().get().found_date == day
    assert case.diagnoses.standing().get().found_date == day
    (event,) = Event.objects.filter(kind="patients.causes_redated")
    assert event.sentence == f"moved 1 possible causes to {day:%d-%b-%Y}"
    again = redated(case, 20, clinician)
    assert present(case)["iron"].found_date == again


def test_a_cause_of_an_earlier_day_does_not_overtake_what_was_found_since(saved, case, clinician):
    saved(**GRADED, **SEEN, **IRON, examined_date=(TODAY - timedelta(days=40)).isoformat())
    weigh_causes(
        by=clinician,
        case=case,
        weighed={"iron": Weighed("ruled_out", "Ferritin 90")},
        found_date=TODAY - timedelta(days=5),
        now=timezone.now(),
    )
    redated(case, 39, clinician)
    assert present(case)["iron"].weight == "ruled_out"


def test_a_cause_weighed_twice_at_a_visit_stays_as_it_was_weighed_last(saved, case, clinician):
    saved(**GRADED, **SEEN, **IRON)
    saved(**GRADED, **SEEN, **{**IRON, "causes-iron": "likely"})
    redated(case, 30, clinician)
    assert present(case)["iron"].weight == "likely"
    new = redated(case, 20, clinician, causes={"iron": Weighed("ruled_out", "Ferritin 90")})
    assert (present(case)["iron"].weight, present(case)["iron"].found_date) == ("ruled_out", new)


def test_what_was_weighed_elsewhere_on_that_day_keeps_its_day(saved, case, clinician):
    weigh_causes(
        by=clinician,
        case=case,
        weighed={"thyroid": Weighed("considered")},
        found_date=TODAY,
        now=timezone.now(),
    )
    redated(case, 30, clinician)
    assert present(case)["thyroid"].found_date == TODAY


@pytest.mark.parametrize("outcome", ["ruled_out", "accounted"])
def test_a_reviewed_cause_does_not_stop_again_for_a_corrected_day(saved, case, clinician, outcome):
    scarring = {"causes-lpp": "considered", "causes-lpp_note": "Perifollicular scale"}
    saved(**GRADED, **SEEN, **scarring)
    review_all(standing_stop(case.patient_id), clinician, outcome)
    redated(case, 30, clinician)
    assert standing_stop(case.patient_id) is None
    stop = present(case)["lpp"].stop
    assert len([words for words in stop.grounds if "LPP" in words]) == 1


def test_the_database_takes_a_cause_into_a_ruled_out_stop_only_for_a_corrected_day(
    saved, case, clinician
):
    saved(**GRADED, **SEEN, **{"causes-lpp": "considered"})
    review_all(standing_stop(case.patient_id), clinician)
    redated(case, 30, clinician)
    cause = present(case)["lpp"]
    same = {"patient": case.patient, "item": "lpp", "stop": cause.stop}
    for wrong in ({}, {"replaces": cause, "note": "Found anew"}):
        with pytest.raises(IntegrityError, match="stop of its own"), transaction.atomic():
            CauseFactory(**same, **wrong)
    assert CauseFactory(**same, replaces=cause).pk


def review_all(stop, by, outcome="ruled_out"):
    review_stop(
        by=by,
        stop=stop,
        outcome=outcome,
        reason="A scar of old",
        seen=stop.evidence,
        now=timezone.now(),
    )


def test_the_database_keeps_a_withdrawal_to_one_finding_with_a_reason(saved, clinician):
    stamp = {"withdrawn_at": timezone.now(), "withdrawn_by": clinician}
    both = {"diagnosis": Diagnosis.objects.get(), "signs": SignsStatement.objects.get()}
    for wrong in ({**both, "reason": "x"}, {"reason": "x"}, {"diagnosis": both["diagnosis"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FindingWithdrawal.objects.create(**stamp, **wrong)
    row = FindingWithdrawal.objects.create(**stamp, reason="x", signs=both["signs"])
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingWithdrawal.objects.filter(pk=row.pk).update(reason="y")


def test_a_correction_replaces_what_is_of_its_own_case(case):
    row = DiagnosisFactory(case=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        DiagnosisFactory(case=CaseFactory(), replaces=row)
