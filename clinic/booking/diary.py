"""One day of the diary at one site, laid out for the template: columns of five-minute steps."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from clinic.base.prepared import columns, from_row, is_one_of, prepared
from clinic.base.templatetags.anagen import clock
from clinic.booking.looks import kind_of, status_in_words
from clinic.booking.markup import free_piece, in_columns, in_list
from clinic.booking.models import Appointment, Status
from clinic.booking.times import DIARY_STEP_MINUTES, day_bounds, local
from clinic.practice.models import Room, Site
from clinic.staff.models import User
from patients.models.patient import listed_as

STEPS_AN_HOUR = 60 // DIARY_STEP_MINUTES
STEPS_A_DAY = 24 * STEPS_AN_HOUR
# A free stretch is offered in pieces of half an hour, cut at the half hours.
FREE_PIECE = STEPS_AN_HOUR // 2
MOST_LANES = 4


class Row(NamedTuple):
    """What the diary needs of an appointment: plain columns, because a busy day has a hundred."""

    pk: UUID
    starts_at: datetime
    ends_at: datetime
    status: str
    site_id: UUID
    site: str
    family_name: str
    given_names: str
    service: str
    purpose: str
    technique: str
    room: str
    practitioner_id: UUID
    room_id: UUID


_COLUMNS = (
    *("pk", "starts_at", "ends_at", "status", "site_id", "site__name"),
    *("patient__family_name", "patient__given_names"),
    *("service__name", "service__purpose", "service__technique"),
    *("room__name", "practitioner_id", "room_id"),
)


@dataclass(slots=True)
class Visit:
    """An appointment in its place, in steps of five minutes from midnight, in words."""

    at: int
    length: int
    place: str
    status: str
    kind: str
    url: str
    name: str
    starts: str
    ends: str
    service: str
    room: str
    practitioner: str
    beside: str
    status_words: SafeString
    cancelled: bool


@dataclass(slots=True)
class Stretch:
    """A stretch of a column without a visit: an hour's mark, or time spent at another site."""

    at: int
    length: int
    place: str
    starts: str = ""
    words: str = ""


@dataclass(slots=True)
class Column:
    """A practitioner's or a room's day; `free` are the stretches that can be booked, drawn."""

    name: str
    book_url: str
    visits: list[Visit] = field(default_factory=list)
    elsewhere: list[Stretch] = field(default_factory=list)
    free: SafeString = SafeString("")  # noqa: RUF009 - as immutable as any text

    @property
    def drawn(self) -> SafeString:
        """The visits in their places."""
        return in_columns(self.visits)


@dataclass(slots=True)
class Day:
    """A day at a site. `first` and `length` are the steps that the columns show."""

    site: Site
    day: date
    first: int
    length: int
    hours: list[Stretch]
    columns: list[Column]
    visits: list[Visit]
    now_step: int | None

    @property
    def cancelled(self) -> list[Visit]:
        """The visits that were cancelled; they hold no place in the columns."""
        return [visit for visit in self.visits if visit.cancelled]

    @property
    def standing(self) -> list[Visit]:
        """The visits that were not cancelled, by time."""
        return [visit for visit in self.visits if not visit.cancelled]

    @property
    def drawn(self) -> SafeString:
        """The visits that were not cancelled, as a list by time."""
        return in_list(self.standing)


def day_at(site: Site, day: date, *, now: datetime, offer_free: bool, by_room: bool = False) -> Day:
    """Return a site's day, in two queries; in three with a column for each room.

    `offer_free` adds the stretches that can be booked.
    """
    midnight, next_midnight = day_bounds(day, site.zone)
    found = _rows(site=site.pk, midnight=midnight, next_midnight=next_midnight)
    rows = [Row(*row) for row in found]
    booked = {row.practitioner_id for row in rows if row.site_id == site.pk}
    people = [from_row(User, row) for row in _people(site=site.pk, booked=list(booked))]
    names = {person.pk: str(person) for person in people}
    shown = _room_columns(site, day) if by_room else _person_columns(site, day, names)
    visits: list[Visit] = []
    for row in rows:
        column = shown.get(row.room_id if by_room else row.practitioner_id)
        if row.site_id == site.pk and column is not None:
            visits.append(_visit(row, site, names[row.practitioner_id], by_room=by_room))
            column.visits.append(visits[-1])
        elif column is not None and row.status not in (Status.CANCELLED, Status.NO_SHOW):
            column.elsewhere.append(_elsewhere(row, site))
    return _laid_out(site, day, list(shown.values()), visits, now=now, offer_free=offer_free)


