"""One day of the diary at one site, laid out for the template: columns of five-minute steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from clinic.base.templatetags.anagen import clock
from clinic.booking.looks import kind_of, status_in_words
from clinic.booking.models import Appointment, AppointmentQuerySet, Status
from clinic.booking.times import DIARY_STEP_MINUTES, day_bounds, local
from clinic.practice.models import Site
from clinic.staff.models import User

STEPS_AN_HOUR = 60 // DIARY_STEP_MINUTES
STEPS_A_DAY = 24 * STEPS_AN_HOUR
# A free stretch is offered in pieces of half an hour, cut at the half hours.
FREE_PIECE = STEPS_AN_HOUR // 2
MOST_LANES = 4


@dataclass(slots=True)
class Visit:
    """An appointment in its place: `at` and `length` in steps of five minutes from midnight."""

    at: int
    length: int
    status: str
    kind: str
    url: str
    name: str
    starts: str
    ends: str
    service: str
    room: str
    practitioner: str
    status_words: SafeString
    cancelled: bool
    lane: str = ""


@dataclass(slots=True)
class Stretch:
    """A stretch of a column without a visit: free to book, or spent at another site."""

    at: int
    length: int
    starts: str = ""
    words: str = ""


@dataclass(slots=True)
class Column:
    """A practitioner's day."""

    name: str
    book_url: str
    visits: list[Visit] = field(default_factory=list)
    elsewhere: list[Stretch] = field(default_factory=list)
    free: list[Stretch] = field(default_factory=list)


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


def day_at(site: Site, day: date, *, now: datetime, offer_free: bool) -> Day:
    """Return a site's day, in two queries. `offer_free` adds the stretches that can be booked."""
    practitioners = {person.pk: person for person in _working_at(site)}
    columns: dict[UUID, Column] = {}
    visits: list[Visit] = []
    for appointment in _appointments(site, day, set(practitioners)):
        person = practitioners.setdefault(appointment.practitioner_id, appointment.practitioner)
        column = columns.setdefault(person.pk, _column(site, day, person))
        if appointment.site_id == site.pk:
            visits.append(_visit(appointment, site))
            column.visits.append(visits[-1])
        elif appointment.status not in (Status.CANCELLED, Status.NO_SHOW):
            column.elsewhere.append(_elsewhere(appointment, site))
    shown = [
        columns.get(person.pk) or _column(site, day, person)
        for person in sorted(practitioners.values(), key=lambda p: (p.family_name, p.given_name))
    ]
    return _laid_out(site, day, shown, visits, now=now, offer_free=offer_free)


def _working_at(site: Site) -> Iterable[User]:
    return User.objects.get_queryset().clinicians().working_at(site)


def _appointments(site: Site, day: date, practitioners: set[UUID]) -> AppointmentQuerySet:
    midnight, next_midnight = day_bounds(day, site.zone)
    return (
        Appointment.objects.filter(
            Q(site=site) | Q(practitioner__in=practitioners),
            starts_at__gte=midnight,
            starts_at__lt=next_midnight,
        )
        .with_words()
        .order_by("starts_at", "pk")
    )


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
            column.free = list(_free(column, max(opens, earliest), closes))
    return Day(
        site=site,
        day=day,
        first=first,
        length=last_step - first,
        hours=[
            Stretch(at=step, length=STEPS_AN_HOUR, starts=_clock_of(step))
            for step in range(first, last_step, STEPS_AN_HOUR)
        ],
        columns=columns,
        visits=visits,
        now_step=_now_step(site, day, now, first, last_step),
    )


def _column(site: Site, day: date, person: User) -> Column:
    query = urlencode({"date": day.isoformat(), "site": site.slug, "practitioner": person.pk})
    return Column(name=str(person), book_url=f"{reverse('booking:new')}?{query}")


def _step(wall: time | datetime) -> int:
    return wall.hour * STEPS_AN_HOUR + wall.minute // DIARY_STEP_MINUTES


def _clock_of(step: int) -> str:
    return f"{step // STEPS_AN_HOUR:02d}:{step % STEPS_AN_HOUR * DIARY_STEP_MINUTES:02d}"


def _place(appointment: Appointment, site: Site) -> tuple[int, int]:
    begins = _step(local(appointment.starts_at, site.zone))
    steps = max(-(-appointment.duration_minutes // DIARY_STEP_MINUTES), 1)
    return begins, min(steps, STEPS_A_DAY - begins)


def _visit(appointment: Appointment, site: Site) -> Visit:
    begins, steps = _place(appointment, site)
    return Visit(
        at=begins,
        length=steps,
        status=appointment.status.replace("_", "-"),
        kind=kind_of(appointment.service),
        url=reverse("booking:appointment", args=[appointment.pk]),
        name=str(appointment.patient),
        starts=clock(local(appointment.starts_at, site.zone)),
        ends=clock(local(appointment.ends_at, site.zone)),
        service=appointment.service.name,
        room=appointment.room.name,
        practitioner=str(appointment.practitioner),
        status_words=status_in_words(appointment.status),
        cancelled=appointment.status == Status.CANCELLED,
    )


def _elsewhere(appointment: Appointment, site: Site) -> Stretch:
    begins, steps = _place(appointment, site)
    return Stretch(at=begins, length=steps, words=f"At {appointment.site.name}")


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
            visit.lane = f"lane-{min(place, lanes - 1) + 1}of{lanes}"


def _free(column: Column, opens: int, closes: int) -> Iterator[Stretch]:
    taken = sorted(
        [(v.at, v.at + v.length) for v in column.visits if v.status != "no-show"]
        + [(e.at, e.at + e.length) for e in column.elsewhere]
    )
    begins = opens
    for start, end in [*taken, (closes, closes)]:
        yield from _pieces(begins, min(start, closes))
        begins = max(begins, end)


def _pieces(begins: int, ends: int) -> Iterator[Stretch]:
    while begins < ends:
        cut = min((begins // FREE_PIECE + 1) * FREE_PIECE, ends)
        yield Stretch(at=begins, length=cut - begins, starts=_clock_of(begins))
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
