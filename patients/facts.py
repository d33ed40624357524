"""What the history says of a patient, for whoever decides by it. Nothing here writes.

A question that nobody asked has no answer here: None, or not in the dictionary. That is never
the same as "no".
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from patients.analytes import SEROLOGY, in_usual_unit
from patients.catalogue import BLOOD_BORNE
from patients.models import (
    Answer,
    BloodResult,
    ConditionStatement,
    Medicine,
    PregnancyStatement,
)

# A pregnancy stated before that has ended; no term is longer by more than days.
PREGNANCY_WEEKS = 42
# What was said about breastfeeding before that is too old to go by.
BREASTFEEDING_WEEKS = 104
# After that an answer other than yes says little about today.
ASK_AGAIN_WEEKS = 12


def conditions_of(patient_id: UUID) -> dict[str, ConditionStatement]:
    """Return the standing answer about each condition that was asked about, by condition."""
    return ConditionStatement.objects.newest_of(patient_id)


def conditions_present(patient_id: UUID) -> dict[str, ConditionStatement]:
    """Return the standing answers that are "yes", by condition."""
    return {
        item: statement
        for item, statement in conditions_of(patient_id).items()
        if statement.answer == Answer.YES
    }


def maybe_taken(
    patient_id: UUID, *groups: str, first_day: date, last_day: date | None = None
) -> list[Medicine]:
    """Return medicines of these groups that may have been taken from one day to another.

    Without `last_day`, on `first_day`; without groups, of all. Where a date is known by its year
    or month alone, each of its days counts.
    """
    rows = Medicine.objects.filter(patient=patient_id).maybe_taken(first_day, last_day or first_day)
    return list((rows.filter(group__in=groups) if groups else rows).order_by("name", "id"))


def takes_anticoagulant(patient_id: UUID, *, on: date) -> list[Medicine]:
    """Return the anticoagulants that may be taken on a day."""
    return maybe_taken(patient_id, Medicine.Group.ANTICOAGULANT, first_day=on)


@dataclass(frozen=True)
class Measured:
    """The last result of an analyte: in its usual unit where the conversion is exact, and when."""

    result: BloodResult
    value_in_usual_unit: Decimal | None
    taken_date: date


def last_measured(patient_id: UUID, analyte: str) -> Measured | None:
    """Return the last standing result of a measured analyte, such as platelets, and its day.

    The value is in `analytes.usual_unit(analyte)`; `result.comparator` says where it is a bound.
    """
    result = BloodResult.objects.latest_of(patient_id, analyte)
    if result is None or result.value is None:
        return None
    usual = in_usual_unit(analyte, result.value, result.unit)
    return Measured(result, usual, result.sample.taken_date)


def blood_borne_infections(patient_id: UUID) -> list[str]:
    """Return in words what was told of blood-borne infections, and each last reactive result."""
    told = [
        statement.get_item_display()
        for item, statement in conditions_present(patient_id).items()
        if item in BLOOD_BORNE
    ]
    last = (BloodResult.objects.latest_of(patient_id, analyte) for analyte in SEROLOGY)
    return told + [str(row) for row in last if row and row.finding == row.Finding.REACTIVE]


def pregnancy_of(patient_id: UUID) -> PregnancyStatement | None:
    """Return the last statement about pregnancy and breastfeeding, or None; look at its age."""
    statement: PregnancyStatement | None = PregnancyStatement.objects.newest_of(patient_id).get("")
    return statement


def is_too_old(statement: PregnancyStatement, now: datetime) -> bool:
    """Return whether nothing of what was stated can be gone by any more."""
    return all(is_fact_too_old(statement, fact, now) for fact in PregnancyStatement.FACTS)


def has_to_be_asked_again(statement: PregnancyStatement, now: datetime) -> bool:
    """Return whether something of what was stated can no longer be gone by."""
    return any(is_fact_too_old(statement, fact, now) for fact in PregnancyStatement.FACTS)


def is_fact_too_old(statement: PregnancyStatement, fact: str, now: datetime) -> bool:
    """Return whether "pregnancy" or "breastfeeding", as stated, can no longer be gone by.

    Each answer has its own limit: a "no" about one is not held up by a "yes" about the other. Only
    to whom a pregnancy does not apply is neither asked again.
    """
    states = PregnancyStatement.State
    if getattr(statement, fact) == states.YES:
        limit = PREGNANCY_WEEKS if fact == "pregnancy" else BREASTFEEDING_WEEKS
    elif statement.pregnancy == states.NOT_APPLICABLE:
        return False
    else:
        limit = ASK_AGAIN_WEEKS
    return now - statement.stated_at > timedelta(weeks=limit)
