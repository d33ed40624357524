"""What is asked and answered: conditions, relatives, the hair, pregnancy."""

from datetime import datetime
from typing import Any

from django.http import QueryDict

from clinic.base.models import Record
from clinic.base.templatetags.anagen import day
from clinic.questionnaires.bridges.base import Bridge, State
from clinic.questionnaires.forms import NOT_KNOWN, YES
from clinic.staff.models import User
from patients.actions import statements
from patients.catalogue import BLEEDING, BLOOD_BORNE, Condition, Pattern
from patients.facts import is_too_old
from patients.forms.statements import AnswersForm, ConditionsForm, HairForm, RelativesForm
from patients.forms.statements import PregnancyForm as RecordPregnancyForm
from patients.models import PregnancyStatement

# A "yes" to these is read by a person, one by one.
READ_EACH = {*BLEEDING, *BLOOD_BORNE, Condition.SUICIDAL, Condition.ANAESTHETIC}


class _AnswerBridge(Bridge):
    """Yes, no or not known about one item, with details."""

    form_class: type[AnswersForm]
    details: tuple[str, ...] = ()

    @property
    def latest(self) -> Any:
        raise NotImplementedError

    @property
    def record_says(self) -> str:
        """The standing answer, with its details."""
        row = self.latest
        if row is None:
            return ""
        told = [self._in_words(name, getattr(row, name)) for name in self.details]
        return ", ".join(filter(None, [row.get_answer_display(), *told]))

    def _in_words(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        return f"since {value}" if name == "since" else str(value)

    @property
    def state(self) -> State:
        """The same answer may add a detail; not knowing overtakes no answer."""
        row, answer = self.latest, self.value.get("answer")
        if row is None:
            return State.NEW
        if row.answer != answer:
            if answer == NOT_KNOWN:
                return State.NOTHING
            return State.NEW if row.answer == NOT_KNOWN else State.DIFFERS
        if answer != YES:
            return State.SAME
        return self._compared_details(row)

    def _compared_details(self, row: Any) -> State:
        state = State.SAME
        for name in self.details:
            told, there = self._told(name), _text(getattr(row, name))
            if told and there and told.casefold() != there.casefold():
                return State.DIFFERS
            if told and not there:
                state = State.ADDS
        return state

    def _told(self, name: str) -> str:
        told = str(self.value.get(name, ""))
        return "" if told == NOT_KNOWN else told

    def fields(self) -> dict[str, Any]:
        """Return the answer; what the patient left open stays as the record has it."""
        row, answer = self.latest, self.value["answer"]
        keeps = row is not None and row.answer == YES and answer == YES
        told = {f"{self.key}_answer": answer}
        for name in self.details:
            there = _text(getattr(row, name)) if keeps else ""
            told[f"{self.key}_{name}"] = self._told(name) or there
        return told

    def form(self, data: QueryDict | None = None) -> AnswersForm:
        """Return the history's form, narrowed to this item."""
        latest = {self.key: self.latest} if self.latest else {}
        return self.form_class(data, latest=latest, only=self.key)


class ConditionBridge(_AnswerBridge):
    """Whether the patient has a condition."""

    form_class = ConditionsForm
    details = ("since", "note")

    @property
    def read_each(self) -> bool:  # type: ignore[override]
        """Whether this yes is one that nobody accepts unread."""
        return self.key in READ_EACH and self.value.get("answer") == YES

    @property
    def latest(self) -> Any:
        """The standing answer, or None."""
        return self.known.conditions.get(self.key)

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """State the condition."""
        return statements.state_conditions(
            by=by, patient=self.known.patient, given=form.given(), now=now
        )[0]


class RelativeBridge(_AnswerBridge):
    """Whether a relative lost hair."""

    form_class = RelativesForm
    details = ("pattern", "onset_age_years", "note")

    @property
    def latest(self) -> Any:
        """The standing answer, or None."""
        return self.known.relatives.get(self.key)

    def _in_words(self, name: str, value: Any) -> str:
        if name == "pattern" and value:
            return str(Pattern(value).label).lower()
        if name == "onset_age_years" and value is not None:
            return f"from {value} years"
        return str(value or "")

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """State what is known of the relative."""
        return statements.state_relatives(
            by=by, patient=self.known.patient, given=form.given(), now=now
        )[0]


class HairBridge(Bridge):
    """How the hair loss began and went on."""

    facts = ("since", "course", "shedding", "triggers")

    @property
    def latest(self) -> Any:
        """The standing statement, or None."""
        return self.known.hair

    @property
    def record_says(self) -> str:
        """The standing statement in words."""
        row = self.known.hair
        if row is None:
            return ""
        words = [
            f"since {row.since}" if row.since else "",
            row.get_course_display().lower(),
            f"falls out: {row.get_shedding_display().lower()}" if row.shedding else "",
            f"before it: {row.triggers_in_words.lower()}" if row.triggers else "",
        ]
        said = ", ".join(filter(None, words))
        return said[:1].upper() + said[1:]

    def _told(self, name: str) -> Any:
        """Return what was told of a fact; not knowing is nothing told."""
        value = self.value.get(name, [] if name == "triggers" else "")
        if value in (NOT_KNOWN, [NOT_KNOWN]):
            return [] if name == "triggers" else ""
        return value

    def _there(self, name: str) -> Any:
        value = getattr(self.known.hair, name) if self.known.hair else None
        return list(value or []) if name == "triggers" else _text(value)

    @property
    def state(self) -> State:
        """What the patient knows, held against each fact of the record."""
        told = {name: self._told(name) for name in self.facts if self._told(name)}
        if not told:
            return State.NOTHING
        if self.known.hair is None:
            return State.NEW
        there = {name: self._there(name) for name in told}
        if any(there[name] and _sorted(there[name]) != _sorted(told[name]) for name in told):
            return State.DIFFERS
        return State.SAME if all(there.values()) else State.ADDS

    def fields(self) -> dict[str, Any]:
        """Return what was told; what was not stays as the record has it."""
        return {name: self._told(name) or self._there(name) for name in self.facts}

    def form(self, data: QueryDict | None = None) -> HairForm:
        """Return the history's form."""
        return HairForm(data, latest=self.known.hair)

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """State how the hair loss went."""
        return statements.state_hair(by=by, patient=self.known.patient, given=form.given(), now=now)


class PregnancyBridge(Bridge):
    """Whether the patient is pregnant or breastfeeding, on the day they said so."""

    read_each = True

    @property
    def latest(self) -> Any:
        """The last statement, or None."""
        return self.known.pregnancy

    @property
    def record_says(self) -> str:
        """The last statement with its day, or "" where it is too old to go by."""
        row = self.known.pregnancy
        return f"{row}, {day(row.stated_at)}" if row else ""

    @property
    def state(self) -> State:
        """An answer holds for its day: one that is too old is asked anew."""
        row = self.known.pregnancy
        if set(self.value.values()) == {NOT_KNOWN} and row and not is_too_old(row, self.known.now):
            return State.NOTHING
        if row is None or is_too_old(row, self.known.now):
            return State.NEW
        same = all(getattr(row, name) == self.value.get(name) for name in PregnancyStatement.FACTS)
        return State.ADDS if same else State.DIFFERS

    def fields(self) -> dict[str, Any]:
        """Return both answers; one that was left open is not known."""
        return {name: self.value.get(name, NOT_KNOWN) for name in PregnancyStatement.FACTS}

    def form(self, data: QueryDict | None = None) -> RecordPregnancyForm:
        """Return the history's form."""
        return RecordPregnancyForm(data, latest=self.known.pregnancy)

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """State it."""
        return statements.state_pregnancy(
            by=by, patient=self.known.patient, given=form.given(), now=now
        )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
