"""What the patient was asked, in the terms of those who read the answers.

The questions say "you" to the patient. Beside the record stands what each is about, and the
question itself only as what was put to the patient.
"""

from clinic.questionnaires.questions import MOST_ROWS, Question
from patients.catalogue import Condition, Relative

_LISTS = {"medicine": "Medicine", "allergy": "Allergy", "treatment": "Earlier treatment"}
_ITEMS = {
    "hair": "How the hair loss began and went on",
    "where": "Where hair is lost",
    "medicines": "Whether medicines are taken",
    "allergies": "Whether there are allergies",
    "treatments": "Whether the hair was treated before",
    "pregnancy": "Pregnancy and breastfeeding",
    "goals": "What the patient hopes for",
    "other": "What else the patient wants known",
    **{f"relative.{each}": f"Hair loss: {each.label.lower()}" for each in Relative},
    **{f"condition.{each}": each.label for each in Condition},
}
TERMS = _ITEMS | {
    f"{kind}.{number}": f"{name} {number}"
    for kind, name in _LISTS.items()
    for number in range(1, MOST_ROWS + 1)
}

PART_TERMS = {
    "hair": "Hair loss",
    "family": "Family",
    "blood": "Blood and cancer",
    "infections": "Infection and immunity",
    "skin": "Skin",
    "body": "Heart, hormones and organs",
    "mind": "Nerves and mind",
    "medicines": "Medicines",
    "allergies": "Allergies",
    "treatments": "Treatments elsewhere",
    "pregnancy": "Pregnancy",
    "goals": "Goals",
    "more": "Anything else",
}

# By the name of the field on the patient's pages; the answer itself and a note stand alone.
FIELD_TERMS = {
    "since": "Since",
    "since_not_known": "Since",
    "course": "Onset",
    "shedding": "Shedding now",
    "triggers": "Before it",
    "pattern": "Pattern",
    "onset_age_years": "Age at onset, years",
    "dose": "Dose",
    "route": "Route",
    "started": "Since",
    "reaction": "Reaction",
    "severity": "Severity",
    "treated": "When",
    "place": "Where",
    "sessions": "Sessions",
    "result": "Result",
    "complications": "Complications",
    "pregnancy": "Pregnant",
    "breastfeeding": "Breastfeeding",
}


def asked_in(question: Question, item: str) -> str:
    """Return the question as it was put to the patient; "" where several stood on the screen.

    A row of a list has no question of its own, and hair and pregnancy are asked field by field.
    """
    alone = question.item == item and item not in ("hair", "pregnancy")
    return question.words if alone else ""
