"""The outbox, and the demo's letter box."""

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.messaging.access import messages_visible_to
from clinic.messaging.demo import letters
from clinic.messaging.forms import FilterForm
from clinic.messaging.models import MessageQuerySet
from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import read_patient
from patients.models import Patient

PAGE_SIZE = 25


@require(Permission.VIEW_MESSAGES)
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what was sent, why, to where, in which words and when: `?patient=<id>` for one."""
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    messages = _narrowed(messages_visible_to(signed_in(request)), **chosen)
    patient = _patient_asked_for(request)
    if patient:
        messages = messages.filter(patient=patient)
    page = Paginator(messages, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "messaging/outbox.html",
        {
            "page": page,
            "form": form,
            "of_patient": patient,
            "is_narrowed": any(chosen.values()),
            "is_demo": settings.DEMO,
        },
        status=200 if form.is_valid() else 422,
    )


def _patient_asked_for(request: HttpRequest) -> Patient | None:
    """Return the patient of `?patient=<id>`; 404 for one whom this person may not see."""
    text = request.GET.get("patient")
    if not text:
        return None
    try:
        identifier = UUID(text)
    except ValueError as error:
        raise Http404("There is no such patient.") from error
    return read_patient(signed_in(request), identifier, page="the messages")


def _narrowed(messages: MessageQuerySet, status: str = "", purpose: str = "") -> MessageQuerySet:
    if status == "waiting":
        messages = messages.waiting()
    elif status:
        messages = messages.filter(**{f"{status}_at__isnull": False})
    return messages.filter(purpose=purpose) if purpose else messages


@require(Permission.VIEW_MESSAGES)
def demo_mail(request: HttpRequest) -> HttpResponse:
    """Show the mails and text messages of the demo as they were written to files."""
    if not settings.DEMO:
        raise Http404("There is a letter box in the demo only.")
    response = render(request, "messaging/demo_mail.html", {"letters": letters()})
    response["Cache-Control"] = "no-store"
    return response
