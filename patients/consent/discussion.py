"""What a clinician and a patient talk about before anybody signs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError

from patients.consent.rules import TOO_EARLY
from patients.models import Consent, ConsentTemplate
from patients.reasons import SHORTEST_REASON

NO_RISK = "Tick the risks that you talked about, or write down those of this patient."
NO_CHOICE = "Talk about having no treatment, and tick it: it is always one of the choices."
NOT_ASSESSED = "Answer all four questions: only then is capacity assessed."
NO_NOTE = (
    "Write how you assessed it and what you found, in"
    f" {SHORTEST_REASON} letters or more: what raised the doubt, what the patient said."
)
PARTS = ("can_understand", "can_retain", "can_weigh", "can_communicate")


@dataclass(frozen=True)
class Discussion:
    """The talk: risks of the text and of this patient, the other choices, and capacity.

    Capacity is assumed. Where it is in doubt it is assessed in the four parts of the Mental
    Capacity Act 2005, section 3: to understand, retain and weigh the information, and to
    communicate a decision. `early_reason` says why the patient may sign before the time to reflect
    is over.
    """

    capacity: str = Consent.Capacity.ASSUMED
    can_understand: bool | None = None
    can_retain: bool | None = None
    can_weigh: bool | None = None
    can_communicate: bool | None = None
    capacity_note: str = ""
    risks_discussed: Sequence[str] = ()
    risks_added: Sequence[str] = ()
    no_treatment_discussed: bool = False
    alternatives_discussed: Sequence[str] = ()
    questions: str = ""
    matters: str = ""
    early_reason: str = ""

    def check(self, template: ConsentTemplate) -> None:
        """Raise `ValidationError` naming the entries that are missing."""
        missing: dict[str, str] = {}
        if template.is_for_treatment and not (self.risks_discussed or self.risks_added):
            missing["risks_discussed" if template.risks else "risks_added"] = NO_RISK
        if template.is_for_treatment and not self.no_treatment_discussed:
            missing["no_treatment_discussed"] = NO_CHOICE
        if self.capacity == Consent.Capacity.ASSESSED:
            missing |= {name: NOT_ASSESSED for name in PARTS if getattr(self, name) is None}
            if len(self.capacity_note.strip()) < SHORTEST_REASON:
                missing["capacity_note"] = NO_NOTE
        if 0 < len(self.early_reason.strip()) < SHORTEST_REASON:
            missing["early_reason"] = TOO_EARLY
        if missing:
            raise ValidationError(missing)

    def values(self) -> dict[str, object]:
        """Return the fields of the consent; the four answers count only where it is assessed."""
        found: dict[str, object] = asdict(self)
        for name in ("risks_discussed", "risks_added", "alternatives_discussed"):
            found[name] = list(getattr(self, name))
        if self.capacity != Consent.Capacity.ASSESSED:
            found |= dict.fromkeys(PARTS) | {"capacity_note": ""}
        return found


def four_parts(consent: Consent) -> list[tuple[str, str]]:
    """Return the four parts of an assessment of capacity with their answers; none if assumed."""
    if consent.capacity != Consent.Capacity.ASSESSED:
        return []
    words = ("Understands it", "Keeps it in mind", "Weighs it up", "Tells the decision")
    answers = {None: "Not answered", True: "Yes", False: "No"}
    return [
        (word, answers[getattr(consent, name)]) for word, name in zip(words, PARTS, strict=True)
    ]
