"""Rules about medicines."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from clinic.base.templatetags.anagen import day
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
from patients.medicine_names import groups_named
from patients.models import ContraindicationRule, Medicine

Code = ContraindicationRule.Kind

# What a question of the day asks about medicines: of which groups, within how many hours. It
# answers no other rule.
_ASKS: dict[str, tuple[frozenset[str], int]] = {
    Question.NSAID: (frozenset({Medicine.Group.NSAID}), 48),
}


@dataclass(frozen=True)
class MedicineTaken:
    """A medicine of a group may have been taken within so many hours before the moment.

    Medicines are known by days, so every day that the span touches counts whole; a date known by
    its month or year counts as each of its days, and a route that nobody wrote as any. One filed
    under "Other" counts by its name. A list that nobody went through or added to for more than
    `max_age_days` says nothing of what is not in it.
    """

    groups: tuple[str, ...]
    within_hours: int
    routes: tuple[str, ...] = ()
    question: str = ""
    max_age_days: int = ASKED_FOR_DAYS
    code: ClassVar[str] = Code.MEDICINE

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule; see `Kind`."""
        only(parameters, "groups", "within_hours", "routes", "question", "max_age_days")
        words = "Choose at least one group of medicines."
        groups = listed(parameters, "groups", Medicine.Group.values, words)
        routes = parameters.get("routes") or []
        if routes:
            routes = listed(parameters, "routes", Medicine.Route.values, "Choose known routes.")
        question = parameters.get("question") or ""
        if question and question not in Question.values:
            raise wrong("Choose a question.")
        hours = whole(parameters, "within_hours", 0, 43_800)
        days = asked_for_days(parameters)
        return cls(tuple(groups), hours, tuple(routes), question, days)

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps."""
        more = {"routes": list(self.routes), "question": self.question}
        kept: dict[str, Any] = {"groups": list(self.groups), "within_hours": self.within_hours}
        kept |= {"max_age_days": self.max_age_days}
        return kept | {name: value for name, value in more.items() if value}

    @property
    def in_words(self) -> str:
        """What it holds."""
        groups = " or ".join(Medicine.Group(each).label for each in self.groups)
        routes = ", ".join(Medicine.Route(each).label.lower() for each in self.routes)
        asked = "; asked again at the session" if self.question else ""
        listed = "" if self.question else f"; a list counts for {self.max_age_days} days"
        return f"{groups}{f' ({routes})' if routes else ''}, {self._span}{listed}{asked}"

    @property
    def _question_fits(self) -> bool:
        """Whether a "no" to the question of the day is one to this rule."""
        groups, hours = _ASKS.get(self.question, (frozenset(), 0))
        return set(self.groups) <= groups and self.within_hours == hours

    def check_new(self) -> None:
        """Refuse to publish a question that asks about another time, or other medicines."""
        if self.question and not self._question_fits:
            words = Question(self.question).label
            raise wrong(
                f"The question of the day is “{words}”, which is not what this rule holds. "
                "Choose “Not asked again”, or the medicines and hours that the question names."
            )

    @property
    def _span(self) -> str:
        if not self.within_hours:
            return "taken now"
        days, rest = divmod(self.within_hours, 24)
        if rest or days <= 2:
            return f"within {self.within_hours} h"
        return f"within {days} days"

    def judge(self, facts: Facts, at: datetime) -> Verdict:
        """Say whether one may have been taken."""
        first_day = (at - timedelta(hours=self.within_hours)).date()
        taken = [
            row for row in facts.medicines if self._is_meant(row) and _reaches(row, first_day, at)
        ]
        if taken:
            why = "; ".join(_medicine_in_words(row) for row in taken)
            return Verdict(State.APPLIES, why, Asked.MEDICINES)
        if not self.question:
            return self._not_listed(facts, at)
        said = answered(facts, self.question)
        if said.state == State.DOES_NOT and not self._question_fits:
            return self._not_listed(facts, at)
        return said

    def _not_listed(self, facts: Facts, at: datetime) -> Verdict:
        said = _last_said(facts)
        if said is None:
            return Verdict(State.NOT_KNOWN, "Nobody asked about medicines", Asked.MEDICINES)
        asked_at, why = said
        if is_older(asked_at, at, self.max_age_days):
            why = f"{why}: more than {self.max_age_days} days ago, ask again"
            return Verdict(State.NOT_KNOWN, why, Asked.MEDICINES)
        return Verdict(State.DOES_NOT, why, Asked.MEDICINES)

    def _is_meant(self, row: Medicine) -> bool:
        is_other = row.group == Medicine.Group.OTHER
        groups = {row.group} | (groups_named(row.name) if is_other else set())
        return bool(groups & set(self.groups)) and (
            not self.routes or not row.route or row.route in self.routes
        )


def _last_said(facts: Facts) -> tuple[datetime, str] | None:
    """Return when the list of medicines was last gone through or added to, and that in words."""
    recorded = [row.recorded_at for row in facts.medicines]
    review = facts.medicines_review
    if review is not None and not any(at > review.stated_at for at in recorded):
        words = "No medicines taken, said" if review.takes_none else "Medicines gone through"
        return review.stated_at, f"{words} {by(review)}"
    if not recorded:
        return None
    count = len(recorded)
    words = f"Not among the {count} medicine{'' if count == 1 else 's'} recorded"
    return max(recorded), f"{words}, last on {day(max(recorded))}"


def _reaches(row: Medicine, first_day: Any, at: datetime) -> bool:
    started, stopped = row.started, row.stopped
    return (started is None or started.first <= at.date()) and (
        stopped is None or stopped.last >= first_day
    )


def _medicine_in_words(row: Medicine) -> str:
    group = row.get_group_display()
    what = f"{row.name} ({group if group == 'NSAID' else group.lower()})"
    if row.stopped is not None:
        return f"Took {what} until {row.stopped}, recorded {by(row)}"
    since = f" since {row.started}" if row.started else ""
    return f"Takes {what}{since}, recorded {by(row)}"
