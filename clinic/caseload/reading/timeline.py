"""Everything that happened with one patient, newest first, in one query.

What is known by its day alone stands where it was written down, if that was on the same day, and
says so. Otherwise it stands last on its day, after what was agreed before it, and shows no time.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case as Choose
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    Expression,
    F,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.safestring import SafeString

from clinic.base.addresses import address_of
from clinic.base.prepared import Prepared, prepared
from clinic.base.templatetags.anagen import clock, day, icon, moment
from clinic.caseload.reading.timeline_sources import SOURCES, Source
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.models import Patient

PAGE_SIZE = 25
# More than decades of care leave; it keeps one page from becoming endless.
WHOLE = 2000

KINDS = {
    "appointments": "Appointments",
    "sessions": "Sessions",
    "measurements": "Measurements",
    "photographs": "Photographs",
    "consent": "Consent",
    "history": "History",
    "documents": "Documents",
    "messages": "Messages",
}
_BY_DAY = "by day"
_NOT_CLINICAL = {"appointments", "messages"}


@dataclass(frozen=True)
class Moment:
    """One thing that happened: when, what in words, where it stands, and where to read it."""

    at: datetime
    when: str
    icon: SafeString
    title: str
    state: str
    tone: str
    url: str


def timeline_of(
    patient: Patient, *, reader: User, now: datetime, kind: str = "", limit: int = PAGE_SIZE
) -> tuple[list[Moment], bool]:
    """Return the newest moments, up to `limit`, and whether there are earlier ones.

    What lies after `now` has the tone "future". `kind` narrows to one of `KINDS`. A reader without
    clinical permission sees appointments and messages only.
    """
    clinical = reader.can(Permission.VIEW_CLINICAL)
    places = tuple(
        place
        for place, source in enumerate(SOURCES)
        if kind in ("", source.kind) and (clinical or source.kind in _NOT_CLINICAL)
    )
    if not places:
        return [], False
    rows = _newest_of(places, limit)(patient_id=patient.pk)
    return [_moment(patient, now, *row) for row in rows[:limit]], len(rows) > limit


@cache
def _newest_of(places: tuple[int, ...], limit: int) -> Prepared:
    """Return the query for the newest rows of these sources.

    Each source brings its own newest rows, so that a long record costs no more than a short one.
    """

    @prepared(patient_id=UUID)
    def newest(patient_id: UUID) -> QuerySet[Any, Any]:
        first, *others = (_newest(place, patient_id, limit) for place in places)
        if not others:
            return first
        # At the same minute a session comes after the consent, which is a later source.
        return first.union(*others, all=True).order_by("-at", "source")[: limit + 1]

    return newest


def _newest(place: int, patient_id: UUID, limit: int) -> QuerySet[Any, Any]:
    source = SOURCES[place]
    first, second = source.columns
    return (
        source.rows(patient_id)
        .annotate(
            at=_place_in_time(source),
            how=_how_known(source),
            on=Cast(source.day or Value(None), DateField()),
            source=Value(place),
            first=Cast(first, CharField()),
            second=Cast(second, CharField()),
            row=F("id"),
        )
        .values_list("at", "how", "on", "source", "first", "second", "row")
        .order_by("-at")[: limit + 1]
    )


def _place_in_time(source: Source) -> Expression:
    """Return by what time a row is sorted."""
    if not source.day:
        return Cast(source.at, DateTimeField())
    known = [When(condition, then=F(field)) for condition, field, _ in _knowledge(source)]
    return Choose(*known, default=_EndOfDay(_zone(source), source.day))


def _how_known(source: Source) -> Expression:
    """Return whether that is the row's own time (""), when it was written, or its day only."""
    known = [When(condition, then=Value(word)) for condition, _, word in _knowledge(source)]
    if not source.day:
        return Cast(Value(""), CharField())
    return Choose(*known, default=Value(_BY_DAY), output_field=CharField())


def _knowledge(source: Source) -> list[tuple[Q, str, str]]:
    """Return the times that may be known of a row, as (condition, field, word), the best first."""
    own = [(Q(**{f"{source.at}__isnull": False}), source.at, "")] if source.at else []
    return own + [
        (Q(**{source.day: _day_there(source, field)}), field, word)
        for word, field in source.written
    ]


def _zone(source: Source) -> Expression:
    group = Value(settings.TIME_ZONE)
    return Coalesce(NullIf(source.zone, Value("")), group) if source.zone else group


def _day_there(source: Source, field: str) -> Expression:
    there = Func(_zone(source), F(field), function="timezone", output_field=DateTimeField())
    return Cast(there, DateField())


class _EndOfDay(Func):
    """The midnight, in a zone, with which a day ends."""

    template = "timezone(%(expressions)s + 1)::timestamp)"
    arg_joiner = ", ("
    output_field = DateTimeField()


def _moment(
    patient: Patient,
    now: datetime,
    at: datetime,
    how: str,
    on: date | None,
    place: int,
    first: str,
    second: str,
    row: UUID,
) -> Moment:
    source = SOURCES[place]
    title, state, tone = source.words(first, second or "")
    return Moment(
        at=at,
        when=_when(at, how, on),
        icon=icon(source.icon),
        title=title,
        state=state,
        tone="future" if at > now and how != _BY_DAY else tone,
        url=_address(source.address, patient, row),
    )


def _when(at: datetime, how: str, on: date | None) -> str:
    if on is None or not how:
        return moment(at)
    return day(on) if how == _BY_DAY else f"{day(on)}, {how} {clock(at)}"


def _address(name: str, patient: Patient, row: UUID) -> str:
    if name == "booking:appointment":
        return address_of(name, row)
    if name == "treatments:session":
        return address_of(name, patient.pk, row)
    if name == "messaging:outbox":
        return f"{address_of(name)}?patient={patient.pk}"
    return address_of(name, patient.pk)
