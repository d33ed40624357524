"""What the clinician records on the history page. Each form stands in a section of its own."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from clinic.base.forms import PlainForm
from patients.forms.fields import LineField, ParagraphsField
from patients.models import Diagnosis, HistoryEntry, Medicine


def _not_in_the_future(value: date) -> None:
    if value > timezone.localdate():
        raise ValidationError("This date lies in the future.")


def _day(**attrs: str) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-date", **attrs})


class HistoryForm(PlainForm):
    """What is known on one topic; `seen` is the entry that was on the page."""

    PROMPTS: ClassVar[dict[str, str]] = {
        HistoryEntry.Topic.HAIR: "Since when, where, how fast; shedding, itching, hair care",
        HistoryEntry.Topic.MEDICAL: "Illnesses, operations, bleeding, scars, pregnancy",
        HistoryEntry.Topic.FAMILY: "Who lost hair, how, and from what age",
        HistoryEntry.Topic.PREVIOUS_TREATMENT: "What, where, when, and how it went",
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

    def now_based_on(self, entry_id: UUID) -> None:
        """Base the next attempt on a newer entry; what was typed stays."""
        self.data = {**self.data.dict(), self.add_prefix("seen"): str(entry_id)}  # type: ignore[attr-defined]


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
    started_date = forms.DateField(
        label="Taken since", required=False, validators=[_not_in_the_future], widget=_day()
    )

    def clean(self) -> dict[str, Any]:
        """Name a medicine by its kind when nothing else was typed."""
        values = super().clean() or {}
        group = values.get("group")
        if group == Medicine.Group.OTHER and not values.get("name"):
            self.add_error("name", "Write the name of the medicine.")
        elif group and not values.get("name"):
            values["name"] = Medicine.Group(group).label
        return values


class StopForm(PlainForm):
    """Since when a medicine is no longer taken."""

    stopped_date = forms.DateField(
        label="Stopped on", validators=[_not_in_the_future], widget=_day()
    )

    def __init__(self, data: QueryDict | None = None, *, medicine: Medicine) -> None:
        super().__init__(data, prefix=f"stop-{medicine.pk}")
        self.fields["stopped_date"].initial = timezone.localdate()


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


def _grades() -> list[Any]:
    return [
        ("", "Not graded"),
        *(
            (
                label,
                [
                    (f"{scale}:{grade}", f"{label} {grade}")
                    for grade in Diagnosis.GRADES[Diagnosis.Scale(scale)]
                ],
            )
            for scale, label in Diagnosis.Scale.choices
        ),
    ]


class DiagnosisForm(PlainForm):
    """What was found. Scale and grade are one choice, so that they always fit each other."""

    prefix = "diagnosis"

    condition = forms.ChoiceField(
        label="Diagnosis",
        choices=[("", "Choose"), *Diagnosis.Condition.choices],
        error_messages={"required": "Choose the diagnosis."},
        widget=forms.Select(attrs={"class": "w-email"}),
    )
    graded = forms.ChoiceField(
        label="Scale and grade",
        choices=_grades,
        required=False,
        widget=forms.Select(attrs={"class": "w-email"}),
    )
    note = ParagraphsField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """Split the choice into scale and grade."""
        values = super().clean() or {}
        scale, _, grade = (values.pop("graded", "") or "").partition(":")
        return {**values, "scale": scale, "grade": grade}