def _person_columns(site: Site, day: date, names: dict[UUID, str]) -> dict[UUID, Column]:
    return {pk: _column(site, day, name, practitioner=str(pk)) for pk, name in names.items()}


def _room_columns(site: Site, day: date) -> dict[UUID, Column]:
    return {pk: _column(site, day, name, room=str(pk)) for pk, name in _rooms(site=site.pk)}


@prepared(site=UUID)
def _rooms(site: UUID) -> QuerySet[Any, Any]:
    return Room.objects.filter(site=site).order_by("name").values_list("pk", "name")


@prepared(site=UUID, midnight=datetime, next_midnight=datetime)
def _rows(site: UUID, midnight: datetime, next_midnight: datetime) -> QuerySet[Any, Any]:
    """Ask for the day's appointments at the site, and elsewhere of those who work here too."""
    working_here = User.objects.filter(Q(sites=site) | Q(sites=None)).values("pk")
    return (
        Appointment.objects.filter(
            Q(site=site) | Q(practitioner__in=working_here),
            starts_at__gte=midnight,
            starts_at__lt=next_midnight,
        )
        .order_by("starts_at", "pk")
        .values_list(*_COLUMNS)
    )


@prepared(site=UUID, booked=list)
def _people(site: UUID, booked: list[UUID]) -> QuerySet[Any, Any]:
    """Ask for who sees patients at the site, and who else is booked there on the day."""
    clinicians = User.objects.get_queryset().clinicians()
    working_here = clinicians.filter(Q(sites=site) | Q(sites=None)).values("pk")
    shown = Q(pk__in=working_here) | Q(is_one_of("pk", booked))
    return User.objects.filter(shown).values_list(*columns(User))


