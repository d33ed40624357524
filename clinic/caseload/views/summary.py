"""Asking for a treatment summary, and sending a private link."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clinic.base.forms import PlainForm
from clinic.base.ids import uuid7
from clinic.caseload import summary_delivery
from clinic.caseload.summary import signed_sessions
from clinic.messaging.actions import channels_of
from clinic.messaging.models import Message
from clinic.practice.models import Site
from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, read_patient
from patients.banner import patient_context
from patients.consent.rules import may_use_photos
from patients.models import Case, Patient, PhotoScope


class SummaryForm(PlainForm):
    """Whether the patient is told."""

    send_link = forms.TypedChoiceField(
        label="Send the patient a private link to it?",
        choices=[("yes", "Yes, send a link"), ("no", "No, only make the document")],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether to send the patient a link."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ISSUE_DOCUMENT)
def summary(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what a treatment summary would hold, and ask the worker for it."""
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="what a treatment summary would hold")
    case = _newest_case(patient)
    form = SummaryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            summary_delivery.ask_for_summary(
                by=user, case=case, send_link=form.cleaned_data["send_link"], now=timezone.now()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("documents:list", patient.pk)
    return render(
        request,
        "caseload/summary/ask.html",
        {**patient_context(patient), **_contents(case), "form": form},
        status=422 if form.errors else 200,
    )


def _newest_case(patient: Patient) -> Case:
    case = patient.cases.order_by("-opened_at").first()
    if case is None:
        raise Http404("This patient has no case yet.")
    return case


def _contents(case: Case) -> dict[str, object]:
    return {
        "sessions": list(signed_sessions(case).select_related("operator")),
        "drafts": list(case.sessions.drafts()),
        "counts": case.examinations.filter(measurements__isnull=False).distinct().count(),
        "photos_agreed": may_use_photos(case.patient, PhotoScope.CLINICAL),
        "reachable": bool(channels_of(case.patient, Message.Purpose.SUMMARY_READY)),
    }


@require_POST
@require(Permission.ISSUE_DOCUMENT)
def send_link(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Send the patient a fresh private link to what was issued."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    try:
        summary_delivery.send_link(
            by=user,
            patient=patient,
            site=_site_of(patient),
            key=f"link:{uuid7()}",
            now=timezone.now(),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "A new private link is on its way to the patient.")
    return redirect("documents:list", patient.pk)


def _site_of(patient: Patient) -> Site:
    """Return the site of the last session, else the one where the patient is registered."""
    last = patient.sessions.signed().select_related("site").order_by("performed_date").last()
    if last:
        return last.site
    registration = patient.registrations.select_related("site").order_by("created_at").first()
    if registration is None:
        raise Http404("This patient is registered at no site.")
    return registration.site
