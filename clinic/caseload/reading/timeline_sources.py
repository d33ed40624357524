"""Where the moments of the timeline come from: one source for each kind of row."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.booking.models import Appointment, Status
from clinic.documents.models import Document
from clinic.messaging.models import Message
from clinic.photos.models import PhotoSet
from clinic.practice.models import Technique
from followups.models import Examination
from patients.models import (
    Allergy,
    BloodResult,
    BloodSample,
    Consent,
    Diagnosis,
    HistoryEntry,
    Medicine,
    PathwayStop,
    PregnancyStatement,
    StopReview,
)
from patients.models.pathway import LIFTING
from patients.partial_dates import Precision
from patients.scales import Scale
from treatments.models import Session


@dataclass(frozen=True)
class Source:
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


def _diagnoses(patient: UUID) -> QuerySet[Diagnosis]:
    """Return what was diagnosed; what was corrected or a mistake stands on the history page."""
    return Diagnosis.objects.standing().filter(case__patient=patient)


def _diagnosis(condition: str, grade: str) -> tuple[str, str, str]:
    label = Diagnosis.Condition(condition).label
    return f"Diagnosis: {label}{f', grade {grade}' if grade else ''}", "", ""


def _salt(condition: str, score_percent: str) -> tuple[str, str, str]:
    score = f"{Decimal(score_percent).normalize():f}"
    return f"Diagnosis: {Diagnosis.Condition(condition).label}, SALT {score} %", "", ""


def _pathway_stop(_: str, __: str) -> tuple[str, str, str]:
    return "AGA pathway stopped by what was found", "", "danger"


def _pathway_review(outcome: str, _: str) -> tuple[str, str, str]:
    tone = "good" if outcome in LIFTING else "danger"
    return f"AGA pathway reviewed: {StopReview.Outcome(outcome).label.lower()}", "", tone


def _history(topic: str, _: str) -> tuple[str, str, str]:
    return f"{HistoryEntry.Topic(topic).label} history recorded", "", ""


def _allergy(substance: str, withdrawn_at: str) -> tuple[str, str, str]:
    state, tone = ("Withdrawn later", "") if withdrawn_at else ("", "danger")
    return f"Allergy recorded: {substance}", state, tone


def _started(name: str, dose: str) -> tuple[str, str, str]:
    return f"Started {' '.join(filter(None, [name, dose]))}", "", ""


def _medicine(name: str, dose: str) -> tuple[str, str, str]:
    return f"Medicine recorded: {' '.join(filter(None, [name, dose]))}", "", ""


def _stopped(name: str, reason: str) -> tuple[str, str, str]:
    return f"Stopped {name}{f': {reason}' if reason else ''}", "", ""


def _stop(name: str, reason: str) -> tuple[str, str, str]:
    return f"Recorded as stopped: {name}{f': {reason}' if reason else ''}", "", ""


def _blood(laboratory: str, _: str) -> tuple[str, str, str]:
    return f"Blood results{f', {laboratory}' if laboratory else ''}", "", ""


def _pregnancy(pregnancy: str, breastfeeding: str) -> tuple[str, str, str]:
    statement = PregnancyStatement(pregnancy=pregnancy, breastfeeding=breastfeeding)
    is_yes = PregnancyStatement.State.YES in (pregnancy, breastfeeding)
    return str(statement), "", "danger" if is_yes else ""


def _document(title: str, issued_at: str) -> tuple[str, str, str]:
    return title, "Issued" if issued_at else "Not issued", "good" if issued_at else ""


def _message(purpose: str, channel: str) -> tuple[str, str, str]:
    return Message.Purpose(purpose).label, f"Sent by {Message.Channel(channel).label.lower()}", ""


def _medicines(patient: UUID) -> QuerySet[Any, Any]:
    return Medicine.objects.standing().filter(patient=patient)


# A day stands among the others where it is known; else when it was written down.
_START_KNOWN = Q(started_date__isnull=False, started_precision=Precision.DAY)
_STOP_KNOWN = Q(stopped_date__isnull=False, stopped_precision=Precision.DAY)

_OF_THE_HISTORY = (
    Source(
        kind="history",
        icon="allergy",
        rows=lambda patient: Allergy.objects.filter(patient=patient),
        at="recorded_at",
        columns=("substance", "withdrawn_at"),
        words=_allergy,
        address="patients:history",
    ),
    Source(
        kind="history",
        icon="pill",
        rows=lambda patient: _medicines(patient).filter(_START_KNOWN),
        at="",
        columns=("name", "dose"),
        words=_started,
        address="patients:history",
        day="started_date",
    ),
    Source(
        kind="history",
        icon="pill",
        rows=lambda patient: _medicines(patient).exclude(_START_KNOWN),
        at="recorded_at",
        columns=("name", "dose"),
        words=_medicine,
        address="patients:history",
    ),
    Source(
        kind="history",
        icon="pill",
        rows=lambda patient: _medicines(patient).filter(_STOP_KNOWN),
        at="",
        columns=("name", "stop_reason"),
        words=_stopped,
        address="patients:history",
        day="stopped_date",
        written=(("recorded", "stop_recorded_at"),),
    ),
    Source(
        kind="history",
        icon="pill",
        rows=lambda patient: _medicines(patient).filter(
            ~_STOP_KNOWN, stop_recorded_at__isnull=False
        ),
        at="stop_recorded_at",
        columns=("name", "stop_reason"),
        words=_stop,
        address="patients:history",
    ),
    Source(
        kind="history",
        icon="drop",
        rows=lambda patient: BloodSample.objects.filter(
            Exists(BloodResult.objects.standing().filter(sample=OuterRef("pk"))), patient=patient
        ),
        at="",
        columns=("laboratory", "id"),
        words=_blood,
        address="patients:history",
        day="taken_date",
    ),
    Source(
        kind="history",
        icon="note",
        rows=lambda patient: PregnancyStatement.objects.filter(patient=patient),
        at="stated_at",
        columns=("pregnancy", "breastfeeding"),
        words=_pregnancy,
        address="patients:history",
    ),
)

SOURCES = (
    Source(
        kind="appointments",
        icon="calendar",
        rows=lambda patient: Appointment.objects.filter(patient=patient),
        at="starts_at",
        columns=("service__name", "status"),
        words=_appointment,
        address="booking:appointment",
    ),
    Source(
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
    Source(
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
    Source(
        kind="photographs",
        icon="camera",
        rows=lambda patient: PhotoSet.objects.filter(patient=patient),
        at="taken_at",
        columns=("id", "id"),
        words=_photo_set,
        address="photos:sets",
    ),
    Source(
        kind="consent",
        icon="document",
        rows=lambda patient: Consent.objects.filter(patient=patient),
        at="information_given_at",
        columns=("template__title", "id"),
        words=_information,
        address="patients:consents",
    ),
    Source(
        kind="consent",
        icon="pen",
        rows=lambda patient: Consent.objects.filter(patient=patient, signed_at__isnull=False),
        at="signed_at",
        columns=("template__title", "withdrawn_at"),
        words=_signed_consent,
        address="patients:consents",
    ),
    Source(
        kind="consent",
        icon="cross",
        rows=lambda patient: Consent.objects.filter(patient=patient, withdrawn_at__isnull=False),
        at="withdrawn_at",
        columns=("template__title", "id"),
        words=_withdrawal,
        address="patients:consents",
    ),
    Source(
        kind="history",
        icon="note",
        rows=lambda patient: _diagnoses(patient).exclude(scale=Scale.SALT),
        at="made_at",
        columns=("condition", "grade"),
        words=_diagnosis,
        address="patients:history",
    ),
    Source(
        kind="history",
        icon="note",
        rows=lambda patient: _diagnoses(patient).filter(scale=Scale.SALT),
        at="made_at",
        columns=("condition", "salt_percent"),
        words=_salt,
        address="patients:history",
    ),
    Source(
        kind="history",
        icon="danger",
        rows=lambda patient: PathwayStop.objects.filter(patient=patient),
        at="raised_at",
        columns=("id", "id"),
        words=_pathway_stop,
        address="patients:pathway",
    ),
    Source(
        kind="history",
        icon="check",
        rows=lambda patient: StopReview.objects.filter(stop__patient=patient),
        at="reviewed_at",
        columns=("outcome", "id"),
        words=_pathway_review,
        address="patients:pathway",
    ),
    Source(
        kind="history",
        icon="list",
        rows=lambda patient: HistoryEntry.objects.filter(patient=patient),
        at="recorded_at",
        columns=("topic", "topic"),
        words=_history,
        address="patients:history",
    ),
    Source(
        kind="documents",
        icon="document",
        rows=lambda patient: Document.objects.filter(patient=patient),
        at="requested_at",
        columns=("title", "issued_at"),
        words=_document,
        address="documents:list",
    ),
    Source(
        kind="messages",
        icon="mail",
        rows=lambda patient: Message.objects.filter(patient=patient, sent_at__isnull=False),
        at="sent_at",
        columns=("purpose", "channel"),
        words=_message,
        address="messaging:outbox",
    ),
    *_OF_THE_HISTORY,
)