def _laid_out(
    site: Site,
    day: date,
    columns: list[Column],
    visits: list[Visit],
    *,
    now: datetime,
    offer_free: bool,
) -> Day:
    opens, closes = _step(site.opens_at), _step(site.closes_at)
    shown = [visit for visit in visits if not visit.cancelled]
    first = min([opens, *(visit.at for visit in shown)]) // STEPS_AN_HOUR * STEPS_AN_HOUR
    last = -(-max([closes, *(visit.at + visit.length for visit in shown)]) // STEPS_AN_HOUR)
    last_step = min(last * STEPS_AN_HOUR, STEPS_A_DAY)
    earliest = _earliest_bookable(site, day, now)
    for column in columns:
        column.visits = [visit for visit in column.visits if not visit.cancelled]
        _put_in_lanes(column.visits)
        if offer_free:
            column.free = SafeString("".join(_free(column, max(opens, earliest), closes)))
    return Day(
        site=site,
        day=day,
        first=first,
        length=last_step - first,
        hours=[
            Stretch(step, STEPS_AN_HOUR, f"at-{step}", starts=_clock_of(step))
            for step in range(first, last_step, STEPS_AN_HOUR)
        ],
        columns=columns,
        visits=visits,
        now_step=_now_step(site, day, now, first, last_step),
    )


def _column(site: Site, day: date, name: str, **holder: str) -> Column:
    query = urlencode({"date": day.isoformat(), "site": site.slug, **holder})
    return Column(name=name, book_url=f"{reverse('booking:new')}?{query}")


def _step(wall: time | datetime) -> int:
    return wall.hour * STEPS_AN_HOUR + wall.minute // DIARY_STEP_MINUTES


def _clock_of(step: int) -> str:
    return f"{step // STEPS_AN_HOUR:02d}:{step % STEPS_AN_HOUR * DIARY_STEP_MINUTES:02d}"


def _span(row: Row, site: Site) -> tuple[datetime, datetime, int, int]:
    """Return the times on the wall, the first step and how many steps; never past midnight."""
    starts, ends = local(row.starts_at, site.zone), local(row.ends_at, site.zone)
    at = _step(starts)
    minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
    return starts, ends, at, min(-(-minutes // DIARY_STEP_MINUTES), STEPS_A_DAY - at)


def _visit(row: Row, site: Site, practitioner: str, *, by_room: bool) -> Visit:
    starts, ends, at, length = _span(row, site)
    return Visit(
        at=at,
        length=length,
        place=f"at-{at} len-{length}",
        status=row.status.replace("_", "-"),
        kind=kind_of(row.purpose, row.technique),
        url=f"{_appointments_url()}{row.pk}/",
        name=listed_as(row.family_name, row.given_names),
        starts=clock(starts),
        ends=clock(ends),
        service=row.service,
        room=row.room,
        practitioner=practitioner,
        beside=practitioner if by_room else row.room,
        status_words=status_in_words(row.status),
        cancelled=row.status == Status.CANCELLED,
    )


@cache
def _appointments_url() -> str:
    """Return the address under which each appointment has its own; found once, not per visit."""
    nobody = UUID(int=0)
    return reverse("booking:appointment", args=[nobody]).removesuffix(f"{nobody}/")


def _elsewhere(row: Row, site: Site) -> Stretch:
    _, _, at, length = _span(row, site)
    return Stretch(at, length, f"at-{at} len-{length}", words=f"At {row.site}")


def _put_in_lanes(visits: list[Visit]) -> None:
    """Set visits beside each other that share time: a no-show and whoever came instead."""
    cluster: list[Visit] = []
    ends = 0
    for visit in [*visits, None]:
        if visit is None or visit.at >= ends:
            _share_the_width(cluster)
            cluster = []
        if visit is not None:
            cluster.append(visit)
            ends = max(ends, visit.at + visit.length)


def _share_the_width(cluster: list[Visit]) -> None:
    ends: list[int] = []
    places: list[int] = []
    for visit in cluster:
        place = next((n for n, end in enumerate(ends) if end <= visit.at), len(ends))
        ends[place : place + 1] = [visit.at + visit.length]
        places.append(place)
    lanes = min(len(ends), MOST_LANES)
    if lanes > 1:
        for visit, place in zip(cluster, places, strict=True):
            visit.place += f" lane-{min(place, lanes - 1) + 1}of{lanes}"


def _free(column: Column, opens: int, closes: int) -> Iterator[str]:
    taken = sorted(
        [(v.at, v.at + v.length) for v in column.visits if v.status != "no-show"]
        + [(e.at, e.at + e.length) for e in column.elsewhere]
    )
    begins = opens
    for start, end in [*taken, (closes, closes)]:
        yield from _pieces(column, begins, min(start, closes))
        begins = max(begins, end)


def _pieces(column: Column, begins: int, ends: int) -> Iterator[str]:
    while begins < ends:
        cut = min((begins // FREE_PIECE + 1) * FREE_PIECE, ends)
        starts = _clock_of(begins)
        yield free_piece(
            place=f"at-{begins} len-{cut - begins}",
            url=f"{column.book_url}&time={starts}",
            words=f"Book {starts}, {column.name}",
        )
        begins = cut


def _earliest_bookable(site: Site, day: date, now: datetime) -> int:
    """Return the first step of the day that is not past: none of an earlier day."""
    today = local(now, site.zone)
    if day != today.date():
        return STEPS_A_DAY if day < today.date() else 0
    return _step(today) + 1


def _now_step(site: Site, day: date, now: datetime, first: int, last: int) -> int | None:
    shown = local(now, site.zone)
    step = _step(shown)
    return step if shown.date() == day and first <= step < last else None
