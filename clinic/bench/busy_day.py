"""One busy day in the diary: ten practitioners at one site, a hundred appointments."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from clinic.booking.models import Appointment
from clinic.practice.models import Room, Service, Site
from clinic.staff.models import User
from clinic.staff.permissions import Role
from patients.models import Patient

COLUMNS = 10
APPOINTMENTS_A_COLUMN = 10
FIRST_HOUR = 9
SLOT_MINUTES = 30


@dataclass(frozen=True)
class BusyDay:
    """The measured day of the diary."""

    site: Site
    day: date
    appointments: list[Appointment]


@transaction.atomic
def add_busy_day(site: Site, *, now: datetime) -> BusyDay:
    """Fill the next day on which nobody is booked, at a site; some visits are confirmed."""
    day = _next_empty_day(site, now=now)
    practitioners = _practitioners(site)
    rooms = _rooms(site)
    service = Service.objects.get(slug="consultation")
    count = COLUMNS * APPOINTMENTS_A_COLUMN
    patients = list(Patient.objects.filter(registrations__site=site).order_by("number")[:count])
    if len(patients) < count:
        raise SystemExit(f"A busy day needs {count} patients at {site}: measure with more.")
    opening = datetime.combine(day, time(FIRST_HOUR), tzinfo=site.zone)
    appointments = []
    for place, patient in enumerate(patients):
        row, column = divmod(place, COLUMNS)
        starts_at = opening + timedelta(minutes=row * SLOT_MINUTES)
        appointments.append(
            Appointment(
                patient=patient,
                service=service,
                site=site,
                practitioner=practitioners[column],
                room=rooms[column],
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=SLOT_MINUTES),
                confirmed_at=now if place % 3 == 0 else None,
            )
        )
    return BusyDay(site, day, Appointment.objects.bulk_create(appointments))


def _next_empty_day(site: Site, *, now: datetime) -> date:
    day = now.astimezone(site.zone).date() + timedelta(days=1)
    while any(Appointment.objects.on_day(day, each).exists() for each in Site.objects.all()):
        day += timedelta(days=1)
    return day


def _practitioners(site: Site) -> list[User]:
    there = list(User.objects.get_queryset().clinicians().working_at(site)[:COLUMNS])
    more = [
        User(
            email=f"busy{number}@example.test",
            title="Dr",
            given_name="Invented",
            family_name=f"Busyman {number}",
            roles=[Role.CLINICIAN],
            password="!",  # noqa: S106 - Django's mark of an unusable password
        )
        for number in range(COLUMNS - len(there))
    ]
    return there + User.objects.bulk_create(more)


def _rooms(site: Site) -> list[Room]:
    there = list(Room.objects.filter(site=site, kind=Room.Kind.CONSULTING)[:COLUMNS])
    more = [
        Room(site=site, name=f"Busy room {number}", kind=Room.Kind.CONSULTING)
        for number in range(COLUMNS - len(there))
    ]
    return there + Room.objects.bulk_create(more)
