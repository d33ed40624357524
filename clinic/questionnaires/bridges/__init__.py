"""From what the patient said to the record: one bridge for each kind of item."""

from clinic.questionnaires.bridges.base import Bridge, State
from clinic.questionnaires.bridges.lists import (
    AllergiesBridge,
    AllergyBridge,
    MedicineBridge,
    MedicinesBridge,
    TreatmentBridge,
    TreatmentsBridge,
)
from clinic.questionnaires.bridges.statements import (
    ConditionBridge,
    HairBridge,
    PregnancyBridge,
    RelativeBridge,
)
from clinic.questionnaires.bridges.words import GoalsBridge, OtherBridge, WhereBridge
from clinic.questionnaires.forms import kind_of
from clinic.questionnaires.known import Known
from clinic.questionnaires.models import PatientAnswer

_BRIDGES: dict[str, type[Bridge]] = {
    "hair": HairBridge,
    "where": WhereBridge,
    "relative": RelativeBridge,
    "condition": ConditionBridge,
    "medicines": MedicinesBridge,
    "medicine": MedicineBridge,
    "allergies": AllergiesBridge,
    "allergy": AllergyBridge,
    "treatments": TreatmentsBridge,
    "treatment": TreatmentBridge,
    "pregnancy": PregnancyBridge,
    "goals": GoalsBridge,
    "other": OtherBridge,
}

__all__ = ["Bridge", "State", "bridge_of"]


def bridge_of(answer: PatientAnswer, known: Known) -> Bridge:
    """Return the bridge from an answer to the record as it is now."""
    return _BRIDGES[kind_of(answer.item)](answer, known)
