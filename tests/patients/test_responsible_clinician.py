"""A case that nobody leads is led by the clinician who first decides something in it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from followups.actions.examinations import Findings, record_examination
from patients.actions import assessment, cases
from patients.models import Case
from tests.factories.followups import ReviewFactory
from tests.factories.patients import CaseFactory, closed
from tests.factories.staff import AdminFactory, ClinicianFactory, ReceptionFactory
from tests.factories.treatments import signed_session
from treatments.actions.plans import make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return CaseFactory(clinician=None)


def diagnose(by, case: Case, grade: str = "IIIa") -> None:
    values = {"condition": "aga_male", "scale": "norwood", "grade": grade, "note": ""}
    graded = assessment.Graded(**values)
    assessment.make_diagnosis(by=by, patient=case.patient, graded=graded, now=timezone.now())


def count(by, case: Case, review=None) -> None:
    found = Findings(examined_date=timezone.localdate(), note="Not counted: a scalp infection.")
    record_examination(by=by, case=case, review=review, findings=found, now=timezone.now())


def plan(by, case: Case, sessions: int = 3) -> None:
    course = {"technique": "micrograft", "sessions_planned": sessions, "interval_days": 45}
    without = dict.fromkeys(("signs", "baseline"), "Looked for at the first visit")
    make_plan(by=by, case=case, now=timezone.now(), without=without, **course)


def leader(case: Case):
    return Case.objects.get(pk=case.pk).clinician


def told() -> list[str]:
    return [event.sentence for event in Event.objects.filter(kind=Kind.CLINICIAN_SET)]


@pytest.mark.parametrize("decide", [diagnose, count, plan])
def test_who_first_decides_something_in_a_case_is_responsible_for_it(case, clinician, decide):
    decide(clinician, case)
    assert leader(case) == clinician
    event = Event.objects.get(kind=Kind.CLINICIAN_SET)
    assert (event.actor, event.patient_id, event.subject_id) == (
        clinician,
        case.patient_id,
        case.pk,
    )
    assert event.sentence == f"made {clinician} responsible for the case"


def test_who_comes_second_does_not_take_the_case_over(case, clinician):
    diagnose(clinician, case)
    for decide in (count, plan):
        decide(ClinicianFactory(), case)
    diagnose(ClinicianFactory(), case, grade="IV")
    assert leader(case) == clinician
    assert len(told()) == 1


def test_who_was_chosen_by_hand_stays(case, clinician):
    chosen = ClinicianFactory()
    cases.set_clinician(by=clinician, case=case, clinician=chosen)
    plan(clinician, case)
    assert leader(case) == chosen


@pytest.mark.parametrize("factory", [ReceptionFactory, AdminFactory])
def test_only_a_clinician_is_made_responsible(case, factory):
    cases.lead_if_nobody_does(by=factory(), case=case)
    assert (leader(case), told()) == (None, [])


def test_a_refused_plan_makes_nobody_responsible(case, clinician):
    with pytest.raises(ValidationError):
        plan(clinician, case, sessions=0)
    assert (leader(case), told()) == (None, [])


def test_a_review_written_up_late_leaves_a_closed_case_as_it_was(clinician):
    case = CaseFactory(clinician=clinician)
    day = timezone.localdate() - timedelta(weeks=20)
    session = signed_session(case=case, patient=case.patient, performed_date=day)
    review = ReviewFactory(after_session=session)
    cases.set_clinician(by=clinician, case=case, clinician=None)
    closed(case)
    count(clinician, case, review)
    cases.lead_if_nobody_does(by=clinician, case=case)
    assert (leader(case), told()) == (None, ["made nobody responsible for the case"])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_responsible():
    case = CaseFactory(clinician=None)
    start = Barrier(2)
    people = [ClinicianFactory(), ClinicianFactory()]

    def lead(somebody) -> None:
        try:
            with transaction.atomic():
                start.wait(10)
                cases.lead_if_nobody_does(by=somebody, case=case)
        finally:
            connection.close()

    threads = [Thread(target=lead, args=(somebody,)) for somebody in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert told() == [f"made {leader(case)} responsible for the case"]


def test_the_chart_says_that_nobody_is_responsible_yet(case, client_of, clinician):
    page = client_of(clinician).get(reverse("caseload:chart", args=[case.patient_id]))
    assert "<dt>Clinician</dt><dd>Nobody yet</dd>" in page.content.decode()
