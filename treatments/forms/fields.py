"""Fields for quantities and times: a numeric keypad, the unit beside."""

from decimal import Decimal
from typing import Any

from django import forms

Bound = int | Decimal


def _keypad(unit: str, mode: str, **attrs: Any) -> forms.TextInput:
    # Text, not number: a browser would throw away what it cannot read, and nobody could mend it.
    return forms.TextInput(
        attrs={
            "class": "w-number",
            "data-unit": unit,
            "inputmode": mode,
            "autocomplete": "off",
            **attrs,
        }
    )


def quantity(
    label: str, unit: str, lowest: Bound, highest: Bound, *, places: int = 1, **kwargs: Any
) -> forms.DecimalField:
    """Return an optional field for a decimal quantity within physical bounds."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=lowest,
        max_value=highest,
        decimal_places=places,
        widget=_keypad(unit, "decimal"),
        **kwargs,
    )


def count(label: str, lowest: int, highest: int, *, unit: str = "", **kwargs: Any) -> Any:
    """Return an optional field for a whole number within bounds."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=lowest,
        max_value=highest,
        widget=_keypad(unit, "numeric"),
        **kwargs,
    )


def words(label: str, longest: int, **kwargs: Any) -> forms.CharField:
    """Return an optional field for a line of text."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        widget=forms.TextInput(attrs={"class": "w-name", "autocomplete": "off"}),
        **kwargs,
    )


def choice(label: str, choices: Any, *, blank: str = "Choose", **kwargs: Any) -> forms.ChoiceField:
    """Return an optional drop-down."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", blank), *choices],
        widget=forms.Select(attrs={"class": "w-name"}),
        **kwargs,
    )


def across(label: str, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    """Return an optional choice shown as big targets beside each other."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.RadioSelect(attrs={"across": True}),
        **kwargs,
    )


def date_of(label: str, **kwargs: Any) -> forms.DateField:
    """Return an optional date."""
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "w-date", "type": "date"}),
        **kwargs,
    )


def time_of(label: str, **kwargs: Any) -> forms.TimeField:
    """Return an optional time of day, in the site's zone."""
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(
            format="%H:%M", attrs={"class": "w-time", "type": "time", "data-now": "true"}
        ),
        **kwargs,
    )
