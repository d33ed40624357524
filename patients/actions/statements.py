"""What was asked and answered: conditions, relatives, hair, pregnancy, medicines gone through.

Nothing is overwritten: a statement is a row, and the newest of an item stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.templatetags.anagen import moment
from clinic.staff.models import User
from patients.models import (
    ConditionStatement,
    HairStatement,
    MedicinesReview,
    NoEarlierTreatments,
    Patient,
    PregnancyStatement,
    RelativeStatement,
    Statement,
)
from patients.turns import take_turn

NOTHING_CHANGED = "Nothing was changed: this is what is recorded."


@dataclass(frozen=True)
class Given:
    """What somebody wrote about one item, and the statement that they had before them."""

    facts: Mapping[str, Any]
    seen: UUID | None = None


class StatedMeanwhileError(ValidationError):
    """Somebody else answered meanwhile what this person answered otherwise.

    `latest` holds their statements by item.
    """

    def __init__(self, latest: dict[str, Any]) -> None:
        super().__init__([_meanwhile(statement) for statement in latest.values()])
        self.latest = latest


def _meanwhile(statement: Any) -> str:
    return (
        f"{statement.stated_by} recorded this meanwhile ({moment(statement.stated_at)}): "
        f"“{statement}” What you wrote is still in the fields. Look at it and save again."
    )


@transaction.atomic
def state_conditions(
    *, by: User, patient: Patient, given: Mapping[str, Given], now: datetime
) -> list[ConditionStatement]:
    """Record what was answered about conditions, by condition; what was left alone stands."""
    rows: list[ConditionStatement] = _state(ConditionStatement, by, patient, given, now)
    audit.record(Kind.CONDITIONS_STATED, by=by, patient_id=patient.pk, count=len(rows))
    return rows


@transaction.atomic
def state_relatives(
    *, by: User, patient: Patient, given: Mapping[str, Given], now: datetime
) -> list[RelativeStatement]:
    """Record what was answered about relatives; what was left alone stands."""
    rows: list[RelativeStatement] = _state(RelativeStatement, by, patient, given, now)
    audit.record(Kind.RELATIVES_STATED, by=by, patient_id=patient.pk, count=len(rows))
    return rows


@transaction.atomic
def state_hair(*, by: User, patient: Patient, given: Given, now: datetime) -> HairStatement:
    """Record how the hair loss began and went on."""
    row: HairStatement = _state(HairStatement, by, patient, {"": given}, now)[0]
    audit.record(Kind.HAIR_STATED, by=by, patient_id=patient.pk, subject=row)
    return row


@transaction.atomic
def state_pregnancy(
    *, by: User, patient: Patient, given: Given, now: datetime
) -> PregnancyStatement:
    """Record whether the patient is pregnant or breastfeeding today.

    The same answer is recorded again: it holds for the day on which it was given.
    """
    take_turn(patient.pk)
    latest = PregnancyStatement.objects.newest_of(patient.pk).get("")
    new = PregnancyStatement(patient=patient, stated_at=now, stated_by=by, **given.facts)
    if latest and latest.pk != given.seen and not new.says_the_same(latest):
        raise StatedMeanwhileError({"": latest})
    _insert(new)
    audit.record(Kind.PREGNANCY_STATED, by=by, patient_id=patient.pk, subject=new)
    return new


@transaction.atomic
def review_medicines(
    *, by: User, patient: Patient, seen: set[UUID], now: datetime
) -> MedicinesReview:
    """Record that the medicines were gone through and nothing changed.

    `seen` are the medicines that the person had before them. Raises `ValidationError` when others
    are taken by now: nobody confirms a list that they have not read.
    """
    take_turn(patient.pk)
    taken = set(patient.medicines.taken().values_list("pk", flat=True))
    if not taken:
        raise ValidationError("No medicine is on the list. Say that none is taken, or add one.")
    if taken != seen:
        raise ValidationError("The list was changed meanwhile. Go through it as it is now.")
    review = MedicinesReview.check_and_create(
        patient=patient, takes_none=False, stated_at=now, stated_by=by
    )
    audit.record(
        Kind.MEDICINES_REVIEWED, by=by, patient_id=patient.pk, subject=review, count=len(taken)
    )
    return review


@transaction.atomic
def state_no_medicines(*, by: User, patient: Patient, now: datetime) -> MedicinesReview:
    """Record that this person asked and no medicines are taken."""
    take_turn(patient.pk)
    taken = patient.medicines.taken().first()
    if taken:
        raise ValidationError(f"{taken.name} is on the list. Stop it first if it is not taken.")
    review = MedicinesReview.check_and_create(
        patient=patient, takes_none=True, stated_at=now, stated_by=by
    )
    audit.record(Kind.NO_MEDICINES_STATED, by=by, patient_id=patient.pk, subject=review)
    return review


@transaction.atomic
def state_no_earlier_treatments(
    *, by: User, patient: Patient, now: datetime
) -> NoEarlierTreatments:
    """Record that this person asked and the hair was not treated elsewhere."""
    take_turn(patient.pk)
    standing = patient.earlier_treatments.standing().first()
    if standing:
        raise ValidationError(
            f"{standing.get_kind_display()} is recorded. Withdraw it first if it is wrong."
        )
    statement = NoEarlierTreatments.check_and_create(patient=patient, stated_at=now, stated_by=by)
    audit.record(Kind.NO_EARLIER_STATED, by=by, patient_id=patient.pk, subject=statement)
    return statement


def _state(
    model: type[Any], by: User, patient: Patient, given: Mapping[str, Given], now: datetime
) -> list[Any]:
    """Add a statement for each item on which something new was said.

    Raises `StatedMeanwhileError`, and records nothing, when somebody else answered one of those
    items otherwise since it was read; `ValidationError` when nothing new was said.
    """
    take_turn(patient.pk)
    latest = model.objects.newest_of(patient.pk)
    seen = model.objects.filter(patient=patient).in_bulk([each.seen for each in given.values()])
    new: list[Any] = []
    others: dict[str, Any] = {}
    for item, each in given.items():
        row = model(patient=patient, stated_at=now, stated_by=by, **_of(item), **each.facts)
        if _says_nothing_new(row, latest.get(item), seen.get(each.seen)):
            continue
        if item in latest and latest[item].pk != each.seen:
            others[item] = latest[item]
        new.append(row)
    if others:
        raise StatedMeanwhileError(others)
    if not new:
        raise ValidationError(NOTHING_CHANGED)
    for row in new:
        _insert(row)
    return new


def _says_nothing_new(row: Statement, latest: Statement | None, seen: Statement | None) -> bool:
    """Return whether a form left an item as it was, or says what somebody else just said."""
    return any(
        other is not None and other.item == row.item and row.says_the_same(other)
        for other in (latest, seen)
    )


def _of(item: str) -> dict[str, str]:
    return {"item": item} if item else {}


def _insert(row: Statement) -> None:
    row.full_clean()
    row.save(force_insert=True)
