"""What is asked about conditions, relatives, the hair, pregnancy and treatment elsewhere."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from clinic.base.forms import PlainForm
from patients.actions.statements import Given
from patients.catalogue import (
    GROUPS,
    Condition,
    Course,
    Elsewhere,
    Pattern,
    Relative,
    Shedding,
    Trigger,
)
from patients.forms.fields import LineField, PartialDateField
from patients.models import Answer, HairStatement, PregnancyStatement
from patients.partial_dates import as_columns, spread


class _StatementForm(PlainForm):
    """A form that says which statements it was filled in from, so that none is overwritten."""

    def now_based_on(self, latest: Mapping[str, Any]) -> None:
        """Base the next attempt on newer statements, by item; what was typed stays."""
        newer = {self.add_prefix(self._seen(item)): str(row.pk) for item, row in latest.items()}
        # A QueryDict with several values of a name, as boxes that are ticked have, keeps them.
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, value in newer.items():
            data[name] = value
        self.data = data

    def _seen(self, item: str) -> str:
        return f"{item}_seen" if item else "seen"


class AnswersForm(_StatementForm):
    """Yes, no or not known about each of several items, with details where it is yes."""

    ITEMS: ClassVar[list[tuple[str, str]]] = []
    DETAILS: ClassVar[tuple[str, ...]] = ()
    """The fields beside the answer, without the item before them."""

    def __init__(
        self, data: QueryDict | None = None, *, latest: Mapping[str, Any], only: str = ""
    ) -> None:
        super().__init__(data, initial=dict(self._initial(latest)))
        self.items = [(item, label) for item, label in self.ITEMS if not only or item == only]
        for item, label in self.items:
            self.fields[f"{item}_answer"] = forms.ChoiceField(
                label=label,
                choices=Answer.choices,
                required=False,
                widget=forms.RadioSelect(attrs={"across": True}),
            )
            for name in self.DETAILS:
                self.fields[f"{item}_{name}"] = self.detail(name)
            self.fields[f"{item}_seen"] = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def _initial(self, latest: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for item, statement in latest.items():
            yield f"{item}_answer", statement.answer
            yield f"{item}_seen", statement.pk
            for name in self.DETAILS:
                yield f"{item}_{name}", getattr(statement, name)

    def detail(self, name: str) -> forms.Field:
        """Return the field of one detail."""
        raise NotImplementedError

    def facts(self, item: str) -> dict[str, Any]:
        """Return the columns of what was answered about an item; details only with "yes"."""
        raise NotImplementedError

    def given(self) -> dict[str, Given]:
        """Return what was answered, by item; what has no answer was not asked."""
        return {
            item: Given(self.facts(item), self.cleaned_data.get(f"{item}_seen"))
            for item, _ in self.items
            if self.cleaned_data.get(f"{item}_answer")
        }

    def row(self, item: str) -> dict[str, Any]:
        """Return the fields of one item, for the page."""
        return {
            "item": item,
            "answer": self[f"{item}_answer"],
            "details": [self[f"{item}_{name}"] for name in self.DETAILS],
            "seen": self[f"{item}_seen"],
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields of every item."""
        return [self.row(item) for item, _ in self.items]

    def _detail(self, item: str, name: str) -> Any:
        is_yes = self.cleaned_data.get(f"{item}_answer") == Answer.YES
        return self.cleaned_data.get(f"{item}_{name}") if is_yes else None


def _note() -> LineField:
    return LineField(
        label="Note",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "w-email", "autocomplete": "off"}),
    )


