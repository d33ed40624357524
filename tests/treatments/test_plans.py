from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from tests.factories.treatments import PlanFactory, signed_session
from treatments.actions.plans import Course, cancel_plan, change_plan, make_plan, make_plans
from treatments.courses import course_states
from treatments.models import Plan


def plan_of(case, by, **values):
    figures = {"technique": "micrograft", "sessions_planned": 3, "interval_days": 45}
    return make_plan(by=by, case=case, now=timezone.now(), **(figures | values))


def extended(plan, by, **values):
    figures = {"sessions_planned": 4, "interval_days": 45, "note": ""} | values
    return change_plan(by=by, plan=plan, revision=plan.revision, now=timezone.now(), **figures)


def test_a_plan_is_made_and_told_of(case, clinician):
    plan = plan_of(case, clinician)
    event = Event.objects.get(kind=Kind.PLAN_MADE)
    assert (event.patient_id, event.subject_id) == (case.patient_id, plan.pk)
    assert event.sentence == "planned 3 Micrograft sessions"


def test_a_technique_is_planned_once(case, clinician):
    plan_of(case, clinician)
    with pytest.raises(ValidationError, match="already has a plan"):
        plan_of(case, clinician)


def test_two_techniques_are_planned_together_or_not_at_all(case, clinician):
    courses = [Course("micrograft", 3, 45), Course("prp", 0, 30)]
    with pytest.raises(ValidationError):
        make_plans(by=clinician, case=case, courses=courses, now=timezone.now())
    assert not Plan.objects.exists()


def test_reception_cannot_plan(case, reception):
    with pytest.raises(PermissionDenied):
        plan_of(case, reception)


def test_a_closed_case_takes_no_plan(case, clinician):
    case.closed_at, case.closed_by, case.outcome = timezone.now(), clinician, "discharged"
    case.save()
    with pytest.raises(ValidationError, match="closed"):
        plan_of(case, clinician)


def test_a_change_keeps_what_was_and_refuses_the_second_editor(case, clinician):
    plan = plan_of(case, clinician)
    figures = {"interval_days": 30, "note": "", "now": timezone.now()}
    change_plan(by=clinician, plan=plan, revision=0, sessions_planned=4, **figures)
    with pytest.raises(ValidationError, match="Somebody else"):
        change_plan(by=clinician, plan=plan, revision=0, sessions_planned=5, **figures)
    plan.refresh_from_db()
    assert (plan.sessions_planned, plan.interval_days) == (4, 30)
    assert plan.past_versions.get().sessions_planned == 3
    assert (
        Event.objects.get(kind=Kind.PLAN_CHANGED).details["before"] == "3 sessions, 45 days apart"
    )


def test_fewer_sessions_than_are_signed_cannot_be_planned(case, clinician):
    plan = plan_of(case, clinician)
    for number in (1, 2):
        signed_session(case=case, plan=plan, number=number)
    with pytest.raises(ValidationError, match="2 sessions are signed"):
        extended(plan, clinician, sessions_planned=1)


def test_a_plan_is_cancelled_once_and_may_be_made_anew(case, clinician):
    plan = plan_of(case, clinician)
    cancel_plan(by=clinician, plan=plan, now=timezone.now())
    with pytest.raises(ValidationError, match="cancelled"):
        cancel_plan(by=clinician, plan=plan, now=timezone.now())
    assert plan_of(case, clinician).pk != plan.pk


def test_a_plan_with_an_open_draft_is_not_cancelled(draft, clinician):
    with pytest.raises(ValidationError, match="draft session is open"):
        cancel_plan(by=clinician, plan=draft.plan, now=timezone.now())


def test_the_next_session_is_due_an_interval_after_the_last_signed(case):
    plan = PlanFactory(case=case, sessions_planned=2)
    assert course_states(case)[0].next_due_date is None
    session = signed_session(case=case, plan=plan)
    state = course_states(case)[0]
    assert state.next_due_date == session.performed_date + timedelta(days=45)
    assert (len(state.signed), state.is_complete, state.next_number) == (1, False, 2)
    signed_session(case=case, plan=plan, number=2)
    assert course_states(case)[0].is_complete


