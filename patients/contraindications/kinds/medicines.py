"""Rules about medicines."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from clinic.base.templatetags.anagen import day
from patients.contraindications.facts import Facts
from patients.contraindications.kinds.common import (
    Asked,
    Question,
    State,
    Verdict,
    answered,
    by,
    listed,
    only,
    whole,
    wrong,
)
from patients.models import ContraindicationRule, Medicine

Code = ContraindicationRule.Kind


@dataclass(frozen=True)
class MedicineTaken:
    """A medicine of a group may have been taken within so many hours before the moment.

    Medicines are known by days, so every day that the span touches counts whole; a date known by
    its month or year counts as each of its days, and a route that nobody wrote as any.
    """

    groups: tuple[str, ...]
    within_hours: int
    routes: tuple[str, ...] = ()
    question: str = ""
    code: ClassVar[str] = Code.MEDICINE

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Return the rule; see `Kind`."""
        only(parameters, "groups", "within_hours", "routes", "question")
        words = "Choose at least one group of medicines."
        groups = listed(parameters, "groups", Medicine.Group.values, words)
        routes = parameters.get("routes") or []
        if routes:
            routes = listed(parameters, "routes", Medicine.Route.values, "Choose known routes.")
        question = parameters.get("question") or ""
        if question and question not in Question.values:
            raise wrong("Choose a question.")
        hours = whole(parameters, "within_hours", 0, 43_800)
        return cls(tuple(groups), hours, tuple(routes), question)

    @property
    def parameters(self) -> dict[str, Any]:
        """What a rule keeps."""
        more = {"routes": list(self.routes), "question": self.question}
        kept = {"groups": list(self.groups), "within_hours": self.within_hours}
        return kept | {name: value for name, value in more.items() if value}

    @property
    def in_words(self) -> str:
        """What it holds."""
        groups = " or ".join(Medicine.Group(each).label for each in self.groups)
        routes = ", ".join(Medicine.Route(each).label.lower() for each in self.routes)
        asked = "; asked again at the session" if self.question else ""
        return f"{groups}{f' ({routes})' if routes else ''}, {self._span}{asked}"

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
        if self.question:
            return answered(facts, self.question)
        return self._not_listed(facts)

    def _not_listed(self, facts: Facts) -> Verdict:
        asked = [row.recorded_at for row in facts.medicines]
        review = facts.medicines_review
        if review is not None and not any(at > review.stated_at for at in asked):
            words = "No medicines taken, said" if review.takes_none else "Medicines gone through"
            return Verdict(State.DOES_NOT, f"{words} {by(review)}", Asked.MEDICINES)
        if asked:
            count = len(asked)
            words = f"Not among the {count} medicine{'' if count == 1 else 's'} recorded"
            why = f"{words}, last on {day(max(asked))}"
            return Verdict(State.DOES_NOT, why, Asked.MEDICINES)
        return Verdict(State.NOT_KNOWN, "Nobody asked about medicines", Asked.MEDICINES)

    def _is_meant(self, row: Medicine) -> bool:
        return row.group in self.groups and (
            not self.routes or not row.route or row.route in self.routes
        )


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
