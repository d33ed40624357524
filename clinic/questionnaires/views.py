"""Questionnaires as staff see them: sending, following, and going through what came back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.practice.models import Site
from clinic.questionnaires.access import get_answer, get_questionnaire
from clinic.questionnaires.actions import deciding, sending
from clinic.questionnaires.decision_forms import LeaveOutForm
from clinic.questionnaires.models import PatientAnswer
from clinic.questionnaires.overview import beside_the_record, row_of, standing_of
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.handover import hand_over
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.access import get_patient, read_patient, record_opening
from patients.banner import patient_context
from patients.models import Patient


@require_safe
@require(Permission.VIEW_PATIENT)
def of_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what was sent to a patient and how far each is; the answers are on a page of theirs."""
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="the questionnaires")
    now = timezone.now()
    rows = patient.questionnaires.select_related("asked_by", "patient", "link")
    context = {
        **patient_context(patient),
        "standings": [standing_of(row, now) for row in rows],
        "with_patient": patient.questionnaires.with_patient().first(),
        "no_asking": sending.obstacle_to_asking(patient),
        "no_sending": sending.obstacle_to_sending(patient),
        "may_send": user.can(Permission.BOOK),
        "may_edit": user.can(Permission.EDIT_PATIENT),
        "may_read": user.can(Permission.VIEW_CLINICAL),
    }
    return render(request, "questionnaires/of_patient.html", context)


@require_POST
@require(Permission.BOOK)
def send(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Send the patient a link to the questions, anew where they have one."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    site = _site_of(request, patient)
    try:
        sending.send_questionnaire(by=user, patient=patient, site=site, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "The questions are on their way to the patient.")
    return redirect("questionnaires:of_patient", patient.pk)


def _site_of(request: HttpRequest, patient: Patient) -> Site:
    """Return the site that is being worked at where the patient goes there, else their first."""
    here = current_site(request)
    sites = [
        row.site for row in patient.registrations.select_related("site").order_by("created_at")
    ]
    return here if here in sites or not sites else sites[0]


@require_POST
@require(Permission.BOOK)
def hand_over_tablet(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Open the questions on this device, and hold its session to them."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    back = reverse("questionnaires:of_patient", args=[patient.pk])
    try:
        _, secret = sending.hand_over_questionnaire(by=user, patient=patient, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(back)
    page = reverse("portal:enter", args=[secret])
    hand_over(request, back=back, under=page)
    return redirect(page)


@require_POST
@require(Permission.BOOK)
def revoke(request: HttpRequest, patient_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    """Take a questionnaire back."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    questionnaire = get_questionnaire(user, patient, questionnaire_id)
    try:
        sending.revoke_questionnaire(by=user, questionnaire=questionnaire, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "The questionnaire is taken back. Its link is closed.")
    return redirect("questionnaires:of_patient", patient.pk)


@require_safe
@require(Permission.VIEW_CLINICAL)
def read(request: HttpRequest, patient_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    """Show what the patient said beside what the record says."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    questionnaire = get_questionnaire(user, patient, questionnaire_id)
    if not questionnaire.sent_in_at:
        messages.info(request, "The patient has not sent this in yet.")
        return redirect("questionnaires:of_patient", patient.pk)
    record_opening(request, patient.pk, page="a questionnaire")
    groups = beside_the_record(questionnaire, timezone.now())
    context = {
        **patient_context(patient),
        "questionnaire": questionnaire,
        "groups": groups,
        "left": sum(group.left for group in groups),
        "urgent": [row for group in groups for row in group.rows if row.is_urgent],
        "may_record": user.can(Permission.RECORD_CLINICAL),
    }
    return render(request, "questionnaires/read.html", context)


@require_POST
@require(Permission.RECORD_CLINICAL)
def accept(
    request: HttpRequest, patient_id: UUID, questionnaire_id: UUID, answer_id: UUID
) -> HttpResponse:
    """Accept one answer as it is."""
    user, answer = _answer(request, patient_id, questionnaire_id, answer_id)
    seen = request.POST.get("seen", "")
    try:
        deciding.accept(by=user, answer=answer, seen=seen, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _back(answer)


@require_POST
@require(Permission.RECORD_CLINICAL)
def accept_all(request: HttpRequest, patient_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    """Accept what of a part contradicts nothing; each is sent with what the page showed."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    questionnaire = get_questionnaire(user, patient, questionnaire_id)
    pairs = (mark.partition(":") for mark in request.POST.getlist("mark"))
    marks = {answer: seen for answer, _, seen in pairs}
    try:
        done = deciding.accept_all(
            by=user, questionnaire=questionnaire, marks=marks, now=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{done} answer{'' if done == 1 else 's'} accepted.")
    return redirect("questionnaires:read", patient.pk, questionnaire.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.RECORD_CLINICAL)
def correct(
    request: HttpRequest, patient_id: UUID, questionnaire_id: UUID, answer_id: UUID
) -> HttpResponse:
    """Open the history's own form with what the patient said in it, and record it as corrected."""
    user, answer = _answer(request, patient_id, questionnaire_id, answer_id)
    row = row_of(answer, timezone.now())
    if row.decision or not row.may_correct:
        return _back(answer)
    form: Any = row.bridge.prefilled()
    if request.method == "POST":
        form = _correct(request, user, answer)
        if form is None:
            return _back(answer)
    record_opening(request, answer.patient_id, page="an answer of a questionnaire")
    context = {
        **patient_context(answer.patient),
        "questionnaire": answer.questionnaire,
        "row": row,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "questionnaires/correct.html", context, status=status)


def _correct(request: HttpRequest, user: User, answer: PatientAnswer) -> Any:
    """Record what was corrected and return None; else the form with what is wrong in it."""
    seen = request.POST.get("shown", "")
    try:
        deciding.correct(by=user, answer=answer, seen=seen, data=request.POST, now=timezone.now())
    except deciding.RefusedFormError as error:
        return error.form
    except ValidationError as error:
        form: Any = row_of(answer, timezone.now()).bridge.form(request.POST)
        form.is_valid()
        form.add_error(None, error.messages)
        return form
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.RECORD_CLINICAL)
def leave_out(
    request: HttpRequest, patient_id: UUID, questionnaire_id: UUID, answer_id: UUID
) -> HttpResponse:
    """Leave one answer out of the record, with a note where somebody wants to say why."""
    user, answer = _answer(request, patient_id, questionnaire_id, answer_id)
    row = row_of(answer, timezone.now())
    form = LeaveOutForm(request.POST if request.method == "POST" else None)
    if row.decision:
        return _back(answer)
    if form.is_valid():
        deciding.leave_out(by=user, answer=answer, now=timezone.now(), **form.cleaned_data)
        return _back(answer)
    record_opening(request, answer.patient_id, page="an answer of a questionnaire")
    context = {
        **patient_context(answer.patient),
        "questionnaire": answer.questionnaire,
        "row": row,
        "form": form,
    }
    return render(
        request, "questionnaires/leave_out.html", context, status=422 if form.errors else 200
    )


def _answer(
    request: HttpRequest, patient_id: UUID, questionnaire_id: UUID, answer_id: UUID
) -> tuple[User, PatientAnswer]:
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    questionnaire = get_questionnaire(user, patient, questionnaire_id)
    if not questionnaire.sent_in_at:
        raise Http404("The patient has not sent this in yet.")
    return user, get_answer(questionnaire, answer_id)


def _back(answer: PatientAnswer) -> HttpResponse:
    page = reverse("questionnaires:read", args=[answer.patient_id, answer.questionnaire_id])
    return redirect(f"{page}#answer-{answer.pk}")
