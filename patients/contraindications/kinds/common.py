"""What every kind of rule has: states, verdicts, and the reading of parameters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self

from django.core.exceptions import ValidationError
from django.db import models

from clinic.base.templatetags.anagen import day
from patients.contraindications.facts import Facts
from patients.models import Answer
from patients.models.contraindications import NOT_ASKED_YET


class State(models.TextChoices):
    """What a rule says of a record."""

    APPLIES = "applies", "Applies"
    DOES_NOT = "does_not", "Does not apply"
    NOT_KNOWN = "not_known", "Not known"


class Question(models.TextChoices):
    """What is asked on the day of a session."""

    UNSTABLE = "unstable", "Signs of sepsis, or circulation not stable"
    INFECTION = "infection", "Infection or open wound where blood is drawn or the scalp is treated"
    PLATELET_FUNCTION = "platelet_function", "Platelets that are known not to work as they should"
    PLATELETS_CRITICAL = (
        "platelets_critical",
        "Platelets critically low, as the clinician judges by the last count",
    )
    UNWELL = "unwell", "Fever, or ill today"
    NSAID = "nsaid", "Ibuprofen, aspirin or another anti-inflammatory in the last 48 hours"


class Asked(models.TextChoices):
    """Where what is missing is asked: a part of the history page, or elsewhere."""

    MEDICINES = "medicines"
    CONDITIONS = "conditions"
    BLOODS = "bloods"
    ALLERGIES = "allergies"
    PREGNANCY = "pregnancy"
    DETAILS = "details"
    TODAY = "today"


@dataclass(frozen=True)
class Verdict:
    """What a rule says, why, or what is missing; and where that is asked."""

    state: State
    why: str
    asked: Asked


class Kind(Protocol):
    """A kind of rule with its parameters."""

    code: ClassVar[str]

    @property
    def question(self) -> str:
        """The question of the day that it needs, or ""."""

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule that these parameters mean; raise `ValidationError` otherwise."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps, such that `read` returns the same."""

    @property
    def in_words(self) -> str:
        """What it holds, in a few words with units."""

    def judge(self, facts: Facts, at: datetime) -> Verdict:
        """Say whether it applies at a moment, and why."""


def wrong(words: str) -> ValidationError:
    """Return the refusal of a parameter."""
    return ValidationError(words)


def listed(parameters: dict[str, Any], name: str, allowed: list[str], words: str) -> list[str]:
    """Return what was chosen, in the order of what is allowed; raise `words` otherwise."""
    chosen = parameters.get(name)
    if not isinstance(chosen, list) or not chosen or set(chosen) - set(allowed):
        raise wrong(words)
    return sorted(set(chosen), key=allowed.index)


def whole(parameters: dict[str, Any], name: str, lowest: int, highest: int) -> int:
    """Return a whole number within bounds; raise `ValidationError` otherwise."""
    value = parameters.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise wrong(f"Write a whole number between {lowest} and {highest}.")
    return value


def only(parameters: dict[str, Any], *names: str) -> None:
    """Refuse parameters of other names."""
    if set(parameters) - set(names):
        raise wrong("This kind of rule does not know one of these parameters.")


# What was asked counts for so long, unless a rule says otherwise: our suggestion, as of a blood
# result.
ASKED_FOR_DAYS = 365
_LONGEST_DAYS = 3650


def asked_for_days(parameters: dict[str, Any]) -> int:
    """Return for how many days an answer counts; versions that do not say so go by the usual."""
    return whole({"max_age_days": ASKED_FOR_DAYS, **parameters}, "max_age_days", 1, _LONGEST_DAYS)


def is_older(said: datetime, at: datetime, days: int) -> bool:
    """Say whether something was said more than so many days of the calendar before a moment."""
    return (at.date() - said.astimezone(at.tzinfo).date()).days > days


def by(row: Any) -> str:
    """Return when a row was recorded or stated, and by whom."""
    at = getattr(row, "recorded_at", None) or row.stated_at
    who = getattr(row, "recorded_by", None) or getattr(row, "stated_by", None)
    return f"{day(at)} by {who}"


def answered(facts: Facts, question: str) -> Verdict:
    """Return what the answer to a question of the day says."""
    answer, words = facts.answers.get(question), Question(question).label
    if answer == Answer.YES:
        return Verdict(State.APPLIES, f"{words}: yes, asked at the session", Asked.TODAY)
    if answer == Answer.NO:
        return Verdict(State.DOES_NOT, f"{words}: no, asked at the session", Asked.TODAY)
    if answer == Answer.NOT_KNOWN:
        return Verdict(State.NOT_KNOWN, f"{words}: asked, not known", Asked.TODAY)
    return Verdict(State.NOT_KNOWN, NOT_ASKED_YET, Asked.TODAY)
