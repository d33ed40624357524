"""The rules that come with the product. A named clinician approves them before use.

Nothing here is invented: each line is one of the list that the product was written from, or of
the study named. What could not be verified (serology, a window for isotretinoin, keloids) is not
shipped; a clinic adds it as a rule of its own. How old a blood result, a list of medicines or
a "no" may be (a year) is our suggestion, for the clinic to set.
"""

from dataclasses import dataclass
from typing import Any

from clinic.practice.models import Technique
from patients.analytes import Analyte, Unit
from patients.catalogue import Condition
from patients.contraindications.kinds import ASKED_FOR_DAYS, Question
from patients.models import ContraindicationRule as Rule
from patients.models import Medicine

_GUIDANCE = "Contraindications to PRP in common use in UK clinics"
_ADULTS = "The clinic treats adults only"
_BIOPSY = "Complications of punch biopsy, n 1294: bleeding odds ×2.82 below 150 ×10⁹/L"
_LABEL = "Lidocaine with adrenaline holds metabisulphite, bottles hold parabens"
_ANTISEPSIS = "Usual practice: no punch or needle through infected skin"

A, R = Rule.Severity.ABSOLUTE, Rule.Severity.RELATIVE
_Group, _Route = Medicine.Group, Medicine.Route


@dataclass(frozen=True)
class ShippedRule:
    """Version 1 of a rule."""

    code: str
    severity: str
    kind: str
    parameters: dict[str, Any]
    sentence: str
    source: str


def _bloods(analyte: str, value: str, unit: str) -> dict[str, Any]:
    return {
        "analyte": str(analyte),
        "side": "below",
        "value": value,
        "unit": str(unit),
        "max_age_days": ASKED_FOR_DAYS,
    }


def _medicines(group: str, hours: int, *routes: str, question: str = "") -> dict[str, Any]:
    kept: dict[str, Any] = {"groups": [str(group)], "within_hours": hours}
    kept |= {"max_age_days": ASKED_FOR_DAYS}
    kept |= {"routes": [str(route) for route in routes]} if routes else {}
    return kept | ({"question": str(question)} if question else {})


def _condition(condition: Condition) -> dict[str, Any]:
    return {"conditions": [condition.value], "max_age_days": ASKED_FOR_DAYS}


_K = Rule.Kind
_BOTH = (
    ShippedRule("adult", A, _K.AGE, {"years": 18}, "Under 18 years old", _ADULTS),
    ShippedRule(
        *("preservatives", R, _K.ALLERGY),
        {"words": ["sulphite", "sulfite", "metabisulphite", "metabisulfite", "paraben"]},
        "Allergy to sulphites or parabens",
        _LABEL,
    ),
)
_PRP = (
    ShippedRule(
        *("platelet-function", A, _K.TODAY, {"question": Question.PLATELET_FUNCTION.value}),
        "Platelet dysfunction",
        _GUIDANCE,
    ),
    # The source says no number for "critical". A clinic that has one adds it as an absolute rule
    # about the last count; until then a clinician judges on the day.
    ShippedRule(
        *("platelets-critical", A, _K.TODAY, {"question": Question.PLATELETS_CRITICAL.value}),
        "Critically low platelets",
        f"{_GUIDANCE}; no number is given",
    ),
    ShippedRule(
        *("unstable", A, _K.TODAY, {"question": Question.UNSTABLE.value}),
        "Circulation not stable, or sepsis",
        _GUIDANCE,
    ),
    ShippedRule(
        *("local-infection", A, _K.TODAY, {"question": Question.INFECTION.value}),
        "Infection where blood is drawn or the scalp is treated",
        _GUIDANCE,
    ),
    ShippedRule(
        *("nsaid", R, _K.MEDICINE, _medicines(_Group.NSAID, 48, question=Question.NSAID)),
        "An NSAID within 48 h. Never stop a prescribed one without its prescriber",
        f"{_GUIDANCE}; clinics use up to 7 days",
    ),
    ShippedRule(
        *("steroid-local", R, _K.MEDICINE),
        _medicines(
            *(_Group.STEROID, 31 * 24, _Route.SCALP, _Route.SKIN, _Route.INJECTION, _Route.OTHER)
        ),
        "A local steroid within a month",
        _GUIDANCE,
    ),
    ShippedRule(
        *("steroid-systemic", R, _K.MEDICINE),
        _medicines(_Group.STEROID, 14 * 24, _Route.MOUTH, _Route.INJECTION),
        "A systemic steroid within 2 weeks. Never stop it without its prescriber",
        _GUIDANCE,
    ),
    ShippedRule(
        *("unwell", R, _K.TODAY, {"question": Question.UNWELL.value}),
        "Fever, or ill today",
        _GUIDANCE,
    ),
    ShippedRule(
        *("cancer", R, _K.CONDITION, _condition(Condition.CANCER_BLOOD_BONE)),
        "Cancer of the blood or bone",
        _GUIDANCE,
    ),
    ShippedRule(
        *("platelet-disorder", R, _K.CONDITION, _condition(Condition.PLATELET_DISORDER)),
        "A platelet disorder or low platelets, as told",
        _GUIDANCE,
    ),
    ShippedRule(
        *("haemoglobin", R, _K.BLOOD, _bloods(Analyte.HAEMOGLOBIN, "10", Unit.G_DL)),
        "Haemoglobin below 10 g/dL (100 g/L)",
        _GUIDANCE,
    ),
    ShippedRule(
        *("platelets", R, _K.BLOOD, _bloods(Analyte.PLATELETS, "100", Unit.E9_L)),
        "Platelets below 100 ×10⁹/L",
        _GUIDANCE,
    ),
    ShippedRule(
        *("anticoagulant", R, _K.MEDICINE, _medicines(_Group.ANTICOAGULANT, 0)),
        "Takes an anticoagulant. Never stop it without its prescriber",
        _GUIDANCE,
    ),
    ShippedRule(*("pregnancy", R, _K.EXPECTING, {"what": "pregnancy"}), "Pregnant", _GUIDANCE),
    ShippedRule(
        *("breastfeeding", R, _K.EXPECTING, {"what": "breastfeeding"}), "Breastfeeding", _GUIDANCE
    ),
)
_MICROGRAFT = (
    ShippedRule(
        *("local-infection", A, _K.TODAY, {"question": Question.INFECTION.value}),
        "Infection where grafts are taken or the scalp is treated",
        _ANTISEPSIS,
    ),
    ShippedRule(
        *("platelets", R, _K.BLOOD, _bloods(Analyte.PLATELETS, "150", Unit.E9_L)),
        "Platelets below 150 ×10⁹/L: the donor site bleeds more often",
        _BIOPSY,
    ),
)
SHIPPED: dict[str, tuple[ShippedRule, ...]] = {
    Technique.MICROGRAFT: (*_BOTH, *_MICROGRAFT),
    Technique.PRP: (*_BOTH, *_PRP),
}
