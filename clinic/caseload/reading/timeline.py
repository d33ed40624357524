"""Everything that happened with one patient, newest first, in one query.

What is known by its day alone stands where it was written down, if that was on the same day, and
says so. Otherwise it stands last on its day, after what was agreed before it, and shows no time.
"""

from collections.abc import Callable
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
from clinic.booking.models import Appointment, Status
from clinic.documents.models import Document
from clinic.messaging.models import Message
from clinic.photos.models import PhotoSet
from clinic.practice.models import Technique
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from followups.models import Examination
from patients.models import Consent, Diagnosis, HistoryEntry, Patient
from treatments.models import Session

PAGE_SIZE = 40

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


@dataclass(frozen=True)
class _Source:
    """Where a kind of moment comes from: two columns of text beside its time and its row.

    Where `day` names a date, `at` need not be known, and `written` tells what was written down
    when, as (word, field), the most telling first; `zone` leads to the zone of the site, where
    the row has one.
    """

    kind: str
    icon: str
    rows: Callable[[UUID], QuerySet[Any, Any]]
    at: str
    columns: tuple[str, str]
    words: Callable[[str, str], tuple[str, str, str]]
    address: str
    day: str = ""
    written: tuple[tuple[str, str], ...] = ()
    zone: str = ""


def _appointment(service: str, status: str) -> tuple[str, str, str]:
    tone = {"done": "good", "no_show": "danger", "cancelled": "danger"}.get(status, "future")
    return service, Status(status).label, tone


def _session(technique: str, signed_at: str) -> tuple[str, str, str]:
    title = f"{Technique(technique).label} session"
    return (title, "Signed", "good") if signed_at else (title, "Draft", "attention")


def _examination(kind: str, _: str) -> tuple[str, str, str]:
    return f"{Examination.Kind(kind).label} examination", "", "good"


def _photo_set(_: str, __: str) -> tuple[str, str, str]:
    return "Photographs", "", ""


def _information(title: str, _: str) -> tuple[str, str, str]:
    return f"Information given: {title}", "", ""


def _signed_consent(title: str, withdrawn_at: str) -> tuple[str, str, str]:
    state, tone = ("Withdrawn later", "danger") if withdrawn_at else ("Signed", "good")
    return f"Consent: {title}", state, tone


def _withdrawal(title: str, _: str) -> tuple[str, str, str]:
    return f"Consent withdrawn: {title}", "Withdrawn", "danger"


def _diagnosis(condition: str, grade: str) -> tuple[str, str, str]:
    label = Diagnosis.Condition(condition).label
    return f"Diagnosis: {label}{f', grade {grade}' if grade else ''}", "", ""


def _history(topic: str, _: str) -> tuple[str, str, str]:
    return f"{HistoryEntry.Topic(topic).label} history recorded", "", ""


def _document(title: str, issued_at: str) -> tuple[str, str, str]:
    return title, "Issued" if issued_at else "Not issued", "good" if issued_at else ""


def _message(purpose: str, channel: str) -> tuple[str, str, str]:
    return Message.Purpose(purpose).label, f"Sent by {Message.Channel(channel).label.lower()}", ""


