"""Fills an empty database with a fictional clinic."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction

from clinic.booking.models import Appointment
from clinic.caseload.seed import journeys
from clinic.caseload.seed.calendar import Calendar
from clinic.caseload.seed.clinic import Clinic, found
from clinic.caseload.seed.rows import Rows
from clinic.caseload.seed.scenarios import PATIENTS_A_DESK, goal_of
from clinic.practice.models import Site
from patients.numbers import take_numbers

BATCH = 2000


def fill(
    *, patients: int, seed: int, now: datetime, tell: Callable[[int], None] | None = None
) -> Clinic:
    """Make the clinic with so many patients; the same for the same seed and time.

    `tell` is called with the number of patients written so far.
    """
    random = Random(seed)  # noqa: S311 - an invented clinic keeps no secret
    today = now.date()
    with transaction.atomic():
        clinic = found(random, desks=-(-patients // PATIENTS_A_DESK), now=now, today=today)
    calendar = Calendar(clinic.desks, today=today)
    for first in range(1, patients + 1, BATCH):
        last = min(first + BATCH, patients + 1)
        rows = Rows(random)
        for serial, number in zip(range(first, last), take_numbers(last - first), strict=True):
            journey = journeys.Journey(
                number=number,
                random=random,
                clinic=clinic,
                calendar=calendar,
                rows=rows,
                serial=serial,
                now=now,
                today=today,
            )
            journey.reach(goal_of(random, serial))
        _write(rows)
        if tell:
            tell(last - 1)
    with transaction.atomic():
        for site in Site.objects.all():
            _begin_the_day(site, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return clinic


@transaction.atomic
def _write(rows: Rows) -> None:
    rows.write(
        first=journeys.BEFORE_SESSIONS, rounds=journeys.SESSIONS, last=journeys.AFTER_SESSIONS
    )


def _begin_the_day(site: Site, now: datetime) -> None:
    """Put today's visits where a morning would have them: done, in the room, arrived, to come."""
    visits = list(Appointment.objects.live().on_day(now.date(), site).order_by("starts_at"))
    steps = ["done", "in_room", "arrived", "confirmed"]
    for place, visit in enumerate(visits):
        reached = steps[min(place, 3)] if place < len(visits) - 1 else "booked"
        begun = now - timedelta(minutes=40)
        times = {"confirmed": now - timedelta(days=1), "arrived": begun}
        times |= {"in_room": begun + timedelta(minutes=8), "done": begun + timedelta(minutes=38)}
        for step in ("confirmed", "arrived", "in_room", "done"):
            if reached == "booked":
                break
            setattr(visit, f"{step}_at", times[step])
            if step == reached:
                break
        visit.save()
