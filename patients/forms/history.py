"""What the clinician records on the history page. Each form stands in a section of its own."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from clinic.base.forms import PlainForm
from patients.forms.fields import LineField, ParagraphsField, PartialDateField
from patients.models import Allergy, HistoryEntry, Medicine
from patients.partial_dates import PartialDate, spread


class HistoryForm(PlainForm):
    """What is known on one topic; `seen` is the entry that was on the page."""

    PROMPTS: ClassVar[dict[str, str]] = {
        HistoryEntry.Topic.HAIR: "Since when, where, how fast; shedding, itching, hair care",
        HistoryEntry.Topic.MEDICAL: "Illnesses, operations, bleeding, scars, pregnancy",
        HistoryEntry.Topic.FAMILY: "Who lost hair, how, and from what age",
        HistoryEntry.Topic.PREVIOUS_TREATMENT: "What, where, when, and how it went",
        HistoryEntry.Topic.GOALS: "What would make them content, and what worries them",
    }

    # Not "required" by the field: the label would say so under four headings in a row.
    text = ParagraphsField(
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 4}),
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, latest: HistoryEntry | None, topic: str
    ) -> None:
        initial = {"text": latest.text, "seen": latest.pk} if latest else {}
        super().__init__(data, prefix=topic, initial=initial)
        self.fields["text"].label = self.PROMPTS[topic]

    def clean_text(self) -> str:
        """Refuse to record nothing."""
        text: str = self.cleaned_data["text"]
        if not text:
            raise ValidationError("Write what is known, or leave this part as it is.")
        return text

    def now_based_on(self, entry: HistoryEntry) -> None:
        """Base the next attempt on a newer entry; what was typed stays."""
        self.data = {**self.data.dict(), self.add_prefix("seen"): str(entry.pk)}  # type: ignore[attr-defined]


class MedicineForm(PlainForm):
    """A medicine that the patient takes."""

    prefix = "medicine"

    group = forms.ChoiceField(
        label="Kind",
        choices=[("", "Choose"), *Medicine.Group.choices],
        error_messages={"required": "Choose the kind of medicine."},
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    name = LineField(
        max_length=80,
        required=False,
        help_text="Left empty, the kind is its name",
        widget=forms.TextInput(attrs={"class": "w-name", "autocomplete": "off"}),
    )
    dose = LineField(
        label="Dose and how often",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "w-name", "autocomplete": "off"}),
    )
    route = forms.ChoiceField(
        label="How it is taken",
        choices=[("", "Not known"), *Medicine.Route.choices],
        required=False,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    started = PartialDateField(label="Taken since", required=False)

    def clean(self) -> dict[str, Any]:
        """Name a medicine by its kind when nothing else was typed."""
        values = spread(super().clean() or {}, "started")
        group = values.get("group")
        if group == Medicine.Group.OTHER and not values.get("name"):
            self.add_error("name", "Write the name of the medicine.")
        elif group and not values.get("name"):
            values["name"] = Medicine.Group(group).label
        return values


class StopForm(PlainForm):
    """Since when a medicine is no longer taken."""

    stopped = PartialDateField(label="Stopped")
    stop_reason = LineField(
        label="Why",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "w-email", "autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict | None = None, *, medicine: Medicine) -> None:
        super().__init__(data, prefix=f"stop-{medicine.pk}")
        self.fields["stopped"].initial = PartialDate(timezone.localdate())

    def clean(self) -> dict[str, Any]:
        """Return the date as the columns that keep it."""
        return spread(super().clean() or {}, "stopped")


class ReviewedForm(PlainForm):
    """That the medicines were gone through; `seen` are those that were on the page."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_seen(self) -> set[UUID]:
        """Return the keys of the medicines on the page."""
        try:
            return {UUID(key) for key in self.cleaned_data["seen"].split()}
        except ValueError as error:
            raise ValidationError("This page arrived incomplete. Open it again.") from error


class ReasonForm(PlainForm):
    """Why something is withdrawn."""

    reason = LineField(
        max_length=200, error_messages={"required": "Say why it is withdrawn. It stays as it was."}
    )


class AllergyForm(PlainForm):
    """An allergy."""

    prefix = "allergy"

    substance = LineField(
        label="Allergic to",
        max_length=80,
        error_messages={"required": "Write what the patient is allergic to."},
        widget=forms.TextInput(attrs={"class": "w-name", "autocomplete": "off"}),
    )
    reaction = LineField(
        label="What happens",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "w-name", "autocomplete": "off"}),
    )
    severity = forms.ChoiceField(
        label="How badly",
        choices=[("", "Not known"), *Allergy.Severity.choices],
        required=False,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    certainty = forms.ChoiceField(
        label="How certain",
        choices=[("", "Not known"), *Allergy.Certainty.choices],
        required=False,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
