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
# Where a date of birth is missing, the name alone must say more: "Ada Okoro" and "Ada Maria Okoro"
# are at 0.6.
NAME_ALONE_LIKENESS = 0.5
MOST_MATCHES = 10


@dataclass(frozen=True)
class Match:
    """A registered patient who may be the same person, and why."""

    patient: Patient
    reasons: tuple[str, ...]
    certain: bool


def find_matches(user: User, details: PatientDetails) -> list[Match]:
    """Return patients who may be the same person, likeliest first, in one query.

    Only patients whom this user may see; of other sites, see `is_very_like_somebody_elsewhere`.
    """
    folded: Any = Fold(Value(_full_name(details)))
    same_contact, alike = _same_contact(details), Q(likeness__gte=NAME_ALONE_LIKENESS)
    if details.date_of_birth is None:
        perhaps = Q(search_name__trigram_similar=folded)
    else:
        perhaps = Q(date_of_birth=details.date_of_birth) | Q(date_of_birth__isnull=True)
        alike |= Q(likeness__gte=NAME_LIKENESS, date_of_birth=details.date_of_birth)
    candidates = (
        Patient.objects.visible_to(user)
        .filter(same_contact | perhaps)
        .annotate(likeness=TrigramSimilarity("search_name", folded))
        .filter(same_contact | alike)
        .order_by("-likeness", "family_name")[:MOST_MATCHES]
    )
    matches = [_match(patient, details) for patient in candidates]
    return sorted(matches, key=lambda match: not match.certain)


def is_very_like_somebody_elsewhere(user: User, details: PatientDetails) -> bool:
    """Say whether somebody registered only at other sites is very likely the same person.

    Two records of one person are a danger: an allergy in one, the treatment in the other. But that
    somebody is a patient of the other site is for its staff to know. So the answer is a bare yes,
    and only to a person who knows a similar name, the date of birth and the phone number or
    e-mail address already; less than that would let anybody ask who goes where. It misses somebody
    who moved, changed their number and comes without an NHS number.
    """
    if not user.site_ids or details.date_of_birth is None:
        return False
    folded: Any = Fold(Value(_full_name(details)))
    return (
        Patient.objects.filter(
            _same_contact(details, ("phone", "email")), date_of_birth=details.date_of_birth
        )
        .annotate(likeness=TrigramSimilarity("search_name", folded))
        .filter(likeness__gte=NAME_LIKENESS)
        .exclude(pk__in=Patient.objects.visible_to(user).values("pk"))
        .exists()
    )


def _full_name(details: PatientDetails) -> str:
    return " ".join([details.family_name, details.given_names, details.preferred_name]).strip()


def _same_contact(
    details: PatientDetails, names: tuple[str, ...] = ("phone", "email", "nhs_number")
) -> Q:
    same = Q(pk__in=[])
    for name in names:
        if name == "phone":
            numbers = _numbers(details)
            same |= Q(phone__in=numbers) | Q(second_phone__in=numbers)
        elif value := getattr(details, name):
            same |= Q(**{name: value})
    return same


def _numbers(either: PatientDetails | Patient) -> set[str]:
    return {either.phone, either.second_phone} - {""}


def _match(patient: Patient, details: PatientDetails) -> Match:
    same_number = bool(details.nhs_number) and patient.nhs_number == details.nhs_number
    births = {patient.date_of_birth, details.date_of_birth}
    born_alike = len(births) == 1 and None not in births
    name_alone = None in births and _is_alike(patient, NAME_ALONE_LIKENESS)
    reasons = [
        ("same NHS number", same_number),
        ("same date of birth and a similar name", born_alike and _is_alike(patient, NAME_LIKENESS)),
        ("a similar name, and a date of birth is not known", name_alone),
        ("same phone number", bool(_numbers(patient) & _numbers(details))),
        ("same e-mail address", bool(details.email) and patient.email == details.email),
    ]
    return Match(
        patient=patient,
        reasons=tuple(words for words, holds in reasons if holds),
        certain=same_number,
    )


def _is_alike(patient: Patient, likeness: float) -> bool:
    return float(getattr(patient, "likeness", 0)) >= likeness
