"""Is this person registered already?"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, Value

from clinic.staff.models import User
from patients.details import PatientDetails
from patients.models import Patient
from patients.models.patient import Fold

# Of two people born on one day, names this alike are worth a second look: "Jon Smyth" and
# "John Smith" are at 0.31, swapped names at 1, two unrelated names seldom above 0.15.
NAME_LIKENESS = 0.3
MOST_MATCHES = 10


@dataclass(frozen=True)
class Match:
    """A registered patient who may be the same person, and why."""

    patient: Patient
    reasons: tuple[str, ...]
    certain: bool


def find_matches(user: User, details: PatientDetails) -> list[Match]:
    """Return patients who may be the same person, likeliest first, in one query.

    Only patients whom this user may see: a match at another site is not revealed.
    """
    full_name = " ".join([details.family_name, details.given_names, details.preferred_name])
    folded: Any = Fold(Value(full_name.strip()))
    candidates = (
        Patient.objects.visible_to(user)
        .filter(_same_contact(details) | Q(date_of_birth=details.date_of_birth))
        .annotate(likeness=TrigramSimilarity("search_name", folded))
        .filter(_same_contact(details) | Q(likeness__gte=NAME_LIKENESS))
        .order_by("-likeness", "family_name")[:MOST_MATCHES]
    )
    matches = [_match(patient, details) for patient in candidates]
    return sorted(matches, key=lambda match: not match.certain)


def _same_contact(details: PatientDetails) -> Q:
    same = Q(pk__in=[])
    for name in ("phone", "email", "nhs_number"):
        if value := getattr(details, name):
            same |= Q(**{name: value})
    return same


def _match(patient: Patient, details: PatientDetails) -> Match:
    same_number = bool(details.nhs_number) and patient.nhs_number == details.nhs_number
    born_alike = patient.date_of_birth == details.date_of_birth
    reasons = [
        ("same NHS number", same_number),
        ("same date of birth and a similar name", born_alike and _is_alike(patient)),
        ("same phone number", bool(details.phone) and patient.phone == details.phone),
        ("same e-mail address", bool(details.email) and patient.email == details.email),
    ]
    return Match(
        patient=patient,
        reasons=tuple(words for words, holds in reasons if holds),
        certain=same_number,
    )


def _is_alike(patient: Patient) -> bool:
    return float(getattr(patient, "likeness", 0)) >= NAME_LIKENESS
