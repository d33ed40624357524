"""Which starts of a day are free: who could see the patient then, and in which room."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from clinic.base.templatetags.anagen import clock
from clinic.booking.models import Appointment
from clinic.booking.times import at
from clinic.practice.models import Room, Service, Site
from clinic.staff.models import User
from patients.models import Patient

STEP_MINUTES = 15
Candidate = TypeVar("Candidate", User, Room)
Busy = dict[UUID, list[tuple[datetime, datetime]]]


@dataclass(frozen=True)
class Slot:
    """A start that is free, with who and where."""

    starts_at: datetime
    wall: time
    practitioner: User
    room: Room

    @property
    def value(self) -> str:
        """What the form sends back for it."""
        return f"{clock(self.wall)}/{self.practitioner.pk}/{self.room.pk}"


@dataclass(frozen=True)
class Search:
    """What is looked for on a day; `moving` is the appointment that is not in its own way."""

    site: Site
    service: Service
    day: date
    minutes: int
    patient: Patient
    practitioners: list[User]
    rooms: list[Room]
    moving: Appointment | None = None
    wanted: time | None = None


def rooms_for(site: Site, service: Service) -> list[Room]:
    """Return the rooms of a site that a service can take place in."""
    return list(Room.objects.filter(site=site, kind=service.room_kind))


def free_slots(search: Search, *, now: datetime) -> list[Slot]:
    """Return the free starts of a day, a quarter of an hour apart and the wanted one, in order.

    Each names a practitioner and a room that are free: of several people the one with the fewest
    visits that day, of several rooms the first. One query, whatever the day holds.
    """
    busy = _busy(search)
    people = sorted(search.practitioners, key=lambda one: _visits_that_day(one, busy, search))
    patient_busy = busy.get(search.patient.pk, [])
    slots = []
    for wall, starts_at in _starts(search):
        ends_at = starts_at + timedelta(minutes=search.minutes)
        if starts_at < now or _overlaps(patient_busy, starts_at, ends_at):
            continue
        person = _first_free(people, busy, starts_at, ends_at)
        room = _first_free(search.rooms, busy, starts_at, ends_at)
        if person and room:
            slots.append(Slot(starts_at, wall, person, room))
    return slots


def first_free_room(search: Search, starts_at: datetime) -> Room | None:
    """Return a room that is free then, or the first one, so that the refusal can name it."""
    ends_at = starts_at + timedelta(minutes=search.minutes)
    free = _first_free(search.rooms, _busy(search), starts_at, ends_at)
    return free or next(iter(search.rooms), None)


def _busy(search: Search) -> Busy:
    whole_day = timedelta(days=1)
    midday = datetime.combine(search.day, time(12), tzinfo=search.site.zone)
    concerned = (
        Q(practitioner__in=search.practitioners)
        | Q(room__in=search.rooms)
        | Q(patient=search.patient)
    )
    taken = Appointment.objects.overlapping(midday - whole_day, midday + whole_day)
    if search.moving:
        taken = taken.exclude(pk=search.moving.pk)
    columns = ("starts_at", "ends_at", "practitioner_id", "room_id", "patient_id")
    busy: Busy = {}
    for starts_at, ends_at, *holders in taken.filter(concerned).values_list(*columns):
        for holder in holders:
            busy.setdefault(holder, []).append((starts_at, ends_at))
    return busy


def _visits_that_day(person: User, busy: Busy, search: Search) -> int:
    taken = busy.get(person.pk, [])
    return sum(
        starts_at.astimezone(search.site.zone).date() == search.day for starts_at, _ in taken
    )


def _starts(search: Search) -> Iterator[tuple[time, datetime]]:
    site = search.site
    opens, closes = _minutes(site.opens_at), _minutes(site.closes_at)
    offered = set(range(opens, closes - search.minutes + 1, STEP_MINUTES))
    if search.wanted and opens <= _minutes(search.wanted) <= closes - search.minutes:
        offered.add(_minutes(search.wanted))
    for minute in sorted(offered):
        wall = time(minute // 60, minute % 60)
        try:
            yield wall, at(search.day, wall, site.zone)
        except ValidationError:
            continue  # The clocks leave this time out or show it twice: it is not offered.


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _overlaps(
    taken: Iterable[tuple[datetime, datetime]], starts_at: datetime, ends_at: datetime
) -> bool:
    return any(start < ends_at and end > starts_at for start, end in taken)


def _first_free(
    candidates: list[Candidate], busy: Busy, starts_at: datetime, ends_at: datetime
) -> Candidate | None:
    for candidate in candidates:
        if not _overlaps(busy.get(candidate.pk, []), starts_at, ends_at):
            return candidate
    return None
