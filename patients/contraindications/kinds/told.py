"""Rules about what was told or asked: conditions, allergies, pregnancy, the day, the age."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from patients.catalogue import Condition
from patients.contraindications.facts import Facts
from patients.contraindications.kinds.common import (
    ASKED_FOR_DAYS,
    Asked,
    Question,
    State,
    Verdict,
    answered,
    asked_for_days,
    by,
    is_older,
    listed,
    only,
    whole,
    wrong,
)
from patients.contraindications.substances import names_one_of_a_family
from patients.facts import is_fact_too_old
from patients.models import (
    Answer,
    ConditionStatement,
    ContraindicationRule,
    Patient,
    PregnancyStatement,
)
from patients.plain import plain

Code = ContraindicationRule.Kind
NOBODY_ASKED = "Not asked yet"


@dataclass(frozen=True)
class ConditionPresent:
    """The patient has or had one of these conditions, as far as was told.

    A "no" counts for `max_age_days`; a "yes" does not grow too old.
    """

    conditions: tuple[str, ...]
    max_age_days: int = ASKED_FOR_DAYS
    code: ClassVar[str] = Code.CONDITION
    question: ClassVar[str] = ""

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule; see `Kind`."""
        only(parameters, "conditions", "max_age_days")
        words = "Choose at least one condition."
        chosen = listed(parameters, "conditions", Condition.values, words)
        return cls(tuple(chosen), asked_for_days(parameters))

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps."""
        return {"conditions": list(self.conditions), "max_age_days": self.max_age_days}

    @property
    def in_words(self) -> str:
        """What it holds."""
        names = " or ".join(Condition(each).label for each in self.conditions)
        return f"{names}; a “no” counts for {self.max_age_days} days"

    def judge(self, facts: Facts, at: datetime) -> Verdict:
        """Say whether one was answered with yes; all must be asked before it does not apply."""
        answers = {item: facts.conditions.get(item) for item in self.conditions}
        present = [row for row in answers.values() if row and row.answer == Answer.YES]
        if present:
            why = "; ".join(_condition_in_words(row) for row in present)
            return Verdict(State.APPLIES, why, Asked.CONDITIONS)
        if missing := _what_is_missing(answers):
            return Verdict(State.NOT_KNOWN, missing, Asked.CONDITIONS)
        oldest = min((row for row in answers.values() if row), key=lambda row: row.stated_at)
        why = f"Answered with no {by(oldest)}"
        if is_older(oldest.stated_at, at, self.max_age_days):
            why = f"{why}: more than {self.max_age_days} days ago, ask again"
            return Verdict(State.NOT_KNOWN, why, Asked.CONDITIONS)
        return Verdict(State.DOES_NOT, why, Asked.CONDITIONS)


def _what_is_missing(answers: Mapping[str, ConditionStatement | None]) -> str:
    """Return which of the conditions nobody asked about, and to which "not known" was answered.

    The rule says what it is about: names are given only where some of its conditions are settled.
    """
    unasked = [item for item, row in answers.items() if row is None]
    if len(unasked) == len(answers):
        return NOBODY_ASKED
    unsure = [row for row in answers.values() if row and row.answer == Answer.NOT_KNOWN]
    told = [f"{_asked_about(row, answers)} {by(row)}: not known" for row in unsure]
    if unasked:
        told.append(f"Not asked yet: {', '.join(Condition(item).label for item in unasked)}")
    return "; ".join(told)


def _asked_about(row: ConditionStatement, answers: Mapping[str, ConditionStatement | None]) -> str:
    return f"Asked about {row.get_item_display()}" if len(answers) > 1 else "Asked"


def _condition_in_words(row: Any) -> str:
    since = f" since {row.since}" if row.since else ""
    note = f" ({row.note})" if row.note else ""
    return f"{row.get_item_display()}{since}{note}, stated {by(row)}"


@dataclass(frozen=True)
class AllergyTo:
    """An allergy to one of these is recorded: a word of the substance begins with one of them.

    Sulphites and parabens are found by any of their names, E numbers among them.
    """

    words: tuple[str, ...]
    code: ClassVar[str] = Code.ALLERGY
    question: ClassVar[str] = ""

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule; see `Kind`."""
        only(parameters, "words")
        words = parameters.get("words")
        if not isinstance(words, list) or not all(isinstance(each, str) for each in words):
            raise wrong("Write what the allergy is to, one a line.")
        tidy = tuple(dict.fromkeys(" ".join(each.split()) for each in words if each.strip()))
        if not tidy or any(len(plain(each)) < 3 for each in tidy):
            raise wrong("Write what the allergy is to, one a line, each in three letters or more.")
        return cls(tidy)

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps."""
        return {"words": list(self.words)}

    @property
    def in_words(self) -> str:
        """What it holds."""
        return f"Allergy to {', '.join(self.words)}"

    def judge(self, facts: Facts, at: datetime) -> Verdict:
        """Say whether one is recorded."""
        found = [row for row in facts.allergies if self._names(row.substance)]
        if found:
            why = "; ".join(f"Allergic to {row}, recorded {by(row)}" for row in found)
            return Verdict(State.APPLIES, why, Asked.ALLERGIES)
        if facts.no_allergies is not None:
            why = f"No known allergies, said {by(facts.no_allergies)}"
            return Verdict(State.DOES_NOT, why, Asked.ALLERGIES)
        if facts.allergies:
            newest = max(facts.allergies, key=lambda row: row.recorded_at)
            why = f"Not among the allergies recorded, last {by(newest)}"
            return Verdict(State.DOES_NOT, why, Asked.ALLERGIES)
        return Verdict(State.NOT_KNOWN, "Nobody asked about allergies", Asked.ALLERGIES)

    def _names(self, substance: str) -> bool:
        said = f" {' '.join(plain(substance).replace('-', ' ').split())}"
        return any(
            f" {plain(word)}" in said or names_one_of_a_family(plain(word), said)
            for word in self.words
        )


@dataclass(frozen=True)
class Expecting:
    """The patient is pregnant, or breastfeeding, by the last statement that can be gone by."""

    what: str
    code: ClassVar[str] = Code.EXPECTING
    question: ClassVar[str] = ""
    names: ClassVar[dict[str, str]] = {"pregnancy": "Pregnant", "breastfeeding": "Breastfeeding"}

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule; see `Kind`."""
        only(parameters, "what")
        if parameters.get("what") not in cls.names:
            raise wrong("Choose pregnancy or breastfeeding.")
        return cls(parameters["what"])

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps."""
        return {"what": self.what}

    @property
    def in_words(self) -> str:
        """What it holds."""
        return self.names[self.what]

    def judge(self, facts: Facts, at: datetime) -> Verdict:
        """Say what was stated, unless that is too old to go by."""
        states, told = PregnancyStatement.State, facts.expecting
        is_yes = told is not None and getattr(told, self.what) == states.YES
        if facts.sex == Patient.Sex.MALE and not is_yes:
            return Verdict(State.DOES_NOT, "Recorded as male", Asked.PREGNANCY)
        if told is None:
            why = "Nobody asked about pregnancy and breastfeeding"
            return Verdict(State.NOT_KNOWN, why, Asked.PREGNANCY)
        said, name = getattr(told, self.what), self.names[self.what]
        if is_fact_too_old(told, self.what, at):
            why = f"{told}, stated {by(told)}: too long ago, ask again"
            return Verdict(State.NOT_KNOWN, why, Asked.PREGNANCY)
        if said == states.YES:
            return Verdict(State.APPLIES, f"{name}, stated {by(told)}", Asked.PREGNANCY)
        words = f"{name}: {states(said).label.lower()}, stated {by(told)}"
        state = State.NOT_KNOWN if said == states.NOT_KNOWN else State.DOES_NOT
        return Verdict(state, words, Asked.PREGNANCY)


@dataclass(frozen=True)
class AskedToday:
    """A question of the day of the session is answered with yes."""

    question: str
    code: ClassVar[str] = Code.TODAY

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule; see `Kind`."""
        only(parameters, "question")
        if parameters.get("question") not in Question.values:
            raise wrong("Choose a question.")
        return cls(parameters["question"])

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps."""
        return {"question": self.question}

    @property
    def in_words(self) -> str:
        """What it holds."""
        return f"Asked at the session: {Question(self.question).label.lower()}"

    def judge(self, facts: Facts, at: datetime) -> Verdict:
        """Say what was answered at the session."""
        return answered(facts, self.question)


@dataclass(frozen=True)
class YoungerThan:
    """The patient is younger than so many years on the day."""

    years: int
    code: ClassVar[str] = Code.AGE
    question: ClassVar[str] = ""

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule; see `Kind`."""
        only(parameters, "years")
        return cls(whole(parameters, "years", 1, 110))

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps."""
        return {"years": self.years}

    @property
    def in_words(self) -> str:
        """What it holds."""
        return f"Younger than {self.years} years"

    def judge(self, facts: Facts, at: datetime) -> Verdict:
        """Say how old the patient is on the day."""
        age_years = Patient(date_of_birth=facts.date_of_birth).age_on(at.date())
        if age_years is None:
            return Verdict(State.NOT_KNOWN, "The date of birth is not known", Asked.DETAILS)
        if age_years < self.years:
            return Verdict(State.APPLIES, f"{age_years} years old", Asked.DETAILS)
        why = f"{self.years} years or older, by the date of birth recorded"
        return Verdict(State.DOES_NOT, why, Asked.DETAILS)
