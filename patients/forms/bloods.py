"""Blood results, several at a time, as they stand on a laboratory's report."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from clinic.base.forms import AskedAgainField, PlainForm
from clinic.base.templatetags.anagen import measure
from patients.analytes import (
    MEASURED,
    SCALES,
    SEROLOGY,
    Analyte,
    Unit,
    is_plausible,
    scale_of,
    suggested_unit,
)
from patients.forms.fields import LineField, one_line
from patients.models import BloodResult

OTHERS = 3
"""How many results of any other kind fit on one form."""

_VALUE = re.compile(r"([<>]?)\s*([0-9]{1,8}(?:\.[0-9]{1,3})?)")
_UNREADABLE = "Write a number as the laboratory does, such as 13.5, or <0.01."


def _box(width: str = "w-number", **attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": width, "autocomplete": "off", **attrs})


class MeasuredField(forms.Field):
    """A value as laboratories report it: a number, or a bound such as "<0.01"."""

    def to_python(self, value: Any) -> tuple[str, Decimal] | None:
        """Return the comparator ("", "<" or ">") and the number, or say what to write."""
        text = one_line(str(value or ""))
        if not text:
            return None
        if "," in text:
            raise ValidationError("Write a point, not a comma: it could mean thousands.")
        match = _VALUE.fullmatch(text)
        if not match:
            raise ValidationError(_UNREADABLE)
        return match[1], Decimal(match[2])


class BloodsForm(PlainForm):
    """One report: the day, the laboratory, and what of it is written down.

    Of each analyte what is left empty is not recorded. A value outside what is plausible in its
    unit comes back with a question, and is recorded as typed when that is answered.
    """

    prefix = "bloods"

    taken_date = forms.DateField(
        label="Blood taken on",
        error_messages={"required": "Write the day on which the blood was taken."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-date"}),
    )
    laboratory = LineField(max_length=80, required=False, widget=_box("w-name"))

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        for analyte in MEASURED:
            self._add_measured(analyte)
        for analyte in SEROLOGY:
            self.fields[f"{analyte}_finding"] = forms.ChoiceField(
                label=Analyte(analyte).label,
                choices=[("", "Not on the report"), *BloodResult.Finding.choices],
                required=False,
                widget=forms.Select(attrs={"class": "w-name"}),
            )
        for place in range(1, OTHERS + 1):
            self._add_other(place)

    def _add_measured(self, analyte: str) -> None:
        label, units = Analyte(analyte).label, [scale.unit for scale in SCALES[analyte]]
        self.fields |= {
            f"{analyte}_value": MeasuredField(
                label=label, required=False, widget=_box(inputmode="decimal")
            ),
            f"{analyte}_unit": forms.ChoiceField(
                label=f"{label}, unit",
                choices=[("", "Choose"), *((unit, Unit(unit).label) for unit in units)],
                required=False,
                initial=suggested_unit(analyte),
                widget=forms.Select(attrs={"class": "w-number"}),
            ),
            f"{analyte}_low": _bound(f"{label}, reference from"),
            f"{analyte}_high": _bound(f"{label}, reference to"),
            f"{analyte}_is_meant": AskedAgainField(
                label="The report says so: record it", required=False
            ),
            # What was asked where the box was ticked: it answers no other question.
            f"{analyte}_asked": forms.CharField(required=False, widget=forms.HiddenInput),
        }

    def _add_other(self, place: int) -> None:
        self.fields |= {
            f"other{place}_name": LineField(
                label=f"Other result {place}, name",
                max_length=80,
                required=False,
                widget=_box("w-name"),
            ),
            f"other{place}_text": LineField(
                label=f"Other result {place}, value with unit and range",
                max_length=200,
                required=False,
                widget=_box("w-name"),
            ),
        }

    def clean_taken_date(self) -> Any:
        """Refuse a day to come."""
        taken = self.cleaned_data["taken_date"]
        if taken > timezone.localdate():
            raise ValidationError("This date lies in the future.")
        if taken.year < 1950:
            raise ValidationError("This date lies before 1950.")
        return taken

    def clean(self) -> dict[str, Any]:
        """Check each row, and refuse a report of which nothing was written down."""
        values = super().clean() or {}
        for analyte in MEASURED:
            self._check_measured(analyte)
        for place in range(1, OTHERS + 1):
            self._check_other(place)
        if not self.errors and not list(self.results()):
            self.add_error(None, "Write down at least one result.")
        return values

    def _check_measured(self, analyte: str) -> None:
        found, unit = self._of(analyte, "value"), self._of(analyte, "unit")
        low, high = self._of(analyte, "low"), self._of(analyte, "high")
        if not found:
            is_wrong = f"{analyte}_value" in self.errors
            if not is_wrong and (low is not None or high is not None):
                self.add_error(f"{analyte}_value", "Write the value that this range belongs to.")
            return
        if not unit:
            self.add_error(f"{analyte}_unit", "Choose the unit that the report gives.")
            return
        if low is not None and high is not None and high < low:
            self.add_error(f"{analyte}_high", "The range ends below where it begins.")
        self._ask_where_implausible(analyte, found[1], unit)

    def _ask_where_implausible(self, analyte: str, value: Decimal, unit: str) -> None:
        question = _question(analyte, value, unit)
        meant = self._of(analyte, "is_meant") and self._of(analyte, "asked") == question
        if question and not meant:
            name = self.add_prefix(analyte)
            kept = {key: self.data[key] for key in self.data if key != f"{name}_is_meant"}
            self.data = {**kept, f"{name}_asked": question}
            self.add_error(f"{analyte}_is_meant", f"{question} Correct it, or tick the box.")

    def _check_other(self, place: int) -> None:
        name, text = self._of(f"other{place}", "name"), self._of(f"other{place}", "text")
        if name and not text and f"other{place}_text" not in self.errors:
            self.add_error(f"other{place}_text", "Write the result.")
        if text and not name and f"other{place}_name" not in self.errors:
            self.add_error(f"other{place}_name", "Write what was measured.")

    def results(self) -> Iterator[dict[str, Any]]:
        """Return the columns of each result that was written down."""
        for analyte in MEASURED:
            found = self._of(analyte, "value")
            if found:
                yield self._measured(analyte, *found)
        for analyte in SEROLOGY:
            if finding := self._of(analyte, "finding"):
                yield {"analyte": analyte, "finding": finding}
        for place in range(1, OTHERS + 1):
            if name := self._of(f"other{place}", "name"):
                text = self._of(f"other{place}", "text")
                yield {"analyte": Analyte.OTHER, "other_name": name, "text": text}

    def _measured(self, analyte: str, comparator: str, value: Decimal) -> dict[str, Any]:
        unit = self._of(analyte, "unit")
        return {
            "analyte": analyte,
            "comparator": comparator,
            "value": value,
            "unit": unit,
            "reference_low": self._of(analyte, "low"),
            "reference_high": self._of(analyte, "high"),
            "is_confirmed": not is_plausible(analyte, value, unit),
        }

    def _of(self, row: str, name: str) -> Any:
        return self.cleaned_data.get(f"{row}_{name}")

    @property
    def measured_rows(self) -> list[dict[str, Any]]:
        """The fields of each measured analyte, for the page."""
        return [
            {
                "label": Analyte(analyte).label,
                **{name: self[f"{analyte}_{name}"] for name in _PARTS},
                "is_asked": f"{analyte}_is_meant" in self.errors
                or bool(self[f"{analyte}_asked"].value()),
            }
            for analyte in MEASURED
        ]

    @property
    def serology_fields(self) -> list[Any]:
        """The fields of serology."""
        return [self[f"{analyte}_finding"] for analyte in SEROLOGY]

    @property
    def other_rows(self) -> list[tuple[Any, Any]]:
        """The fields of other results: name and text."""
        return [
            (self[f"other{place}_name"], self[f"other{place}_text"])
            for place in range(1, OTHERS + 1)
        ]


_PARTS = ("value", "unit", "low", "high", "is_meant", "asked")


def _bound(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=11,
        decimal_places=3,
        widget=_box(inputmode="decimal"),
    )


def _question(analyte: str, value: Decimal, unit: str) -> str:
    """Return what to ask about a value outside what is plausible in its unit, or ""."""
    scale = scale_of(analyte, unit)
    if scale is None or is_plausible(analyte, value, unit):
        return ""
    label = Unit(unit).label
    question = (
        f"{Analyte(analyte).label} {measure(value, label)} is outside of what people have"
        f" ({measure(scale.lowest)} to {measure(scale.highest, label)})."
    )
    others = [
        other.unit
        for other in SCALES[analyte]
        if other.unit != unit and is_plausible(analyte, value, other.unit)
    ]
    return f"{question} Is the unit {Unit(others[0]).label}?" if others else question