_SOURCES = (
    _Source(
        kind="appointments",
        icon="calendar",
        rows=lambda patient: Appointment.objects.filter(patient=patient),
        at="starts_at",
        columns=("service__name", "status"),
        words=_appointment,
        address="booking:appointment",
    ),
    _Source(
        kind="sessions",
        icon="syringe",
        rows=lambda patient: Session.objects.filter(patient=patient),
        at="started_at",
        columns=("technique", "signed_at"),
        words=_session,
        address="treatments:session",
        day="performed_date",
        written=(("signed", "signed_at"), ("opened", "created_at")),
        zone="site__time_zone",
    ),
    _Source(
        kind="measurements",
        icon="chart",
        rows=lambda patient: Examination.objects.filter(patient=patient),
        at="",
        columns=("kind", "kind"),
        words=_examination,
        address="followups:list",
        day="examined_date",
        written=(("recorded", "recorded_at"),),
    ),
    _Source(
        kind="photographs",
        icon="camera",
        rows=lambda patient: PhotoSet.objects.filter(patient=patient),
        at="taken_at",
        columns=("id", "id"),
        words=_photo_set,
        address="photos:sets",
    ),
    _Source(
        kind="consent",
        icon="document",
        rows=lambda patient: Consent.objects.filter(patient=patient),
        at="information_given_at",
        columns=("template__title", "id"),
        words=_information,
        address="patients:consents",
    ),
    _Source(
        kind="consent",
        icon="pen",
        rows=lambda patient: Consent.objects.filter(patient=patient, signed_at__isnull=False),
        at="signed_at",
        columns=("template__title", "withdrawn_at"),
        words=_signed_consent,
        address="patients:consents",
    ),
    _Source(
        kind="consent",
        icon="cross",
        rows=lambda patient: Consent.objects.filter(patient=patient, withdrawn_at__isnull=False),
        at="withdrawn_at",
        columns=("template__title", "id"),
        words=_withdrawal,
        address="patients:consents",
    ),
    _Source(
        kind="history",
        icon="note",
        rows=lambda patient: Diagnosis.objects.filter(case__patient=patient),
        at="made_at",
        columns=("condition", "grade"),
        words=_diagnosis,
        address="patients:history",
    ),
    _Source(
        kind="history",
        icon="list",
        rows=lambda patient: HistoryEntry.objects.filter(patient=patient),
        at="recorded_at",
        columns=("topic", "topic"),
        words=_history,
        address="patients:history",
    ),
    _Source(
        kind="documents",
        icon="document",
        rows=lambda patient: Document.objects.filter(patient=patient),
        at="requested_at",
        columns=("title", "issued_at"),
        words=_document,
        address="documents:list",
    ),
    _Source(
        kind="messages",
        icon="mail",
        rows=lambda patient: Message.objects.filter(patient=patient, sent_at__isnull=False),
        at="sent_at",
        columns=("purpose", "channel"),
        words=_message,
        address="messaging:outbox",
    ),
)


def timeline_of(
    patient: Patient, *, reader: User, now: datetime, kind: str = ""
) -> tuple[list[Moment], bool]:
    """Return the newest moments, up to `PAGE_SIZE`, and whether there are earlier ones.

    What lies after `now` has the tone "future". `kind` narrows to one of `KINDS`. A reader without
    clinical permission sees appointments and messages only.
    """
    clinical = reader.can(Permission.VIEW_CLINICAL)
    places = tuple(
        place
        for place, source in enumerate(_SOURCES)
        if kind in ("", source.kind) and (clinical or source.kind in _NOT_CLINICAL)
    )
    if not places:
        return [], False
    rows = _newest_of(places)(patient_id=patient.pk)
    return [_moment(patient, now, *row) for row in rows[:PAGE_SIZE]], len(rows) > PAGE_SIZE


@cache
def _newest_of(places: tuple[int, ...]) -> Prepared:
    """Return the query for the newest rows of these sources.

    Each source brings its own newest rows, so that a long record costs no more than a short one.
    """

    @prepared(patient_id=UUID)
    def newest(patient_id: UUID) -> QuerySet[Any, Any]:
        first, *others = (_newest(place, patient_id) for place in places)
        if not others:
            return first
        # At the same minute a session comes after the consent, which is a later source.
        return first.union(*others, all=True).order_by("-at", "source")[: PAGE_SIZE + 1]

    return newest


def _newest(place: int, patient_id: UUID) -> QuerySet[Any, Any]:
    source = _SOURCES[place]
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
        .order_by("-at")[: PAGE_SIZE + 1]
    )


def _place_in_time(source: _Source) -> Expression:
    """Return by what time a row is sorted."""
    if not source.day:
        return Cast(source.at, DateTimeField())
    known = [When(condition, then=F(field)) for condition, field, _ in _knowledge(source)]
    return Choose(*known, default=_EndOfDay(_zone(source), source.day))


def _how_known(source: _Source) -> Expression:
    """Return whether that is the row's own time (""), when it was written, or its day only."""
    known = [When(condition, then=Value(word)) for condition, _, word in _knowledge(source)]
    if not source.day:
        return Cast(Value(""), CharField())
    return Choose(*known, default=Value(_BY_DAY), output_field=CharField())


def _knowledge(source: _Source) -> list[tuple[Q, str, str]]:
    """Return the times that may be known of a row, as (condition, field, word), the best first."""
    own = [(Q(**{f"{source.at}__isnull": False}), source.at, "")] if source.at else []
    return own + [
        (Q(**{source.day: _day_there(source, field)}), field, word)
        for word, field in source.written
    ]


def _zone(source: _Source) -> Expression:
    group = Value(settings.TIME_ZONE)
    return Coalesce(NullIf(source.zone, Value("")), group) if source.zone else group


def _day_there(source: _Source, field: str) -> Expression:
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
    source = _SOURCES[place]
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
