"""Forms that say in plain words, with the unit, what is wrong with an entry."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

_Words = dict[str, str]

_ARRIVED_BROKEN = "This page arrived incomplete. Open it again."
_NOT_LISTED = "Choose one of those listed."

# What is said for each kind of field; a later line overrides an earlier one.
_SAID: tuple[tuple[type[forms.Field], _Words], ...] = (
    (forms.Field, {"required": "This is needed.", "invalid": "This cannot be read."}),
    (
        forms.CharField,
        {
            "max_length": "Write at most %(limit_value)d characters; these are %(show_value)d.",
            "min_length": "Write at least %(limit_value)d characters; these are %(show_value)d.",
            "null_characters_not_allowed": "This holds a character that cannot be stored.",
        },
    ),
    (
        forms.IntegerField,
        {
            "invalid": "Write a whole number, such as 3.",
            "step_size": "Write a multiple of %(limit_value)s.",
        },
    ),
    (forms.FloatField, {"invalid": "Write a number, such as 2.5."}),
    (
        forms.DecimalField,
        {
            "invalid": "Write a number, such as 2.5.",
            "max_digits": "Write at most %(max)s digits.",
            "max_decimal_places": "Write at most %(max)s digits after the point.",
            "max_whole_digits": "Write at most %(max)s digits before the point.",
        },
    ),
    (forms.DateField, {"invalid": "Write a day, such as 23/11/2026."}),
    (forms.TimeField, {"invalid": "Write a time, such as 14:30."}),
    (forms.DateTimeField, {"invalid": "Write a day and a time, such as 23/11/2026 14:30."}),
    (forms.EmailField, {"invalid": "Write the whole address, such as name@example.org."}),
    (forms.UUIDField, {"invalid": _ARRIVED_BROKEN}),
    (forms.ChoiceField, {"required": "Choose one.", "invalid_choice": _NOT_LISTED}),
    (
        forms.MultipleChoiceField,
        {
            "required": "Choose at least one.",
            "invalid_choice": _NOT_LISTED,
            "invalid_list": _ARRIVED_BROKEN,
        },
    ),
    (forms.BooleanField, {"required": "Tick this to go on."}),
    (
        forms.FileField,
        {
            "required": "Choose a file.",
            "invalid": "No file arrived. Choose it again.",
            "missing": "No file arrived. Choose it again.",
            "empty": "This file is empty.",
            "max_length": "The name of this file is too long.",
        },
    ),
)


class AskedAgainField(forms.BooleanField):
    """A box that says that an unusual entry is meant.

    Its error is the question in full, so the summary does not write the box's words before it.
    """

    error_says_all = True


class PlainForm(forms.Form):
    """The form that every form of the product is: a sentence of its own wins over these.

    No entry has a `maxlength`: with it a browser cuts what is pasted, and says nothing. What is
    too long arrives whole, comes back whole, and is refused in words.
    """

    def __getitem__(self, name: str) -> forms.BoundField:
        """Return a field as it is shown, which lets everything be typed."""
        shown = super().__getitem__(name)
        shown.field.widget.attrs.pop("maxlength", None)
        return shown

    def full_clean(self) -> None:
        """Check what was typed, and say in plain words what is wrong with it."""
        for field in self.fields.values():
            speak_plainly(field)
        super().full_clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error; a choice by an identifier that is none is a choice not listed."""
        chosen = self.fields.get(field or "")
        if isinstance(chosen, forms.ModelChoiceField) and getattr(error, "code", "") == "invalid":
            error = ValidationError(chosen.error_messages["invalid_choice"], code="invalid_choice")
        super().add_error(field, error)


def speak_plainly(field: forms.Field) -> None:
    """Put our sentences where a field still has Django's."""
    usual = _of_django(field)
    for code, words in {**_words_of(field), **_bounds_in_words(field)}.items():
        if field.error_messages.get(code) == usual.get(code):
            field.error_messages[code] = words


def _of_django(field: forms.Field) -> dict[str, Any]:
    """Return the sentences that Django gives a field of this kind."""
    found: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        if kind.__module__.startswith("django."):
            found |= getattr(kind, "default_error_messages", {})
    return found


def _words_of(field: forms.Field) -> _Words:
    words: _Words = {}
    for kind, said in _SAID:
        if isinstance(field, kind):
            words |= said
    return words


def _bounds_in_words(field: forms.Field) -> _Words:
    """Return the refusal of a number out of bounds, with its unit."""
    if not isinstance(field, forms.IntegerField):
        return {}
    lowest, highest = field.min_value, field.max_value
    if lowest is not None and highest is not None:
        bounds = f"between {lowest} and {highest}"
    elif lowest is not None:
        bounds = f"{lowest} or more"
    else:
        bounds = f"{highest} or less"
    sentence = f"This must be {f'{bounds} {_unit_of(field)}'.strip()}."
    return {"min_value": sentence, "max_value": sentence}


def _unit_of(field: forms.Field) -> str:
    """Return the unit beside the field, unless it says the scale, as "of 10" does."""
    unit = str(field.widget.attrs.get("data-unit", ""))
    # Django fills places in these sentences.
    return "" if unit.startswith("of ") else unit.replace("%", "%%")
