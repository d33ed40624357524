"""Books: what happened at a desk, a page for each patient, with blanks for who they were.

A large clinic has many desks and few books: what happened at one desk happened at others as
well, to other people.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from clinic.caseload.seed.blanks import blank
from clinic.caseload.seed.calendar import Calendar, Desk
from clinic.caseload.seed.clinic import Clinic
from clinic.caseload.seed.journeys import Journey
from clinic.caseload.seed.people import Person, sketch
from clinic.caseload.seed.rows import Rows
from clinic.caseload.seed.scenarios import goal_of
from clinic.caseload.stages import Stage
from clinic.practice.models import Room, Site
from clinic.staff.models import User

# No clinic has fewer desks.
BOOKS = 4


@dataclass(frozen=True)
class Page:
    """What happened to one patient; `person` is blank but for sex, reason and haste."""

    person: Person
    rows: Rows


def write_book(clinic: Clinic, book: int, *, pages: int, seed: int, now: datetime) -> list[Page]:
    """Return the first pages of a book, the same for the same seed and time.

    `book` is counted from 0.
    """
    random = Random(f"{seed} book {book}")  # noqa: S311 - an invented clinic keeps no secret
    calendar = Calendar(_blank_desk(clinic.desks[book]), today=now.date())
    return [
        _page(random, clinic, calendar, place=place, serial=place * BOOKS + book + 1, now=now)
        for place in range(pages)
    ]


def _page(
    random: Random, clinic: Clinic, calendar: Calendar, *, place: int, serial: int, now: datetime
) -> Page:
    goal = goal_of(random, serial)
    only_enquires = goal.stage == Stage.ENQUIRY
    page = Page(sketch(random, place, only_enquires=only_enquires), Rows(random))
    journey = Journey(
        person=page.person,
        random=random,
        clinic=clinic,
        calendar=calendar,
        rows=page.rows,
        now=now,
        today=now.date(),
    )
    journey.reach(goal)
    return page


def _blank_desk(like: Desk) -> Desk:
    """Return a desk in the same zone that could be any."""
    return Desk(
        practitioner=User(pk=blank("practitioner"), family_name=blank("practitioner's name")),
        site=Site(pk=blank("site"), name=blank("site's name"), time_zone=like.site.time_zone),
        rooms={kind: Room(pk=blank(kind)) for kind in like.rooms},
    )
