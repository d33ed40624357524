"""What every bridge from an answer to the record can do."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django import forms
from django.http import QueryDict

from clinic.base.models import Record
from clinic.base.templatetags.anagen import day
from clinic.questionnaires.known import Known
from clinic.questionnaires.models import PatientAnswer
from clinic.staff.models import User


class State(StrEnum):
    """How an answer stands to the record."""

    NEW = "new"
    """The record does not know it."""
    ADDS = "adds"
    """The record says so, and the patient says more."""
    SAME = "same"
    DIFFERS = "differs"
    NOTHING = "nothing"
    """There is nothing in it to record, such as not knowing what the record knows."""


class Bridge:
    """One answer and the record; `seen` marks what of the record stood on the page."""

    read_each = False
    """Whether somebody reads this one by itself, however it stands to the record."""

    def __init__(self, answer: PatientAnswer, known: Known) -> None:
        self.answer, self.known = answer, known
        self.value: Mapping[str, Any] = answer.value
        self.key = answer.item.partition(".")[2]

    @property
    def source(self) -> str:
        """Where it was said, for a record in words."""
        return f"Said in the questionnaire of {day(self.answer.questionnaire.sent_in_at)}"

    @property
    def state(self) -> State:
        """How the answer stands to the record."""
        raise NotImplementedError

    @property
    def record_says(self) -> str:
        """What the record says about it, in words, or "" where nobody asked."""
        raise NotImplementedError

    @property
    def latest(self) -> Record | None:
        """The row of the record that an acceptance would overtake, or None."""
        return None

    @property
    def seen(self) -> str:
        """A mark of what the record said when this was read."""
        return str(self.latest.pk) if self.latest else ""

    @property
    def hint(self) -> str:
        """What stands in the way of accepting it as it is, or ""."""
        return ""

    def fields(self) -> dict[str, Any]:
        """Return what was told as the fields of the history's form."""
        raise NotImplementedError

    def form(self, data: QueryDict | None = None) -> forms.Form | None:
        """Return the history's own form for this item, or None where there is only yes or no."""
        raise NotImplementedError

    def save(self, form: Any, *, by: User, now: datetime) -> Record:
        """Write what the form says into the record."""
        raise NotImplementedError

    def prefilled(self) -> forms.Form | None:
        """Return the form with what was told in it, for a person to correct."""
        form = self.form()
        if form is not None:
            form.initial = {**(form.initial or {}), **self.fields()}
        return form

    def as_told(self) -> forms.Form | None:
        """Return the form filled in as told, as if somebody had typed it."""
        empty = self.form()
        if empty is None:
            return None
        data = QueryDict(mutable=True)
        for name, value in {**(empty.initial or {}), **self.fields()}.items():
            key = empty.add_prefix(name)
            data.setlist(key, value if isinstance(value, list) else [_typed(value)])
        return self.form(data)


def _typed(value: Any) -> str:
    return "" if value is None else str(value)
