"""What stands in the record in words: each is added under what is written there."""

from datetime import datetime
from typing import Any

from django.http import QueryDict

from clinic.base.models import Record
from clinic.questionnaires.answers import in_words
from clinic.questionnaires.bridges.base import Bridge, State
from clinic.questionnaires.forms import NOT_KNOWN
from clinic.staff.models import User
from patients.actions import history
from patients.forms.history import HistoryForm
from patients.models import HistoryEntry


class WordsBridge(Bridge):
    """An answer that is added to a topic of the history."""

    topic: str = HistoryEntry.Topic.MEDICAL
    about = ""

    @property
    def said(self) -> str:
        """What the patient said, as it is added."""
        return str(self.value.get("text", ""))

    @property
    def sourced(self) -> str:
        """What is added, with where it comes from."""
        return f"{self.source}{self.about}: {self.said}"

    @property
    def latest(self) -> Any:
        """The standing entry of the topic, or None."""
        return self.known.words.get(self.topic)

    @property
    def record_says(self) -> str:
        """The words that stand there."""
        return self.latest.text if self.latest else ""

    @property
    def state(self) -> State:
        """Words add to words; they contradict nothing by themselves."""
        if self.said in self.record_says:
            return State.SAME
        return State.ADDS if self.record_says else State.NEW

    def fields(self) -> dict[str, Any]:
        """Return the words that stand there, and under them what was said."""
        return {"text": "\n\n".join(filter(None, [self.record_says, self.sourced]))}

    def form(self, data: QueryDict | None = None) -> HistoryForm:
        """Return the history's form of the topic."""
        return HistoryForm(data, latest=self.latest, topic=self.topic)

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """Record the words."""
        return history.record_history(
            by=by,
            patient=self.known.patient,
            topic=self.topic,
            now=now,
            **form.cleaned_data,
        )


class GoalsBridge(WordsBridge):
    """What the patient hopes for."""

    topic = HistoryEntry.Topic.GOALS


class OtherBridge(WordsBridge):
    """Whatever else the patient said."""

    topic = HistoryEntry.Topic.MEDICAL


class WhereBridge(WordsBridge):
    """Where hair is lost."""

    topic = HistoryEntry.Topic.HAIR
    about = ", where hair is lost"

    @property
    def said(self) -> str:
        """The places, in the patient's words."""
        return in_words(self.answer.item, dict(self.value)).lower()

    @property
    def state(self) -> State:
        """Not knowing where is nothing to record."""
        return State.NOTHING if self.value.get("places") == [NOT_KNOWN] else super().state