def test_the_page_plans_both_with_the_usual_courses(client_of, clinician, case):
    address = reverse("treatments:new_plan", args=[case.patient_id])
    browser = client_of(clinician)
    shown = {form.technique: form.initial for form in browser.get(address).context["forms"]}
    assert (shown["micrograft"]["sessions_planned"], shown["micrograft"]["interval_days"]) == (
        3,
        45,
    )
    assert (shown["prp"]["sessions_planned"], shown["prp"]["interval_days"]) == (3, 30)
    page = {
        f"{technique}-{name}": value
        for technique in ("micrograft", "prp")
        for name, value in {**shown[technique], "planned": "on"}.items()
    }
    assert browser.post(address, page).status_code == 302
    assert set(Plan.objects.values_list("technique", flat=True)) == {"micrograft", "prp"}


def test_the_page_keeps_what_was_typed_when_a_figure_is_wrong(client_of, clinician, case):
    address = reverse("treatments:new_plan", args=[case.patient_id])
    page = {
        "prp-planned": "on",
        "prp-sessions_planned": "0",
        "prp-interval_days": "30",
        "prp-note": "Comes from far away.",
    }
    answer = client_of(clinician).post(address, page)
    assert answer.status_code == 422
    assert "Comes from far away." in answer.text
    assert "This must be between 1 and 24" in answer.text
    assert not Plan.objects.exists()


def test_an_error_names_the_technique_that_it_is_about(client_of, clinician, case):
    page = {
        f"{technique}-{name}": value
        for technique in ("micrograft", "prp")
        for name, value in (("planned", "on"), ("sessions_planned", "0"), ("interval_days", "30"))
    }
    address = reverse("treatments:new_plan", args=[case.patient_id])
    answer = client_of(clinician).post(address, page)
    assert answer.status_code == 422
    for technique in ("Micrograft", "PRP"):
        assert f"{technique}, sessions: This must be between 1 and 24" in answer.text


def test_nothing_chosen_is_said(client_of, clinician, case):
    answer = client_of(clinician).post(
        reverse("treatments:new_plan", args=[case.patient_id]), {"prp-interval_days": "30"}
    )
    assert answer.status_code == 422
    assert "Choose at least one treatment." in answer.text


def test_the_plan_page_says_where_each_course_stands(client_of, clinician, case, consent_to):
    consent_to("micrograft")
    signed_session(case=case, plan=PlanFactory(case=case))
    PlanFactory(case=case, technique="prp")
    answer = client_of(clinician).get(reverse("treatments:plan", args=[case.patient_id]))
    assert "1 of 3" in answer.text
    assert "No information given yet" in answer.text
    assert "Start session 2" in answer.text


def test_the_plan_page_asks_no_more_with_more_sessions(
    client_of, clinician, case, django_assert_max_num_queries
):
    plan = PlanFactory(case=case)
    browser = client_of(clinician)
    address = reverse("treatments:plan", args=[case.patient_id])
    signed_session(case=case, plan=plan)
    browser.get(address)
    for number in (2, 3):
        signed_session(case=case, plan=plan, number=number)
    with django_assert_max_num_queries(14):
        assert browser.get(address).status_code == 200


def test_change_and_cancel_by_page(client_of, clinician, case):
    plan = PlanFactory(case=case)
    browser = client_of(clinician)
    change = reverse("treatments:change_plan", args=[case.patient_id, plan.pk])
    page = {"sessions_planned": 5, "interval_days": 60, "note": "", "revision": 0}
    assert browser.post(change, page).status_code == 302
    again = browser.post(change, page)
    assert again.status_code == 422
    assert "Somebody else changed this plan" in again.text
    cancel = reverse("treatments:cancel_plan", args=[case.patient_id, plan.pk])
    assert browser.post(cancel).status_code == 302
    plan.refresh_from_db()
    assert (plan.sessions_planned, plan.cancelled_by) == (5, clinician)
