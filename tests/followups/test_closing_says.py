"""Closing a case says beforehand what stops, and afterwards everything is read as it was."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from clinic.base.templatetags.anagen import day
from patients.closing import obstacles_to_closing
from patients.models import Case
from tests.factories.booking import AppointmentFactory
from tests.factories.followups import ReviewFactory
from tests.factories.patients import CaseFactory, DiagnosisFactory, closed
from tests.factories.treatments import PlanFactory
from tests.shown import shown

pytestmark = pytest.mark.django_db


def _page(client, name, patient_id):
    return shown(client.get(reverse(name, args=[patient_id])))


@pytest.fixture
def treated(clinician):
    """Return a review of a case with a diagnosis, a plan and a signed session."""
    review = ReviewFactory()
    DiagnosisFactory(case=review.case, made_by=clinician)
    PlanFactory(case=review.case)
    return review


def test_the_form_names_each_review_that_will_stop(client_of, clinician):
    review = ReviewFactory()
    other = ReviewFactory(after_session=review.after_session)
    page = _page(client_of(clinician), "patients:case", review.patient_id)
    assert "2 planned reviews stop" in page
    for one in (review, other):
        assert f"{one.label} after Micrograft, due {day(one.due_date)}" in page


def test_a_review_that_was_held_does_not_stop(client_of, clinician):
    review = ReviewFactory(held_at=timezone.now())
    page = _page(client_of(clinician), "patients:case", review.patient_id)
    assert "Close the case" in page
    assert "stop" not in page


@pytest.mark.parametrize("step", ["arrived_at", "in_room_at"])
def test_a_case_is_not_closed_while_the_patient_is_here(step):
    now = timezone.now()
    case = CaseFactory()
    visit = AppointmentFactory(patient=case.patient, starts_at=now, arrived_at=now)
    setattr(visit, step, now)
    visit.save()
    with pytest.raises(ValidationError, match="is here today"):
        closed(case)
    visit.in_room_at = visit.done_at = now
    visit.save()
    assert closed(case).closed_at


def test_a_visitor_of_another_day_who_was_never_seen_out_keeps_no_case_open():
    before = timezone.now() - timedelta(days=3)
    case = CaseFactory()
    AppointmentFactory(patient=case.patient, starts_at=before, arrived_at=before)
    assert not obstacles_to_closing(case, timezone.now())


def test_its_reviews_read_as_stopped(client_of, clinician):
    review = ReviewFactory()
    closed(review.case)
    page = _page(client_of(clinician), "followups:list", review.patient_id)
    assert "Stopped: case closed" in page
    assert "Not held" not in page


def test_its_plan_and_sessions_are_shown_and_nothing_can_be_done_with_them(
    client_of, clinician, treated
):
    session = treated.after_session
    case = closed(treated.case, "discharged")
    page = _page(client_of(clinician), "treatments:plan", treated.patient_id)
    assert "No open case" in page
    assert f"Case of {day(case.opened_at)} to {day(case.closed_at)}, Discharged" in page
    assert reverse("treatments:session", args=[treated.patient_id, session.pk]) in page
    assert "1 of 3" in page
    assert f"Signed {day(session.consent.signed_at)}" in page, "the consent of that case"
    for name in ("start", "new_plan"):
        assert reverse(f"treatments:{name}", args=[treated.patient_id]) not in page
    for word in ("Next due", "Change plan", "Cancel plan", "Under way"):
        assert word not in page


def test_a_closed_case_without_a_plan_says_so(client_of, clinician):
    case = closed(CaseFactory())
    page = _page(client_of(clinician), "treatments:plan", case.patient_id)
    assert "No course was planned" in page


def test_the_open_case_comes_before_the_one_that_was_closed(client_of, clinician, treated):
    closed(treated.case)
    CaseFactory(patient=treated.patient)
    client = client_of(clinician)
    assert "No course planned yet" in _page(client, "treatments:plan", treated.patient_id)
    assert "Norwood" not in _page(client, "caseload:chart", treated.patient_id).split("Timeline")[0]


def test_the_chart_keeps_the_last_cases_diagnosis_and_courses(client_of, clinician, treated):
    first = treated.case
    Case.objects.filter(pk=first.pk).update(opened_at=timezone.now() - timedelta(days=300))
    case = closed(first, "discharged")
    page = _page(client_of(clinician), "caseload:chart", case.patient_id)
    now_part = page.split('id="timeline"')[0]
    assert "Norwood-Hamilton III" in now_part
    assert f"Closed {day(case.closed_at)}, Discharged" in now_part
    assert "1 of 3 sessions" in now_part
    for word in ("Start session", "No course is planned yet", "Before treatment", "Consent signed"):
        assert word not in now_part


def test_the_chart_shows_the_case_that_was_closed_last(client_of, clinician):
    old = CaseFactory(opened_at=timezone.now() - timedelta(days=400))
    DiagnosisFactory(case=old, condition="areata", scale="", grade="", made_by=clinician)
    closed(old, "declined")
    later = CaseFactory(patient=old.patient)
    DiagnosisFactory(case=later, condition="traction", scale="", grade="", made_by=clinician)
    closed(later)
    page = _page(client_of(clinician), "caseload:chart", old.patient_id).split('id="timeline"')[0]
    assert "Traction alopecia" in page
    assert "Alopecia areata" not in page
