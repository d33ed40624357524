"""What the clinician records on the history page. Each form stands in a section of its own."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from clinic.base.forms import PlainForm
from patients.forms.fields import LineField, ParagraphsField, PartialDateField
from patients.models import Allergy, Diagnosis, HistoryEntry, Medicine, Patient
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


_Condition, _Scale, _Sex = Diagnosis.Condition, Diagnosis.Scale, Patient.Sex
_PATTERN_OF: dict[str, str] = {_Sex.MALE: _Condition.AGA_MALE, _Sex.FEMALE: _Condition.AGA_FEMALE}
_SCALES_OF: dict[str, tuple[str, ...]] = {
    _Condition.AGA_MALE: (_Scale.NORWOOD,),
    _Condition.AGA_FEMALE: (_Scale.LUDWIG, _Scale.SINCLAIR),
}


def _scales_of_sex(sex: str) -> tuple[str, ...]:
    """Return the scales made for a sex; all of them where it settles nothing."""
    pattern = _PATTERN_OF.get(sex)
    return _SCALES_OF[pattern] if pattern else tuple(_Scale)


def _grades(sex: str) -> list[Any]:
    """Return the grades by scale, the scale that fits the patient first."""
    fitting = _scales_of_sex(sex)
    scales = sorted(_Scale, key=lambda scale: scale not in fitting)
    return [
        ("", "Not graded"),
        *(
            (
                scale.label,
                [
                    (f"{scale}:{grade}", f"{scale.label} {grade}")
                    for grade in Diagnosis.GRADES[scale]
                ],
            )
            for scale in scales
        ),
    ]


def _unusual(sex: str, condition: str, scale: str) -> str:
    """Return what does not usually go together, in sentences, or ""."""
    usual = _PATTERN_OF.get(sex)
    is_pattern, says = condition in _SCALES_OF, f"the record says {_Sex(sex).label.lower()}."
    sentences = []
    if usual and is_pattern and condition != usual:
        sentences.append(f"{_Condition(condition).label} is unusual: {says}")
    if scale and is_pattern and scale not in _SCALES_OF[condition]:
        fitted = _Condition(condition).label.lower()
        sentences.append(f"{_Scale(scale).label} is not the scale of {fitted}.")
    elif scale and not sentences and scale not in _scales_of_sex(sex):
        sentences.append(f"{_Scale(scale).label} is unusual: {says}")
    return " ".join(sentences)


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
        required=False,
        widget=forms.Select(attrs={"class": "w-email"}),
    )
    note = ParagraphsField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 2}),
    )

    is_meant = forms.BooleanField(label="Record it all the same", required=False)
    # What was asked where the box was ticked: the answer to one question is none to another.
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, sex: str) -> None:
        super().__init__(data)
        self.sex = sex
        self.fields["graded"].choices = _grades(sex)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Split the choice into scale and grade; ask about what does not usually go together."""
        values = super().clean() or {}
        scale, _, grade = (values.pop("graded", "") or "").partition(":")
        asked, is_meant = values.pop("asked", ""), values.pop("is_meant", False)
        unusual = _unusual(self.sex, values.get("condition", ""), scale)
        if unusual and not (is_meant and asked == unusual):
            self._ask(unusual)
            self.add_error("is_meant", f"{unusual} Change it, or tick the box and save again.")
        return {**values, "scale": scale, "grade": grade}

    def _ask(self, unusual: str) -> None:
        """Have the page come back with the question, and with the box empty."""
        typed = {name: value for name, value in self.data.items() if not name.endswith("is_meant")}
        self.data = {**typed, self.add_prefix("asked"): unusual}

    @property
    def asks_whether_meant(self) -> bool:
        """Whether the question about an unusual finding is to be shown."""
        return "is_meant" in self.errors or bool(self["is_meant"].value())
