"""What the record says now, as far as a questionnaire asks about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from patients.banner import standing_statement
from patients.models import (
    Allergy,
    ConditionStatement,
    EarlierTreatment,
    HairStatement,
    HistoryEntry,
    Medicine,
    MedicinesReview,
    NoEarlierTreatments,
    NoKnownAllergies,
    Patient,
    PregnancyStatement,
    RelativeStatement,
)


@dataclass(frozen=True)
class Known:
    """One patient's history, read once for a whole page."""

    patient: Patient
    now: datetime
    conditions: dict[str, ConditionStatement]
    relatives: dict[str, RelativeStatement]
    hair: HairStatement | None
    pregnancy: PregnancyStatement | None
    words: dict[str, HistoryEntry]
    medicines: list[Medicine]
    takes_none: MedicinesReview | None
    allergies: list[Allergy]
    none_known: NoKnownAllergies | None
    treatments: list[EarlierTreatment]
    not_treated: NoEarlierTreatments | None


def known_of(patient: Patient, now: datetime | None = None) -> Known:
    """Return what the record says of a patient."""
    medicines = list(patient.medicines.standing().order_by("name", "id"))
    allergies = list(patient.allergies.standing())
    treatments = list(patient.earlier_treatments.standing())
    return Known(
        patient=patient,
        now=now or timezone.now(),
        conditions=ConditionStatement.objects.newest_of(patient.pk),
        relatives=RelativeStatement.objects.newest_of(patient.pk),
        hair=HairStatement.objects.newest_of(patient.pk).get(""),
        pregnancy=PregnancyStatement.objects.newest_of(patient.pk).get(""),
        words=_words(patient),
        medicines=[row for row in medicines if not row.stopped_date],
        takes_none=_takes_none(patient),
        allergies=allergies,
        none_known=None if allergies else standing_statement(patient),
        treatments=treatments,
        not_treated=_not_treated(patient),
    )


def _words(patient: Patient) -> dict[str, HistoryEntry]:
    found: dict[str, HistoryEntry] = {}
    for entry in patient.history_entries.order_by("-recorded_at", "-id"):
        found.setdefault(entry.topic, entry)
    return found


def _takes_none(patient: Patient) -> MedicinesReview | None:
    review: Any = MedicinesReview.objects.newest_of(patient.pk).get("")
    if review is None or not review.takes_none:
        return None
    later = patient.medicines.filter(recorded_at__gt=review.stated_at)
    return None if later.exists() or patient.medicines.taken().exists() else review


def _not_treated(patient: Patient) -> NoEarlierTreatments | None:
    none: Any = NoEarlierTreatments.objects.newest_of(patient.pk).get("")
    if none is None or patient.earlier_treatments.standing().exists():
        return None
    later = patient.earlier_treatments.filter(recorded_at__gt=none.stated_at)
    return None if later.exists() else none
