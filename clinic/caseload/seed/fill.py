"""Fills an empty database with a fictional clinic."""

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import methodcaller
from random import Random

from django.db import transaction

from clinic.booking.models import Appointment
from clinic.caseload.seed.bulk import checked_afterwards, count_rows
from clinic.caseload.seed.clinic import Clinic, found
from clinic.caseload.seed.editions import editions
from clinic.caseload.seed.journeys import TABLES
from clinic.caseload.seed.scenarios import PATIENTS_A_DESK
from clinic.caseload.seed.workers import side_by_side
from clinic.practice.models import Site
from patients.finding.words import learn_words_of_everybody
from patients.numbers import take_numbers

# So many, with a story each, pass every check that a row of the clinic in use passes; the others
# are made alike.
CHECKED_PATIENTS = 200


def fill(
    *, patients: int, seed: int, now: datetime, tell: Callable[[int], None] | None = None
) -> Clinic:
    """Make the clinic with so many patients; the same for the same seed and time.

    `tell` is called with the number of patients written so far.
    """
    random = Random(seed)  # noqa: S311 - an invented clinic keeps no secret
    desks = -(-patients // PATIENTS_A_DESK)
    with transaction.atomic():
        clinic = found(random, desks=desks, now=now, today=now.date())
        work = editions(clinic, take_numbers(patients), seed=seed, now=now)
        checked = -(-CHECKED_PATIENTS // len(work))
        done = sum(edition.write_checked(checked) for edition in work)
    if done < patients:
        with checked_afterwards(TABLES):
            for written in side_by_side(methodcaller("write_unchecked", checked), work):
                done += written
                if tell:
                    tell(done)
        learn_words_of_everybody()
    count_rows()
    with transaction.atomic():
        for site in Site.objects.all():
            _begin_the_day(site, now)
    return clinic


def _begin_the_day(site: Site, now: datetime) -> None:
    """Put today's visits where a morning would have them: done, in the room, arrived, to come."""
    visits = list(Appointment.objects.live().on_day(now.date(), site).order_by("starts_at", "pk"))
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
