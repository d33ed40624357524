"""The sentences of a signature: what the patient says, and what the clinician says."""

from patients.models import Consent, ConsentTemplate

_Purpose = ConsentTemplate.Purpose

_READ = (
    "I have read this text, or somebody has read it to me.",
    "I could ask my questions and I understood the answers.",
)
_FREE = (
    "My treatment does not depend on what I choose here.",
    "I can change my mind at any time, also after I have signed.",
    "I am 18 or older.",
)

# It is frozen into the signed text, after the information.
STATEMENTS: dict[str, tuple[str, ...]] = {
    _Purpose.TREATMENT: (
        *_READ,
        "I know the risks, and I know that nobody can promise me a result.",
        "I know the other choices. One of them is to have no treatment.",
        "I can change my mind at any time, also after I have signed.",
        "I am 18 or older.",
        "I agree to this treatment.",
    ),
    _Purpose.PHOTOGRAPHS: (
        *_READ,
        *_FREE,
        "I agree to the uses that I have ticked, and to no others.",
    ),
    _Purpose.MARKETING: (*_READ, *_FREE, "I agree to get news and offers from the clinic."),
    _Purpose.RESEARCH: (*_READ, *_FREE, "I agree that my record is used for research."),
    _Purpose.GP: (*_READ, *_FREE, "I agree that the clinic writes to my GP."),
}


def statements(template: ConsentTemplate) -> tuple[str, ...]:
    """Return the sentences that a patient says by signing, in the language of the text."""
    return tuple(template.statements) or STATEMENTS[template.purpose]


def clinician_statement(consent: Consent) -> str:
    """Return what the clinician who took a signature says by signing for it."""
    template = consent.template
    about = "what the text is about and what it asks for"
    if template.is_for_treatment:
        about = "the treatment, its risks, and the other choices, having no treatment among them"
    capacity = "I had no reason to doubt that the patient could decide this."
    if consent.capacity == Consent.Capacity.ASSESSED:
        capacity = "I assessed the patient's capacity, and the patient could decide this."
    interpreter = f" An interpreter helped: {consent.interpreter}." if consent.interpreter else ""
    signed = "I saw the patient sign of their own free will."
    if consent.signed_way == Consent.Way.LINK:
        signed = (
            "The patient signed alone, by their own private link. I did not see it, and have no "
            "reason to doubt that they signed of their own free will."
        )
    return (
        f"I explained {about}, and answered the patient's questions. {capacity}{interpreter} "
        f"{signed}"
    )
