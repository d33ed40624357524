"""What rules are held against: one patient's record. `reading.read_record` reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from patients.models import (
    Allergy,
    BloodResult,
    ConditionStatement,
    Medicine,
    MedicinesReview,
    NoKnownAllergies,
    PregnancyStatement,
)


@dataclass(frozen=True)
class Facts:
    """What is recorded of a patient, and what was answered on the day of a session.

    Blood results come newest first, with their samples. What nobody asked is missing.
    """

    sex: str = ""
    date_of_birth: date | None = None
    conditions: Mapping[str, ConditionStatement] = field(default_factory=dict)
    medicines: tuple[Medicine, ...] = ()
    medicines_review: MedicinesReview | None = None
    results: tuple[BloodResult, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    no_allergies: NoKnownAllergies | None = None
    expecting: PregnancyStatement | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
