"""The visit itself: its day, its note and its counts; and attempts to reach the patient."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from clinic.base.forms import PlainForm
from clinic.base.templatetags.anagen import day
from followups.actions.examinations import AreaCount, NewArea
from followups.models import ContactAttempt, TargetArea

DEFAULT_AREA_CM2 = Decimal("0.65")
SMALLEST_AREA_CM2 = Decimal("0.05")
LARGEST_AREA_CM2 = 25
MOST_HAIRS = 20000
MOST_DENSITY_PER_CM2 = 1000
MOST_ROWS = 60


class ContactForm(PlainForm):
    """One attempt to reach the patient."""

    outcome = forms.ChoiceField(
        label="What came of it", choices=ContactAttempt.Outcome.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Note", required=False, max_length=200, widget=forms.TextInput({"class": "w-line"})
    )


class ExaminationForm(PlainForm):
    """The day, the patient's satisfaction (at a review) and the note."""

    examined_date = forms.DateField(
        label="Examined",
        widget=forms.DateInput(attrs={"class": "w-date", "type": "date"}, format="%Y-%m-%d"),
    )
    satisfaction = forms.IntegerField(
        label="How satisfied is the patient?",
        help_text="0 is not at all, 10 is fully. Leave empty when it was not asked.",
        required=False,
        min_value=0,
        max_value=10,
        widget=forms.NumberInput(
            attrs={"class": "w-digit", "inputmode": "numeric", "data-unit": "of 10"}
        ),
    )
    note = forms.CharField(
        label="Findings and note",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "w-text"}),
    )
    record_early = forms.BooleanField(
        label="Record it before its window all the same", required=False
    )
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, is_review: bool, window_starts: date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.window_starts = window_starts
        if not is_review:
            del self.fields["satisfaction"]

    def clean(self) -> dict[str, Any]:
        """Ask once more before a review is used up by a visit before its window."""
        cleaned = super().clean() or {}
        examined = cleaned.get("examined_date")
        is_early = self.window_starts and examined and examined < self.window_starts
        if is_early and not cleaned.get("record_early"):
            self.add_error(
                "record_early",
                f"The window of this review begins on {day(self.window_starts)}. Recording it now"
                " uses the review up: tick the box if you mean it.",
            )
        return cleaned

    @property
    def asks_about_window(self) -> bool:
        """Whether the question about the window is to be shown."""
        return "record_early" in self.errors or bool(self["record_early"].value())


class CountForm(PlainForm):
    """A count in one target area: a known one, or one that is named here for the first time."""

    target_area = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label="Name of the target area",
        help_text="As you would say it: Vertex, Frontal left.",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "w-name"}),
    )
    side = forms.ChoiceField(
        label="Side",
        choices=TargetArea.Side.choices,
        initial=TargetArea.Side.MIDLINE,
        required=False,
        widget=forms.Select(attrs={"class": "w-code"}),
    )
    landmark = forms.CharField(
        label="How to find it again",
        help_text="Distances from landmarks, or the tattoo dot.",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w-line"}),
    )
    hair_count = forms.IntegerField(
        label="Hair count",
        required=False,
        min_value=0,
        max_value=MOST_HAIRS,
        widget=forms.NumberInput(
            attrs={"class": "w-number", "inputmode": "numeric", "data-unit": "hairs"}
        ),
    )
    counted_area_cm2 = forms.DecimalField(
        label="Counted area",
        required=False,
        min_value=SMALLEST_AREA_CM2,
        max_value=LARGEST_AREA_CM2,
        max_digits=5,
        decimal_places=3,
        initial=DEFAULT_AREA_CM2,
        widget=forms.NumberInput(
            attrs={"class": "w-number", "inputmode": "decimal", "data-unit": "cm²", "step": "any"}
        ),
    )
    reported_density_per_cm2 = forms.DecimalField(
        label="Density shown by a device",
        required=False,
        min_value=0,
        max_value=MOST_DENSITY_PER_CM2,
        max_digits=6,
        decimal_places=1,
        widget=forms.NumberInput(
            attrs={
                "class": "w-number",
                "inputmode": "decimal",
                "data-unit": "per cm²",
                "step": "any",
            }
        ),
    )
    device = forms.CharField(
        label="Device", required=False, max_length=60, widget=forms.TextInput({"class": "w-code"})
    )

    def __init__(self, *args: Any, areas: Mapping[UUID, TargetArea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = areas

    @property
    def area(self) -> TargetArea | None:
        """The known target area of this row, or None for a new one."""
        try:
            return self.areas.get(UUID(str(self["target_area"].value())))
        except ValueError:
            return None

    def clean_target_area(self) -> TargetArea | None:
        """Return the known area. Raises `ValidationError` for one of another patient."""
        chosen = self.cleaned_data["target_area"]
        if chosen is None:
            return None
        if chosen not in self.areas:
            raise ValidationError("This target area is not one of the patient.")
        return self.areas[chosen]

    def clean(self) -> dict[str, Any]:
        """Ask for what a count cannot be without; a known area may be left uncounted."""
        cleaned = super().clean() or {}
        if "target_area" in self.errors:
            return cleaned
        if not cleaned.get("target_area"):
            self._need("name", "Name the target area.")
            self._need("landmark", "Say how to find the spot again: it is counted at each visit.")
            self._need("hair_count", "Count the hairs, or remove this area.")
        elif cleaned.get("reported_density_per_cm2") is not None:
            self._need(
                "hair_count",
                "Give the hair count too: a device's density stands beside it, never in its place.",
            )
        if cleaned.get("hair_count") is not None:
            self._need("counted_area_cm2", "A density needs the area in which was counted.")
        return cleaned

    def _need(self, name: str, words: str) -> None:
        if name not in self.errors and self.cleaned_data.get(name) in (None, ""):
            self.add_error(name, words)

    @property
    def count(self) -> AreaCount | None:
        """The count, or None where the area was left uncounted."""
        values = self.cleaned_data
        if values.get("hair_count") is None:
            return None
        area = values["target_area"] or NewArea(
            name=values["name"],
            side=values["side"] or TargetArea.Side.MIDLINE,
            landmark=values["landmark"],
        )
        return AreaCount(
            area=area,
            hair_count=values["hair_count"],
            counted_area_cm2=values["counted_area_cm2"],
            reported_density_per_cm2=values["reported_density_per_cm2"],
            device=values["device"],
        )


class CountsFormSet(forms.BaseFormSet):
    """The counts of one visit: each known target area once, and new ones."""

    def clean(self) -> None:
        """Refuse the same area in two rows."""
        if any(form.errors for form in self.forms):
            return
        chosen = [form.cleaned_data.get("target_area") for form in self._kept()]
        known = [area for area in chosen if area]
        if len(known) != len(set(known)):
            raise ValidationError("The same target area is in two rows.")

    def _kept(self) -> list[CountForm]:
        return [form for form in self.forms if not form.cleaned_data.get("DELETE")]

    @property
    def counts(self) -> list[AreaCount]:
        """The counts that were made, in the order of the rows."""
        return [count for form in self._kept() if (count := form.count) is not None]


CountRows = forms.formset_factory(
    CountForm,
    formset=CountsFormSet,
    extra=0,
    can_delete=True,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS + 1,
    validate_max=True,
)
