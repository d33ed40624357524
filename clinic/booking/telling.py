"""What the patient is told of an appointment: written to the outbox with the change itself.

No text says what the visit is for: somebody else may read the screen.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from clinic.booking.models import Appointment
from clinic.messaging import actions as messaging
from clinic.messaging.models import Message
from clinic.staff.models import User
from patients.phone import readable

# A reminder that would follow the confirmation within the hour says nothing new.
SHORTEST_WAIT = timedelta(hours=1)
_SUBJECTS = {
    Message.Purpose.CONFIRMATION: "Your appointment is booked",
    Message.Purpose.REMINDER: "A reminder of your appointment",
    Message.Purpose.MOVED: "Your appointment has been moved",
    Message.Purpose.CANCELLED: "Your appointment is cancelled",
}


def booked(appointment: Appointment, *, by: User, now: datetime) -> None:
    """Queue the confirmation for now and the reminder for later; nothing once it has begun."""
    if appointment.starts_at < now:
        return
    _queue(Message.Purpose.CONFIRMATION, appointment, by=by, due_at=now, now=now)
    _queue_reminder(appointment, by=by, now=now)


def moved(appointment: Appointment, *, by: User, now: datetime) -> None:
    """Take back what is still waiting, say the new time, and remind of that one."""
    _take_back(appointment, by=by, now=now)
    _queue(Message.Purpose.MOVED, appointment, by=by, due_at=now, now=now)
    _queue_reminder(appointment, by=by, now=now)


def cancelled(appointment: Appointment, *, by: User, now: datetime) -> None:
    """Take back what is still waiting and say that the visit is off, if it is still to come."""
    _take_back(appointment, by=by, now=now)
    if now < appointment.starts_at:
        _queue(Message.Purpose.CANCELLED, appointment, by=by, due_at=now, now=now)


def key_prefix(appointment: Appointment) -> str:
    """Return how the key of every message about an appointment starts."""
    return f"appointment:{appointment.pk}:"


def _take_back(appointment: Appointment, *, by: User, now: datetime) -> None:
    messaging.cancel_waiting(by=by, key_prefix=key_prefix(appointment), now=now)


def told_of(appointment: Appointment) -> list[Message]:
    """Return what was written to the patient about an appointment, the oldest first."""
    prefix = key_prefix(appointment)
    return list(Message.objects.filter(key__startswith=prefix).order_by("created_at", "pk"))


def no_reminder(appointment: Appointment, told: list[Message], *, now: datetime) -> str:
    """Return a sentence where a visit to come has no reminder in the outbox, else "".

    Where nothing was written at all, the patient cannot or will not be reached; that is said
    elsewhere.
    """
    standing = [message.purpose for message in told if not message.cancelled_at]
    if appointment.cancelled_at or appointment.starts_at <= now or not standing:
        return ""
    if Message.Purpose.REMINDER in standing:
        return ""
    hours = settings.REMINDER_HOURS_BEFORE
    return f"No reminder follows: one goes out {hours} hours before a visit, and this is too near."


def _queue_reminder(appointment: Appointment, *, by: User, now: datetime) -> None:
    due_at = appointment.starts_at - timedelta(hours=settings.REMINDER_HOURS_BEFORE)
    if due_at - now >= SHORTEST_WAIT:
        _queue(Message.Purpose.REMINDER, appointment, by=by, due_at=due_at, now=now)


def _queue(
    purpose: Message.Purpose, appointment: Appointment, *, by: User, due_at: datetime, now: datetime
) -> None:
    has_calendar = purpose != Message.Purpose.REMINDER
    body, sms_body = _texts(purpose, appointment)
    messaging.queue(
        by=by,
        patient=appointment.patient,
        purpose=purpose,
        key=_key(purpose, appointment),
        due_at=due_at,
        subject=f"{settings.CLINIC_NAME}: {_SUBJECTS[purpose]}",
        body=body,
        sms_body=sms_body,
        useless_after=appointment.starts_at,
        attachment_name="appointment.ics" if has_calendar else "",
        attachment_text=calendar_file(appointment, now=now) if has_calendar else "",
    )


def _key(purpose: Message.Purpose, appointment: Appointment) -> str:
    # The revision too: an appointment moved away and back again is reminded of anew.
    starts = appointment.starts_at.astimezone(UTC)
    return f"{key_prefix(appointment)}{purpose}:{appointment.revision}:{starts:%Y%m%dT%H%MZ}"


def _texts(purpose: Message.Purpose, appointment: Appointment) -> tuple[str, str]:
    site = appointment.site
    about = {
        "appointment": appointment,
        "site": site,
        "clinic": settings.CLINIC_NAME,
        "phone": readable(site.phone),
    }
    names = (f"booking/messages/{purpose}.txt", f"booking/messages/{purpose}_sms.txt")
    with timezone.override(site.zone):
        body, sms_body = (render_to_string(name, about).strip() for name in names)
    return body, sms_body


def calendar_file(appointment: Appointment, *, now: datetime) -> str:
    """Return the appointment as an iCalendar file; a later one with the same UID replaces it."""
    off = appointment.cancelled_at is not None
    calendar = Calendar()
    calendar.add("prodid", "-//Anagen//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if off else "PUBLISH")
    calendar.add_component(_calendar_event(appointment, off=off, now=now))
    return calendar.to_ical().decode()


def _calendar_event(appointment: Appointment, *, off: bool, now: datetime) -> Event:
    site = appointment.site
    event = Event()
    event.add("uid", str(appointment.pk))
    event.add("sequence", appointment.revision)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("summary", f"Appointment at {settings.CLINIC_NAME}, {site}")
    event.add("location", ", ".join([site.name, *site.address.splitlines()]))
    event.add("description", f"To change it, call {readable(site.phone)}.")
    event.add("organizer", _organizer(settings.CLINIC_NAME))
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    return event


def _organizer(name: str) -> vCalAddress:
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["cn"] = vText(name)
    return organizer
