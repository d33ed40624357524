"""Booking a visit for a patient, and moving one: choose what, then a free time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.booking import access, actions, telling
from clinic.booking.forms import (
    CONTEXT_FIELDS,
    LONGEST_CONTEXT,
    BookingForm,
    WhenForm,
    in_the_way,
    put_errors,
)
from clinic.booking.models import Appointment
from clinic.booking.times import local, written
from clinic.booking.views.when import Asked, free_times, plain, revision_seen, wanted_moment
from clinic.messaging.actions import channels_of
from clinic.messaging.models import Message
from clinic.practice.models import Service, Site
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.access import get_patient, read_patient, record_opening
from patients.banner import patient_context
from patients.finding import search
from patients.models import Patient

CARRIED = ("date", "time", "practitioner", "service", "site", "room", *CONTEXT_FIELDS)
PATIENTS_SHOWN = 10


@require_http_methods(["GET", "POST"])
@require(Permission.BOOK)
def new(request: HttpRequest) -> HttpResponse:
    """Book for the patient of the address; without one, find the patient first.

    `?patient=&date=&time=&practitioner=&service=&site=&room=&review=` fill the form in advance. A
    post with `show` books nothing: it answers with the free times for what is chosen so far.
    """
    patient_id = request.GET.get("patient")
    if not patient_id:
        return _choose_patient(request)
    user = signed_in(request)
    patient = _patient(request, user, patient_id)
    typed = plain(request.POST) if request.method == "POST" else _from_address(request, user)
    asked = Asked(patient, _site(request, typed), _service(typed), typed)
    form = BookingForm(request.POST if _books(request) else None, initial=typed)
    form.offer(asked.site, asked.service)
    form.offer_sites(user.workplaces)
    if form.is_bound and form.is_valid():
        appointment = _try_to_book(request, asked, form)
        if appointment:
            messages.success(request, _booked_for(appointment))
            return redirect("booking:appointment", appointment.pk)
    page = {
        "form": form,
        "site": asked.site,
        "several_sites": len(user.workplaces) > 1,
        "context_fields": _context(typed),
        "in_the_way": in_the_way(form),
        **patient_context(patient),
        **free_times(asked, form, now=timezone.now()),
    }
    with timezone.override(asked.site.zone):
        return render(request, "booking/new.html", page, status=422 if form.errors else 200)


def _booked_for(appointment: Appointment) -> str:
    when = written(appointment.starts_at, appointment.site.zone)
    told = telling.told_of(appointment)
    reminder = telling.no_reminder(appointment, told, now=timezone.now())
    return f"Booked for {when} with {appointment.practitioner}. {reminder}".rstrip()


def _books(request: HttpRequest) -> bool:
    return request.method == "POST" and "show" not in request.POST


def _patient(request: HttpRequest, user: User, patient_id: str) -> Patient:
    try:
        identifier = UUID(patient_id)
    except ValueError as error:
        raise Http404("There is no such patient.") from error
    if request.method == "POST":
        return get_patient(user, identifier)
    return read_patient(user, identifier, page="the booking form")


def _from_address(request: HttpRequest, user: User) -> dict[str, str]:
    typed = {name: value for name, value in plain(request.GET).items() if name in CARRIED}
    typed["wanted"] = typed.pop("time", "")
    site = _site(request, typed)
    typed["site"] = site.slug
    typed.setdefault("date", timezone.localdate(timezone=site.zone).isoformat())
    if "review" in typed and "service" not in typed:
        review = Service.objects.filter(is_active=True, purpose=Service.Purpose.REVIEW).first()
        typed["service"] = review.slug if review else ""
    return typed


def _site(request: HttpRequest, typed: dict[str, str]) -> Site:
    workplaces = signed_in(request).workplaces
    chosen = (site for site in workplaces if site.slug == typed.get("site"))
    return next(chosen, None) or current_site(request)


def _service(typed: dict[str, str]) -> Service | None:
    return Service.objects.filter(is_active=True, slug=typed.get("service", "")).first()


def _context(typed: dict[str, str]) -> dict[str, str]:
    return {name: typed[name][:LONGEST_CONTEXT] for name in CONTEXT_FIELDS if typed.get(name)}


def _try_to_book(request: HttpRequest, asked: Asked, form: BookingForm) -> Appointment | None:
    values = form.cleaned_data
    wish = values["wish"]
    try:
        starts_at, room = wanted_moment(asked, wish, values["date"])
        if room is None:
            raise ValidationError({"room": f"No room at {asked.site} fits {values['service']}."})
        return actions.book(
            by=signed_in(request),
            patient=asked.patient,
            service=values["service"],
            site=values["site"],
            practitioner=wish.practitioner,
            room=room,
            starts_at=starts_at,
            duration_minutes=values["duration_minutes"],
            note=values["note"],
            context=_context(plain(request.POST)),
            now=timezone.now(),
        )
    except ValidationError as error:
        put_errors(form, error)
        return None


def _choose_patient(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    text = request.GET.get("q", "")
    if text.strip():
        today = timezone.localdate(timezone=current_site(request).zone)
        found = search.find_patients(user, text, today=today, limit=PATIENTS_SHOWN).everybody
    else:
        found = search.recently_opened(user, limit=PATIENTS_SHOWN)
    carried = QueryDict(mutable=True)
    carried.update({name: request.GET[name] for name in CARRIED if request.GET.get(name)})
    page = {"text": text, "found": found, "carried": carried, "query": carried.urlencode()}
    return render(request, "booking/choose_patient.html", page)


@require_http_methods(["GET", "POST"])
@require(Permission.BOOK)
def move(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Give an appointment another time, practitioner or room at its site."""
    user = signed_in(request)
    appointment = access.get_own_appointment(user, appointment_id)
    typed = plain(request.POST) if request.method == "POST" else _as_booked(appointment)
    patient, site, service = appointment.patient, appointment.site, appointment.service
    asked = Asked(patient, site, service, typed, moving=appointment)
    form = WhenForm(request.POST if _books(request) else None, initial=typed)
    form.offer(site, service)
    moved = _try_to_move(request, asked, form) if form.is_bound and form.is_valid() else None
    if moved:
        messages.success(request, _moved_to(moved))
        return redirect("booking:appointment", appointment.pk)
    record_opening(request, patient.pk, page="the move of an appointment")
    page: dict[str, Any] = {
        "form": form,
        "appointment": appointment,
        "revision": typed.get("revision", appointment.revision),
        **patient_context(patient),
        "in_the_way": in_the_way(form),
        "other_sites": len(user.workplaces) > 1,
        "reached_by": channels_of(patient, Message.Purpose.MOVED),
        "reminder_hours": settings.REMINDER_HOURS_BEFORE,
        **free_times(asked, form, now=timezone.now()),
    }
    with timezone.override(site.zone):
        return render(request, "booking/move.html", page, status=422 if form.errors else 200)


def _as_booked(appointment: Appointment) -> dict[str, str]:
    return {
        "practitioner": str(appointment.practitioner_id),
        "date": appointment.local_date.isoformat(),
        "duration_minutes": str(appointment.duration_minutes),
    }


def _moved_to(appointment: Appointment) -> str:
    zone = appointment.site.zone
    when = f"{local(appointment.starts_at, zone):%A} {written(appointment.starts_at, zone)}"
    return f"Moved to {when}, {appointment.practitioner}, {appointment.room}."


def _try_to_move(request: HttpRequest, asked: Asked, form: WhenForm) -> Appointment | None:
    values, appointment = form.cleaned_data, asked.moving
    wish = values["wish"]
    try:
        starts_at, room = wanted_moment(asked, wish, values["date"])
        return actions.move(
            by=signed_in(request),
            appointment=appointment,  # type: ignore[arg-type]
            starts_at=starts_at,
            practitioner=wish.practitioner,
            room=room or appointment.room,  # type: ignore[union-attr]
            duration_minutes=values["duration_minutes"],
            revision=revision_seen(request),
            now=_now(),
        )
    except ValidationError as error:
        put_errors(form, error)
        return None


def _now() -> datetime:
    return timezone.now()
