"""What stands at the top of every page about one patient."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.utils import timezone

from clinic.base.prepared import Row, prepared
from clinic.base.templatetags.anagen import day
from patients.analytes import SEROLOGY, Analyte
from patients.catalogue import BLEEDING, BLOOD_BORNE, Condition
from patients.facts import is_too_old
from patients.models import (
    Allergy,
    Answer,
    BloodResult,
    ConditionStatement,
    Medicine,
    NoKnownAllergies,
    Patient,
    PregnancyStatement,
)

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
_CONDITION = "condition"
_SEROLOGY = "serology"
_PREGNANT = "pregnant"
_BREASTFEEDING = "breastfeeding"

_YES = PregnancyStatement.State.YES


def patient_context(patient: Patient) -> dict[str, Any]:
    """Return what `components/patient_banner.html` needs, in one query.

    `allergy_line` reads "Allergic to penicillin (rash)", "No known allergies" or "Allergies not
    recorded"; `alerts` are short sentences in words. Everybody must know what is dangerous, also
    whoever checks the patient in; how it shows and which medicine it is stays in the clinical
    record. So those who do not see that get `short_allergy_line` ("Allergic to penicillin") and
    `short_alerts` ("Takes an anticoagulant", "Bleeding disorder", "Pregnant"). A blood-borne
    infection is for the clinical record alone: at the desk everybody is met with the same care,
    and no one's safety there depends on knowing it. `needs` is what somebody has to prepare: an
    interpreter, a way in without steps.
    """
    facts = sorted(_facts(patient_id=patient.pk))
    allergies = [(name, detail) for kind, name, detail in facts if kind == _ALLERGY]
    none_stated = any(kind == _NONE_STATED for kind, _, _ in facts)
    line, tone = _allergy_line([_with_detail(*allergy) for allergy in allergies], none_stated)
    short_line, _ = _allergy_line([name for name, _ in allergies], none_stated)
    medicines = _medicines_by_group(facts)
    age_alert = _age_alert(patient)
    bleeding = _told(facts, BLEEDING)
    return {
        "patient": patient,
        "alerts": [
            *age_alert,
            *bleeding,
            *_infections(facts),
            *_pregnancy(facts),
            *(f"{words}: {names}" for words, names in medicines),
        ],
        "short_alerts": [
            *age_alert,
            *(["Bleeding disorder"] if bleeding else []),
            *_pregnancy_in_short(facts),
            *(words for words, _ in medicines),
        ],
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
    return standing_statements(patient.pk).select_related("stated_by").first()


def standing_statements(patient_id: Any) -> Any:
    """Return the statements of no known allergies that still hold, the newest first."""
    later = Allergy.objects.filter(
        patient=OuterRef("patient"), recorded_at__gt=OuterRef("stated_at")
    )
    active = Allergy.objects.standing().filter(patient=OuterRef("patient"))
    return NoKnownAllergies.objects.filter(~Exists(later), ~Exists(active), patient=patient_id)


@prepared(patient_id=UUID)
def _facts(patient_id: UUID) -> Any:
    """Return (kind, name, detail) of whatever the banner may have to say."""
    allergies = Allergy.objects.standing().filter(patient=patient_id)
    medicines = Medicine.objects.taken().filter(patient=patient_id, group__in=ALERT_GROUPS)
    return (
        allergies.order_by()
        .values_list(_words(_ALLERGY), F("substance"), F("reaction"))
        .union(
            standing_statements(patient_id)
            .order_by()
            .values_list(_words(_NONE_STATED), _words(""), _words("")),
            medicines.order_by().values_list(F("group"), F("name"), _words("")),
            _present(patient_id).order_by().values_list(_words(_CONDITION), F("item"), _words("")),
            _reactive(patient_id)
            .order_by()
            .values_list(_words(_SEROLOGY), F("analyte"), _words("")),
            *(
                _expecting(patient_id, field)
                .order_by()
                .values_list(_words(kind), Cast("stated_at", CharField()), _words(""))
                for kind, field in ((_PREGNANT, "pregnancy"), (_BREASTFEEDING, "breastfeeding"))
            ),
        )
    )


def _words(value: str) -> Value:
    return Value(value, output_field=CharField())


def _present(patient_id: UUID) -> Any:
    """Return standing answers that a dangerous condition is there."""
    asked = ConditionStatement.objects.filter(patient=patient_id, item__in=BLEEDING + BLOOD_BORNE)
    later = ConditionStatement.objects.filter(_stated_later(), item=OuterRef("item"))
    return asked.filter(~Exists(later), answer=Answer.YES)


def _expecting(patient_id: UUID, field: str) -> Any:
    """Return the last statement about a pregnancy, if it says yes."""
    later = PregnancyStatement.objects.filter(_stated_later())
    rows = PregnancyStatement.objects.filter(patient=patient_id, **{field: _YES})
    return rows.filter(~Exists(later))


def _stated_later() -> Q:
    return Q(patient=OuterRef("patient")) & (
        Q(stated_at__gt=OuterRef("stated_at"))
        | Q(stated_at=OuterRef("stated_at"), id__gt=OuterRef("id"))
    )


def _reactive(patient_id: UUID) -> Any:
    """Return the last results of serology that are reactive."""
    later = BloodResult.objects.standing().filter(
        Q(sample__taken_date__gt=OuterRef("sample__taken_date"))
        | Q(sample__taken_date=OuterRef("sample__taken_date"), id__gt=OuterRef("id")),
        patient=OuterRef("patient"),
        analyte=OuterRef("analyte"),
    )
    return BloodResult.objects.standing().filter(
        ~Exists(later),
        patient=patient_id,
        analyte__in=SEROLOGY,
        finding=BloodResult.Finding.REACTIVE,
    )


def _told(facts: list[Row], conditions: tuple[Condition, ...]) -> list[str]:
    found = {name for kind, name, _ in facts if kind == _CONDITION}
    return [condition.label for condition in conditions if condition in found]


def _infections(facts: list[Row]) -> list[str]:
    tested = [f"{Analyte(name).label} reactive" for kind, name, _ in facts if kind == _SEROLOGY]
    found = [*_told(facts, BLOOD_BORNE), *tested]
    return [f"Blood-borne infection: {', '.join(found)}"] if found else []


def _pregnancy(facts: list[Row]) -> list[str]:
    """Return what was stated, with its day: whether it still holds is asked, not reckoned."""
    sentences = []
    for kind, statement in _expecting_told(facts):
        stated = day(statement.stated_at)
        if is_too_old(statement, timezone.now()):
            sentences.append(f"Was {kind} on {stated}: ask again")
        else:
            sentences.append(f"{kind.capitalize()}, stated {stated}")
    return sentences


def _pregnancy_in_short(facts: list[Row]) -> list[str]:
    now = timezone.now()
    told = _expecting_told(facts)
    return ["Pregnant" for kind, row in told if kind == _PREGNANT and not is_too_old(row, now)]


def _expecting_told(facts: list[Row]) -> list[tuple[str, PregnancyStatement]]:
    fields = {_PREGNANT: "pregnancy", _BREASTFEEDING: "breastfeeding"}
    return [
        (
            kind,
            PregnancyStatement(**{fields[kind]: _YES, "stated_at": datetime.fromisoformat(name)}),
        )
        for kind, name, _ in sorted(facts, reverse=True)
        if kind in fields
    ]


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