class ConditionsForm(AnswersForm):
    """The conditions that matter here."""

    prefix = "conditions"
    ITEMS = Condition.choices
    DETAILS = ("since", "note")

    def detail(self, name: str) -> forms.Field:
        """Return the field of one detail."""
        if name == "since":
            return PartialDateField(label="Since", required=False, help_text="")
        return _note()

    def facts(self, item: str) -> dict[str, Any]:
        """Return the columns of what was answered about a condition."""
        return {
            "answer": self.cleaned_data[f"{item}_answer"],
            "note": self._detail(item, "note") or "",
            **as_columns("since", self._detail(item, "since")),
        }

    @property
    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The fields of every condition, by group."""
        return [(name, [self.row(item) for item in items]) for name, items in GROUPS]


class RelativesForm(AnswersForm):
    """Who of the family lost hair, how, and from what age."""

    prefix = "relatives"
    ITEMS = Relative.choices
    DETAILS = ("pattern", "onset_age_years", "note")

    def detail(self, name: str) -> forms.Field:
        """Return the field of one detail."""
        if name == "pattern":
            return forms.ChoiceField(
                label="How",
                choices=[("", "Not known"), *Pattern.choices],
                required=False,
                widget=forms.Select(attrs={"class": "w-name"}),
            )
        if name == "onset_age_years":
            return forms.IntegerField(
                label="From what age",
                min_value=0,
                max_value=110,
                required=False,
                widget=forms.NumberInput(attrs={"class": "w-digit", "data-unit": "years"}),
            )
        return _note()

    def facts(self, item: str) -> dict[str, Any]:
        """Return the columns of what was answered about a relative."""
        return {
            "answer": self.cleaned_data[f"{item}_answer"],
            "pattern": self._detail(item, "pattern") or "",
            "onset_age_years": self._detail(item, "onset_age_years"),
            "note": self._detail(item, "note") or "",
        }


class HairForm(_StatementForm):
    """How the hair loss began and went on."""

    prefix = "hairloss"

    since = PartialDateField(label="Since when", required=False)
    course = forms.ChoiceField(
        label="How it came",
        choices=[("", "Not known"), *Course.choices],
        required=False,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    shedding = forms.ChoiceField(
        label="How much falls out now",
        choices=[("", "Not known"), *Shedding.choices],
        required=False,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    triggers = forms.MultipleChoiceField(
        label="What came before it",
        choices=Trigger.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"across": True}),
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, latest: HairStatement | None = None
    ) -> None:
        names = ("since", "course", "shedding", "triggers")
        initial = {name: getattr(latest, name) for name in names} if latest else {}
        super().__init__(data, initial=initial | ({"seen": latest.pk} if latest else {}))

    def clean_triggers(self) -> list[str]:
        """Refuse a trigger together with the answer that none is known."""
        chosen: list[str] = self.cleaned_data["triggers"]
        if Trigger.NONE in chosen and len(chosen) > 1:
            raise forms.ValidationError("“Nothing known” goes with nothing else.")
        return chosen

    def given(self) -> Given:
        """Return what was written."""
        facts = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Given(spread(facts, "since"), self.cleaned_data.get("seen"))


class PregnancyForm(_StatementForm):
    """Whether the patient is pregnant or breastfeeding today."""

    prefix = "pregnancy"

    pregnancy = forms.ChoiceField(
        label="Pregnant",
        choices=PregnancyStatement.State.choices,
        error_messages={"required": "Choose an answer, “Not known” among them."},
        widget=forms.RadioSelect(attrs={"across": True}),
    )
    breastfeeding = forms.ChoiceField(
        label="Breastfeeding",
        choices=PregnancyStatement.State.choices,
        error_messages={"required": "Choose an answer, “Not known” among them."},
        widget=forms.RadioSelect(attrs={"across": True}),
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, latest: PregnancyStatement | None = None
    ) -> None:
        # Not filled in from the last answer: it is asked anew each time.
        super().__init__(data, initial={"seen": latest.pk if latest else None})

    def given(self) -> Given:
        """Return what was answered."""
        facts = {name: self.cleaned_data[name] for name in PregnancyStatement.FACTS}
        return Given(facts, self.cleaned_data.get("seen"))


class EarlierTreatmentForm(PlainForm):
    """A treatment elsewhere, as the patient tells it."""

    prefix = "earlier"

    kind = forms.ChoiceField(
        label="What was done",
        choices=[("", "Choose"), *Elsewhere.choices],
        error_messages={"required": "Choose what was done."},
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    treated = PartialDateField(label="When", required=False)
    place = LineField(
        label="Where",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "w-name", "autocomplete": "off"}),
    )
    sessions = forms.IntegerField(
        label="Sessions",
        min_value=1,
        max_value=200,
        required=False,
        widget=forms.NumberInput(attrs={"class": "w-digit", "inputmode": "numeric"}),
    )
    result = LineField(
        label="Result, as the patient sees it",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "w-line", "autocomplete": "off"}),
    )
    complications = LineField(
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "w-line", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Return the date as the columns that keep it."""
        values = spread(super().clean() or {}, "treated")
        if values.get("kind") == Elsewhere.OTHER and not values.get("result"):
            self.add_error("result", "Write what was done, and what came of it.")
        return values
