"""The plan of a patient's treatment."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from clinic.practice.models import Technique
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, open_case, read_patient, record_opening, shown_case
from patients.banner import patient_context
from patients.contraindications.evaluation import evaluate, evaluate_for, reasons_kept
from patients.contraindications.reading import read_record
from patients.forms.planning import LacksForm
from patients.models import Case, Patient
from patients.pathway import standing_stop
from patients.planning import lacks_of, reasons_given
from patients.views.consents import posted
from treatments.access import get_plan
from treatments.actions import plans
from treatments.courses import CourseState, consent_states, course_states
from treatments.forms.plan import ChangePlanForm, PlanTechniqueForm
from treatments.models import Plan


@require(Permission.VIEW_CLINICAL)
@require_GET
def plan_page(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show each course: progress, consent, what is next, and its sessions.

    Without an open case those of the last one are shown, to be read.
    """
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="the plan")
    case = shown_case(patient)
    is_open = case is not None and case.closed_at is None
    courses = course_states(case) if case else []
    context = {
        **patient_context(patient),
        "case": case,
        "courses": courses,
        "is_open": is_open,
        "can_record": is_open and user.can(Permission.RECORD_CLINICAL),
        "can_plan_more": is_open and len(courses) < len(Technique),
        "main_plan": _most_pressing(courses),
    }
    return render(request, "treatments/plan.html", context)


def _most_pressing(courses: list[CourseState]) -> Plan | None:
    """The course whose button is the page's main one: a draft first, then whatever goes on."""
    running = [course for course in courses if not course.is_complete]
    drafts = [course for course in courses if course.draft]
    chosen = next(iter([*drafts, *running]), None)
    return chosen.plan if chosen else None


@require(Permission.RECORD_CLINICAL)
def new_plan(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Plan one technique or both."""
    patient = get_patient(signed_in(request), patient_id)
    case = _case(patient)
    planned = set(Plan.objects.standing().filter(case=case).values_list("technique", flat=True))
    free = [technique for technique in Technique.values if technique not in planned]
    rules, facts = read_record(patient)
    now = timezone.localtime()
    forms = [
        PlanTechniqueForm(
            request.POST or None,
            technique=technique,
            evaluation=evaluate(rules[technique], facts, now, technique=technique),
            planned=len(free) == 1,
        )
        for technique in free
    ]
    lacks = LacksForm(
        request.POST or None,
        lacks=lacks_of(case),
        is_asked=not request.POST or any(form.is_ticked for form in forms),
    )
    problems: list[str] = []
    if request.method == "POST":
        problems = _plan_those_ticked(request, case, forms, lacks)
        if not problems and all(form.is_valid() for form in (lacks, *forms)):
            return redirect("treatments:plan", patient.pk)
    record_opening(request, patient.pk, page="a new plan")
    context = {
        **patient_context(patient),
        "forms": forms,
        "first": next(iter(forms), None),
        "second": next(iter(forms[1:]), None),
        "problems": problems,
        "stop": standing_stop(patient.pk),
        "lacks": lacks,
        "consents": consent_states(case, timezone.now()),
    }
    return render(request, "treatments/plan_new.html", context, status=422 if request.POST else 200)


def _plan_those_ticked(
    request: HttpRequest, case: Case, forms: list[PlanTechniqueForm], lacks: LacksForm
) -> list[str]:
    if not all([form.is_valid() for form in (lacks, *forms)]):  # noqa: C419 each shows its errors
        return []
    without = lacks.given()
    courses = [course for form in forms if (course := form.course(without)) is not None]
    if not courses:
        return ["Choose at least one treatment."]
    try:
        plans.make_plans(by=signed_in(request), case=case, courses=courses, now=timezone.now())
    except ValidationError as error:
        return error.messages
    messages.success(request, "The course is planned.")
    return []


@require(Permission.RECORD_CLINICAL)
def change_plan(request: HttpRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """Change how many sessions, how far apart."""
    user = signed_in(request)
    plan = get_plan(user, patient_id, plan_id)
    at = timezone.localtime(timezone=current_site(request).zone)
    evaluation = evaluate_for(plan.case.patient, plan.technique, at)
    evaluation = evaluation.with_reasons(reasons_kept(plan.pk))
    given = reasons_given(plan.pk)
    lacks = [lack for lack in lacks_of(plan.case) if lack not in given]
    form = ChangePlanForm(posted(request), plan=plan, evaluation=evaluation, lacks=lacks)
    if request.method == "POST" and form.is_valid():
        why = form.given() if form.is_extended else {}
        try:
            plans.change_plan(by=user, plan=plan, now=at, **why, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The plan is changed.")
            return redirect("treatments:plan", patient_id)
    is_right = not form.is_bound or not form.is_wrong
    record_opening(request, patient_id, page="the plan to change")
    context: dict[str, Any] = {
        **patient_context(get_patient(user, patient_id)),
        "plan": plan,
        "form": form,
    }
    return render(request, "treatments/plan_change.html", context, status=200 if is_right else 422)


@require(Permission.RECORD_CLINICAL)
@require_POST
def cancel_plan(request: HttpRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """Give a plan up."""
    user = signed_in(request)
    plan = get_plan(user, patient_id, plan_id)
    try:
        plans.cancel_plan(by=user, plan=plan, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"The plan for {plan.get_technique_display()} is cancelled.")
    return redirect("treatments:plan", patient_id)


def _case(patient: Patient) -> Case:
    case = open_case(patient)
    if case is None:
        raise Http404("This patient has no open case.")
    return case
