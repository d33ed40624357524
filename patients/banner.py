"""What stands at the top of every page about one patient."""

from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.utils import timezone

from clinic.base.prepared import Row, prepared
from patients.models import Allergy, Medicine, NoKnownAllergies, Patient

ADULT_AGE_YEARS = 18

# Medicines that a person about to take blood or tissue has to know of.
ALERT_GROUPS = {
    Medicine.Group.ANTICOAGULANT: "Takes an anticoagulant",
    Medicine.Group.ANTIPLATELET: "Takes an antiplatelet",
    Medicine.Group.NSAID: "Takes an NSAID",
    Medicine.Group.ISOTRETINOIN: "Takes isotretinoin",
    Medicine.Group.STEROID: "Takes a steroid",
}

NOT_RECORDED = "Allergies not recorded"
NONE_KNOWN = "No known allergies"

_ALLERGY = "allergy"
_NONE_STATED = "none stated"


def patient_context(patient: Patient) -> dict[str, Any]:
    """Return what `components/patient_banner.html` needs, in one query.

    `allergy_line` reads "Allergic to penicillin (rash)", "No known allergies" or "Allergies not
    recorded"; `alerts` are short sentences in words. Everybody must know what is dangerous, also
    whoever checks the patient in; how it shows and which medicine it is stays in the clinical
    record. So those who do not see that get `short_allergy_line` ("Allergic to penicillin") and
    `short_alerts` ("Takes an anticoagulant"). `needs` is what somebody has to prepare: an
    interpreter, a way in without steps.
    """
    facts = sorted(_facts(patient_id=patient.pk))
    allergies = [(name, detail) for kind, name, detail in facts if kind == _ALLERGY]
    none_stated = any(kind == _NONE_STATED for kind, _, _ in facts)
    line, tone = _allergy_line([_with_detail(*allergy) for allergy in allergies], none_stated)
    short_line, _ = _allergy_line([name for name, _ in allergies], none_stated)
    medicines = _medicines_by_group(facts)
    age_alert = _age_alert(patient)
    return {
        "patient": patient,
        "alerts": [*age_alert, *(f"{words}: {names}" for words, names in medicines)],
        "short_alerts": [*age_alert, *(words for words, _ in medicines)],
        "allergy_line": line,
        "short_allergy_line": short_line,
        "allergy_kind": tone,
        "needs": patient.needs,
    }


def standing_statement(patient: Patient) -> NoKnownAllergies | None:
    """Return the statement of no known allergies that still holds, or None.

    An allergy recorded after the statement overtakes it, even one withdrawn since: somebody has
    to ask again.
    """
    return _statements(patient.pk).order_by("-stated_at").select_related("stated_by").first()


def _statements(patient_id: UUID) -> Any:
    later = Allergy.objects.filter(
        patient=OuterRef("patient"), recorded_at__gt=OuterRef("stated_at")
    )
    active = Allergy.objects.standing().filter(patient=OuterRef("patient"))
    return NoKnownAllergies.objects.filter(~Exists(later), ~Exists(active), patient=patient_id)


@prepared(patient_id=UUID)
def _facts(patient_id: UUID) -> Any:
    """Return (kind, name, detail) of allergies, statements and medicines that matter."""

    def words(value: str) -> Value:
        return Value(value, output_field=CharField())

    allergies = Allergy.objects.standing().filter(patient=patient_id)
    statements = _statements(patient_id)
    medicines = Medicine.objects.filter(
        patient=patient_id, stopped_date__isnull=True, group__in=ALERT_GROUPS
    )
    return (
        allergies.order_by()
        .values_list(words(_ALLERGY), F("substance"), F("reaction"))
        .union(
            statements.order_by().values_list(words(_NONE_STATED), words(""), words("")),
            medicines.order_by().values_list(F("group"), F("name"), words("")),
        )
    )


def _with_detail(name: str, detail: str) -> str:
    return f"{name} ({detail})" if detail else name


def _allergy_line(substances: list[str], none_stated: bool) -> tuple[str, str]:
    if substances:
        return f"Allergic to {', '.join(substances)}", "danger"
    if none_stated:
        return NONE_KNOWN, "good"
    return NOT_RECORDED, "neutral"


def _age_alert(patient: Patient) -> list[str]:
    age_years = patient.age_on(timezone.localdate())
    under_age = age_years is not None and age_years < ADULT_AGE_YEARS
    return ["Under 18: adults only"] if under_age else []


def _medicines_by_group(facts: list[Row]) -> list[tuple[str, str]]:
    taken: dict[str, list[str]] = {}
    for kind, name, _ in facts:
        if kind in ALERT_GROUPS:
            taken.setdefault(kind, []).append(name)
    return [
        (words, ", ".join(taken[group])) for group, words in ALERT_GROUPS.items() if group in taken
    ]
