"""What rules are held against: one patient's record, read in a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from patients.banner import standing_statement
from patients.facts import conditions_of, pregnancy_of
from patients.models import (
    Allergy,
    BloodResult,
    ConditionStatement,
    Medicine,
    MedicinesReview,
    NoKnownAllergies,
    Patient,
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


def facts_of(patient: Patient, *, answers: Mapping[str, str] | None = None) -> Facts:
    """Return what the record says of a patient now, in seven queries.

    `answers` are those to the questions of the day (`kinds.Question`), where a session asked them.
    """
    people = "recorded_by"
    review = MedicinesReview.objects.newest_of(patient.pk).get("")
    return Facts(
        sex=patient.sex,
        date_of_birth=patient.date_of_birth,
        conditions=conditions_of(patient.pk),
        medicines=tuple(
            Medicine.objects.standing()
            .filter(patient=patient)
            .select_related(people)
            .order_by("name", "id")
        ),
        medicines_review=review,
        results=tuple(
            BloodResult.objects.standing()
            .filter(patient=patient)
            .select_related("sample", people)
            .newest_first()
        ),
        allergies=tuple(Allergy.objects.standing().filter(patient=patient).select_related(people)),
        no_allergies=standing_statement(patient),
        expecting=pregnancy_of(patient.pk),
        answers=answers or {},
    )
