"""What a patient is asked, in plain English, one part to a screen.

Each item of the history has its question here; `item` is the name under which an answer is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from patients.catalogue import GROUPS, Condition, Relative
from patients.models import Patient

MOST_ROWS = 12
"""How many medicines, allergies or treatments have room."""


@dataclass(frozen=True)
class Question:
    """One question; `rows` is the item of the list that opens with the answer "yes"."""

    item: str
    words: str
    hint: str = ""
    rows: str = ""


@dataclass(frozen=True)
class Part:
    """One screen."""

    slug: str
    title: str
    lede: str
    questions: tuple[Question, ...]


_CONDITIONS: dict[str, tuple[str, str]] = {
    Condition.BLEEDING_DISORDER: (
        "Do you bleed a lot, or does your blood clot too fast or too slow?",
        "Haemophilia, von Willebrand, a clot in the leg or lung",
    ),
    Condition.PLATELET_DISORDER: ("Have you ever had too few platelets in your blood?", ""),
    Condition.ANAEMIA: ("Are you low in iron, or have you been told you have anaemia?", ""),
    Condition.CANCER_BLOOD_BONE: (
        "Have you ever had cancer of the blood or bone?",
        "Leukaemia, lymphoma, myeloma",
    ),
    Condition.CANCER_OTHER: ("Have you ever had any other cancer?", "Skin cancer counts too"),
    Condition.HEPATITIS_B: ("Have you ever had hepatitis B?", ""),
    Condition.HEPATITIS_C: ("Have you ever had hepatitis C?", ""),
    Condition.HIV: ("Do you have HIV?", "We treat everybody with the same care"),
    Condition.BLOOD_BORNE_OTHER: (
        "Do you have any other illness that blood can pass on?",
        "Syphilis, HTLV",
    ),
    Condition.IMMUNOSUPPRESSION: (
        "Is your body weak at fighting germs?",
        "From an illness, or from medicine such as chemotherapy",
    ),
    Condition.AUTOIMMUNE: (
        "Do you have an illness where your body attacks itself?",
        "Lupus, coeliac disease, rheumatoid arthritis, vitiligo",
    ),
    Condition.SCALP_DISEASE: (
        "Do you have a skin problem on your scalp?",
        "Psoriasis, eczema, sores, bad dandruff",
    ),
    Condition.KELOID: ("Do you get thick or raised scars?", "Keloids are one kind"),
    Condition.HEART: ("Do you have a heart problem, or a pulse that is not steady?", ""),
    Condition.HYPERTENSION: ("Do you have high blood pressure?", ""),
    Condition.DIABETES: ("Do you have diabetes?", ""),
    Condition.THYROID: (
        "Do you have a problem with your thyroid?",
        "A gland in the neck. It can be too fast or too slow",
    ),
    Condition.HORMONES: (
        "Do you have PCOS, or any other hormone problem?",
        "PCOS is when the ovaries have many small cysts",
    ),
    Condition.LIVER: ("Do you have a liver problem?", ""),
    Condition.KIDNEY: ("Do you have a kidney problem?", ""),
    Condition.PROSTATE: ("Do you have a prostate problem, or a high PSA test?", ""),
    Condition.FAINTING: ("Do you faint at needles or at the sight of blood?", ""),
    Condition.SEIZURES: ("Do you have fits, or epilepsy?", ""),
    Condition.ANAESTHETIC: (
        "Has a numbing jab, or being put to sleep, ever gone badly?",
        "At the dentist, or for an operation",
    ),
    Condition.DEPRESSION: ("Do you have, or did you have, depression or anxiety?", ""),
    Condition.SUICIDAL: (
        "Have you had thoughts of ending your life, or of hurting yourself?",
        "Some hair medicines can make low mood worse. That is why we ask",
    ),
}

_HEALTH = (
    ("blood", "Your blood", "These matter when we take blood or treat your skin."),
    ("infections", "Infections", "Your answers keep you and our staff safe."),
    ("skin", "Your skin", "About your scalp, and how your skin heals."),
    ("body", "Your heart and body", "Tell us what you have now, and what you had before."),
    ("mind", "Nerves and mind", "Only the people who treat you read this."),
)

_RELATIVES = {
    Relative.MOTHER: "Did your mother lose hair?",
    Relative.FATHER: "Did your father lose hair?",
    Relative.MOTHERS_SIDE: "Did others on your mother's side lose hair?",
    Relative.FATHERS_SIDE: "Did others on your father's side lose hair?",
    Relative.SISTERS: "Did a sister lose hair?",
    Relative.BROTHERS: "Did a brother lose hair?",
}


def _health() -> Iterator[Part]:
    for (slug, title, lede), (_, conditions) in zip(_HEALTH, GROUPS, strict=True):
        questions = tuple(Question(f"condition.{each}", *_CONDITIONS[each]) for each in conditions)
        yield Part(slug, title, lede, questions)


_FAMILY = tuple(Question(f"relative.{each}", words) for each, words in _RELATIVES.items())
PARTS: tuple[Part, ...] = (
    Part(
        "hair",
        "Your hair",
        "How it began, and how it is now.",
        (Question("hair", "How did it go?"), Question("where", "Where do you lose hair?")),
    ),
    Part("family", "Your family", "Only relatives by blood. Guess if you are not sure.", _FAMILY),
    *_health(),
    Part(
        "medicines",
        "Your medicines",
        "Tablets, creams, sprays, jabs, and what you buy in a shop. Do not stop any of them.",
        (Question("medicines", "Do you take or use any medicines?", rows="medicine"),),
    ),
    Part(
        "allergies",
        "Allergies",
        "To a medicine, food, plasters, latex or anything else.",
        (Question("allergies", "Are you allergic to anything?", rows="allergy"),),
    ),
    Part(
        "treatments",
        "Treatments before",
        "A hair transplant, jabs in the scalp, laser, or anything else.",
        (Question("treatments", "Has your hair been treated before?", rows="treatment"),),
    ),
    Part(
        "pregnancy",
        "Pregnancy",
        "Some treatments have to wait until after.",
        (Question("pregnancy", "How is it today?"),),
    ),
    Part(
        "goals",
        "What matters to you",
        "Say it in your own words.",
        (Question("goals", "What do you hope for?", "What would make you happy with it?"),),
    ),
    Part(
        "more",
        "Anything else",
        "Leave it empty if there is nothing.",
        (Question("other", "What else should we know?", "Worries, or help you need on the day"),),
    ),
)


def parts_for(patient: Patient) -> list[Part]:
    """Return the screens that fit a patient: what cannot be theirs is not asked."""
    left_out = {
        Patient.Sex.MALE.value: {"pregnancy"},
        Patient.Sex.FEMALE.value: {f"condition.{Condition.PROSTATE}"},
    }.get(patient.sex, set())
    narrowed = (
        Part(
            part.slug,
            part.title,
            part.lede,
            tuple(each for each in part.questions if each.item not in left_out),
        )
        for part in PARTS
    )
    return [part for part in narrowed if part.questions]


def question_of(item: str) -> Question:
    """Return the question that an item answers; a row belongs to the question of its list."""
    kind = item.partition(".")[0]
    for part in PARTS:
        for question in part.questions:
            if question.item == item or (question.rows and question.rows == kind):
                return question
    raise KeyError(item)
