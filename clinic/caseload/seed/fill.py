"""Fills an empty database with a fictional clinic."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.db import connection, transaction

from clinic.booking.models import Appointment
from clinic.caseload.seed import journeys
from clinic.caseload.seed.bulk import checked_afterwards
from clinic.caseload.seed.calendar import Calendar
from clinic.caseload.seed.clinic import Clinic, found
from clinic.caseload.seed.rows import Rows
from clinic.caseload.seed.scenarios import PATIENTS_A_DESK, goal_of
from clinic.practice.models import Site
from patients.numbers import take_numbers

# So many pass every check that a row of the clinic in use passes; the others are made alike.
CHECKED_PATIENTS = 500
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
    invent = partial(_invent, random=random, clinic=clinic, calendar=calendar, now=now)
    checked = min(patients, CHECKED_PATIENTS)
    with transaction.atomic():
        invent(1, take_numbers(checked)).write(
            first=journeys.BEFORE_SESSIONS, rounds=journeys.SESSIONS, last=journeys.AFTER_SESSIONS
        )
    if patients > checked:
        with checked_afterwards(journeys.TABLES):
            for last, rows in _ahead(invent, checked + 1, take_numbers(patients - checked)):
                rows.write_unchecked()
                if tell:
                    tell(last)
    with transaction.atomic():
        for site in Site.objects.all():
            _begin_the_day(site, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return clinic


def _invent(
    first: int,
    numbers: list[str],
    *,
    random: Random,
    clinic: Clinic,
    calendar: Calendar,
    now: datetime,
) -> Rows:
    """Return the rows of patients with these numbers; `first` is the serial of the first."""
    rows = Rows(random)
    for serial, number in enumerate(numbers, start=first):
        journey = journeys.Journey(
            number=number,
            random=random,
            clinic=clinic,
            calendar=calendar,
            rows=rows,
            serial=serial,
            now=now,
            today=now.date(),
        )
        journey.reach(goal_of(random, serial))
    return rows


def _ahead(
    invent: Callable[[int, list[str]], Rows], first: int, numbers: list[str]
) -> Iterator[tuple[int, Rows]]:
    """Yield batch after batch and its last serial, and invent the next one in the meantime."""
    with ThreadPoolExecutor(max_workers=1) as inventor:
        coming: Future[Rows] | None = None
        for start in range(0, len(numbers) + BATCH, BATCH):
            batch = numbers[start : start + BATCH]
            ready = coming
            coming = inventor.submit(invent, first + start, batch) if batch else None
            if ready:
                yield first + min(start, len(numbers)) - 1, ready.result()


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
