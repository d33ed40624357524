"""What has to be true of an appointment, beside that nobody is booked twice.

Each rule yields (field, sentence) for what is wrong; the sentence says what to do about it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from clinic.base.templatetags.anagen import clock, day
from clinic.booking.models import Appointment
from clinic.booking.times import DIARY_STEP_MINUTES, local
from clinic.staff.models import User
from clinic.staff.permissions import Role

ADULT_AGE_YEARS = 18
SHORTEST_MINUTES = 5
LONGEST_MINUTES = 720
# A visit further ahead is a mistyped year.
FURTHEST = timedelta(days=2 * 365)
# Whoever walks in is often seen first and booked a little later.
BEGUN_WITHIN = timedelta(hours=1)

Faults = Iterator[tuple[str, str]]
Rule = Callable[[Appointment, User], Faults]


def check(appointment: Appointment, *, by: User, now: datetime) -> None:
    """Raise `ValidationError`, by field, with everything that speaks against an appointment.

    A new time must not lie before `now`; an appointment that keeps its time may, and so may a new
    one that began today, up to an hour ago: somebody who walked in.
    """
    faults: dict[str, list[str]] = {}
    for rule in _RULES:
        for field, sentence in rule(appointment, by):
            faults.setdefault(field, []).append(sentence)
    if _has_a_new_time(appointment):
        for sentence in _new_time(appointment, now):
            faults.setdefault("starts_at", []).append(sentence)
    if faults:
        raise ValidationError(faults)


def _has_a_new_time(appointment: Appointment) -> bool:
    if appointment._state.adding:
        return True
    stored = Appointment.objects.values_list("starts_at", flat=True).get(pk=appointment.pk)
    return stored != appointment.starts_at


def _new_time(appointment: Appointment, now: datetime) -> Iterator[str]:
    starts = local(appointment.starts_at, appointment.site.zone)
    if appointment.starts_at < now and not _walked_in(appointment, now):
        yield "That time is past. Choose a later one."
    if appointment.starts_at > now + FURTHEST:
        yield f"{day(starts)} is more than two years ahead. Check the year."
    if starts.minute % DIARY_STEP_MINUTES or starts.second or starts.microsecond:
        yield "Choose a time in steps of five minutes, such as 14:35."


def _walked_in(appointment: Appointment, now: datetime) -> bool:
    same_day = local(now, appointment.site.zone).date() == appointment.local_date
    begun = appointment.starts_at >= now - BEGUN_WITHIN
    return appointment._state.adding and same_day and begun


def _own_site(appointment: Appointment, by: User) -> Faults:
    if not by.works_at(appointment.site_id):
        yield "site", f"You do not work at {appointment.site}. Ask somebody there to book."


def _service_offered(appointment: Appointment, by: User) -> Faults:
    if not appointment.service.is_active:
        yield "service", f"{appointment.service} is no longer offered. Choose another service."


def _room_fits(appointment: Appointment, by: User) -> Faults:
    room, service = appointment.room, appointment.service
    if room.site_id != appointment.site_id:
        yield "room", f"{room} is not at {appointment.site}. Choose a room there."
    elif room.kind != service.room_kind:
        needed = service.get_room_kind_display().lower()
        yield "room", f"{service} needs a {needed}. Choose another room than {room}."


def _practitioner_works_there(appointment: Appointment, by: User) -> Faults:
    practitioner, site = appointment.practitioner, appointment.site
    if not practitioner.is_active or Role.CLINICIAN not in practitioner.roles:
        yield "practitioner", f"{practitioner} does not see patients. Choose somebody else."
    elif not practitioner.works_at(site.pk):
        yield "practitioner", f"{practitioner} does not work at {site}. Choose somebody else."


def _sensible_length(appointment: Appointment, by: User) -> Faults:
    if not SHORTEST_MINUTES <= appointment.duration_minutes <= LONGEST_MINUTES:
        yield (
            "duration_minutes",
            f"An appointment lasts from {SHORTEST_MINUTES} to {LONGEST_MINUTES} minutes.",
        )


def _within_opening_hours(appointment: Appointment, by: User) -> Faults:
    site = appointment.site
    starts, ends = (
        local(moment, site.zone) for moment in (appointment.starts_at, appointment.ends_at)
    )
    same_day = starts.date() == ends.date()
    if not same_day or starts.time() < site.opens_at or ends.time() > site.closes_at:
        hours = f"from {clock(site.opens_at)} to {clock(site.closes_at)}"
        yield (
            "starts_at",
            f"{site} is open {hours}; this would last from {clock(starts)} to {clock(ends)}.",
        )


def _adult(appointment: Appointment, by: User) -> Faults:
    """Who did not say when they were born may come and say; nothing is signed before that."""
    on = appointment.local_date
    age_years = appointment.patient.age_on(on)
    if age_years is not None and age_years < ADULT_AGE_YEARS:
        yield (
            "patient",
            f"The patient is under {ADULT_AGE_YEARS} on {day(on)}. Only adults can be booked.",
        )


_RULES: tuple[Rule, ...] = (
    _own_site,
    _service_offered,
    _room_fits,
    _practitioner_works_there,
    _sensible_length,
    _within_opening_hours,
    _adult,
)
