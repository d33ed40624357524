"""The one way to write to the audit trail."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import models, transaction

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.base.in_bulk import insert_all

SYSTEM = "Anagen"
PATIENT = "Patient"


def record(
    kind: Kind,
    *,
    by: models.Model | None,
    patient_id: UUID | None = None,
    subject: models.Model | None = None,
    actor_label: str = "",
    **details: Any,
) -> Event:
    """Add an event, in the transaction of the change that it tells of.

    `by` is the member of staff; None for the system, or for a patient with
    `actor_label=audit.PATIENT`. `details` fill the braces of the kind's sentence.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event belongs in the transaction of what it tells of.")
    return _add(kind, by, patient_id, subject, actor_label, details)


def record_many(
    kind: Kind, *, by: models.Model, of: Sequence[tuple[UUID, models.Model, dict[str, Any]]]
) -> None:
    """Add an event of one kind about each of many patients: who, which row, and the details."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event belongs in the transaction of what it tells of.")
    insert_all(
        [_event(kind, by, patient_id, subject, "", details) for patient_id, subject, details in of]
    )


def record_reading(*, by: models.Model | None, patient_id: UUID, page: str) -> None:
    """Record that somebody looked at a patient's record; `page` says at what.

    Nothing is changed by looking, so the event is a transaction of its own.
    """
    _add(Kind.PATIENT_VIEWED, by, patient_id, None, "", {"page": page})


def record_readings(*, by: models.Model, patient_ids: Iterable[UUID], page: str) -> None:
    """Record that somebody looked at a page that shows something of several patients' records."""
    insert_all(
        [
            _event(Kind.PATIENT_VIEWED, by, patient_id, None, "", {"page": page})
            for patient_id in patient_ids
        ]
    )


def _add(
    kind: Kind,
    by: models.Model | None,
    patient_id: UUID | None,
    subject: models.Model | None,
    actor_label: str,
    details: dict[str, Any],
) -> Event:
    event = _event(kind, by, patient_id, subject, actor_label, details)
    event.save(force_insert=True)
    return event


def _event(
    kind: Kind,
    by: models.Model | None,
    patient_id: UUID | None,
    subject: models.Model | None,
    actor_label: str,
    details: dict[str, Any],
) -> Event:
    return Event(
        kind=kind,
        actor=by,  # type: ignore[misc] # the user model stands above this app
        actor_label=actor_label or (str(by) if by else SYSTEM),
        patient_id=patient_id,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        details=details,
        request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
    )
