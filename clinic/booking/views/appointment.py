"""One appointment, its cancellation, and the appointments of one patient."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from clinic.audit import actions as audit
from clinic.booking import access, actions, telling
from clinic.booking.forms import CancelForm, put_errors
from clinic.booking.models import Appointment, Status
from clinic.booking.views.when import revision_seen
from clinic.practice.models import Service
from clinic.staff.access import require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.access import read_patient, record_opening
from patients.banner import patient_context

_STEPS = (
    ("Booked", "created_at"),
    ("Confirmed", "confirmed_at"),
    ("Arrived", "arrived_at"),
    ("In room", "in_room_at"),
    ("Done", "done_at"),
)
_CAN_BE_MOVED = (Status.BOOKED, Status.CONFIRMED, Status.ARRIVED)


@require_GET
@require(Permission.VIEW_DIARY)
def appointment_page(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Show who, what, when, where, how far the visit is, and what the patient was told."""
    user = signed_in(request)
    appointment = access.get_appointment(user, appointment_id)
    audit.record_reading(by=user, patient_id=appointment.patient_id, page="an appointment")
    return show_appointment(request, appointment)


def show_appointment(
    request: HttpRequest, appointment: Appointment, *, fault: str = "", status: int = 200
) -> HttpResponse:
    """Render an appointment's page, with what went wrong on it, if anything did."""
    user = signed_in(request)
    told = telling.told_of(appointment) if user.can(Permission.VIEW_MESSAGES) else []
    page = {
        "appointment": appointment,
        "fault": fault,
        "told": told,
        "no_reminder": telling.no_reminder(appointment, told, now=timezone.now()),
        **what_may_be_done(user, appointment),
        **steps_of(appointment),
        **patient_context(appointment.patient),
    }
    with timezone.override(appointment.site.zone):
        return render(request, "booking/appointment.html", page, status=status)


def what_may_be_done(user: User, appointment: Appointment) -> dict[str, Any]:
    """Return which of the page's buttons this person has."""
    here = user.works_at(appointment.site_id)
    may_change = here and user.can(Permission.BOOK) and appointment.status in _CAN_BE_MOVED
    may_step = here and user.can(Permission.CHECK_IN)
    is_off = appointment.status in (Status.CANCELLED, Status.NO_SHOW)
    visiting = appointment.status in (Status.ARRIVED, Status.IN_ROOM, Status.DONE)
    return {
        "may_change": may_change,
        "may_ask": may_change and appointment.service.purpose == Service.Purpose.CONSULTATION,
        "may_book_again": here and user.can(Permission.BOOK) and is_off,
        "may_step": may_step,
        "may_miss": may_step and actions.may_be_missed(appointment, now=timezone.now()),
        "may_treat": visiting and user.can(Permission.SIGN_SESSION),
    }


def steps_of(appointment: Appointment) -> dict[str, Any]:
    """Return the steps of the visit with their times, what may come next and what came before."""
    times = [(label, getattr(appointment, name)) for label, name in _STEPS]
    last = max(number for number, (_, at) in enumerate(times) if at)
    return {
        "steps": [
            {"label": label, "at": at, "done": number <= last, "current": number == last}
            for number, (label, at) in enumerate(times)
        ],
        "following": actions.following_today(appointment, now=timezone.now()),
        "undoes": actions.undoes(appointment),
    }


@require_http_methods(["GET", "POST"])
@require(Permission.BOOK)
def cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Cancel an appointment with a reason."""
    user = signed_in(request)
    appointment = access.get_own_appointment(user, appointment_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(
                by=user,
                appointment=appointment,
                reason=form.cleaned_data["reason"],
                revision=revision_seen(request),
                now=timezone.now(),
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "The appointment is cancelled; its time is free again.")
            return redirect("booking:appointment", appointment.pk)
    record_opening(request, appointment.patient_id, page="the cancellation of an appointment")
    page = {"form": form, "appointment": appointment, **patient_context(appointment.patient)}
    with timezone.override(appointment.site.zone):
        return render(request, "booking/cancel.html", page, status=422 if form.errors else 200)


@require_GET
@require(Permission.VIEW_DIARY)
def for_patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show a patient's appointments, what is to come before what was."""
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="the appointments")
    now = timezone.now()
    rows = list(Appointment.objects.filter(patient=patient).with_words().order_by("starts_at"))
    page = {
        "to_come": [row for row in rows if row.ends_at >= now and not row.cancelled_at],
        "past": [row for row in reversed(rows) if row.ends_at < now or row.cancelled_at],
        "may_book": user.can(Permission.BOOK),
        **patient_context(patient),
    }
    return render(request, "booking/for_patient.html", page)
