"""Fields that understand what people type at a reception desk."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.base.templatetags.anagen import day
from patients import nhs, phone
from patients.dates import parse_birth_date
from patients.partial_dates import HELP as PARTIAL_DATE_HELP
from patients.partial_dates import PartialDate, parse_partial_date

# Control and other invisible characters, but not the joiners that some scripts are written with.
_JOINERS = "\u200c\u200d"


def one_line(text: str) -> str:
    """Return a text in one line, without invisible characters, accents joined to their letters."""
    return " ".join(_visible(unicodedata.normalize("NFC", text)).split())


def _visible(text: str) -> str:
    return "".join(
        " "
        if unicodedata.category(character).startswith("C") and character not in _JOINERS
        else character
        for character in text
    )


class ParagraphsField(forms.CharField):
    """Text of several lines, with one kind of line break and nothing invisible."""

    def to_python(self, value: Any) -> str:
        """Return the text with plain line breaks."""
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return "\n".join(_visible(line).rstrip() for line in text.split("\n")).strip()


class LineField(forms.CharField):
    """One line of text."""

    def to_python(self, value: Any) -> str:
        """Return the line without needless spaces."""
        return one_line(super().to_python(value) or "")


class NameField(LineField):
    """A name: a line with at least one letter in it."""

    def validate(self, value: str) -> None:
        """Refuse a name of signs and digits alone."""
        super().validate(value)
        if value and not any(character.isalpha() for character in value):
            raise ValidationError("Write the name in letters.")


class BirthDateField(forms.Field):
    """A date of birth in one field, day first, in any common form."""

    def to_python(self, value: Any) -> date | None:
        """Return the date, or say what to write instead."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_birth_date(text, today=timezone.localdate())
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        """Show a stored date as 22-Nov-1980, and what was typed as it was typed."""
        return day(value) if isinstance(value, date) else value


class PartialDateField(forms.Field):
    """A date as far as it is known: a year, a month and a year, or a day; never in the future."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", PARTIAL_DATE_HELP)
        options.setdefault("widget", forms.TextInput(attrs={"class": "w-date"}))
        super().__init__(**options)
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> PartialDate | None:
        """Return the date as far as it is known, or say what to write instead."""
        text = one_line(str(value or ""))
        if not text:
            return None
        try:
            return parse_partial_date(text, today=timezone.localdate())
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        """Show a stored date as exact as it is known, and what was typed as it was typed."""
        return str(value) if isinstance(value, PartialDate) else value


class PhoneField(forms.CharField):
    """A telephone number, kept as E.164."""

    def to_python(self, value: Any) -> str:
        """Return the number as E.164, or say what to write instead."""
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return phone.to_e164(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number as people read it."""
        return phone.readable(value) if isinstance(value, str) and value[:1] == "+" else value


class NHSNumberField(forms.CharField):
    """An NHS number with or without spaces, kept as ten digits; None when left empty."""

    def to_python(self, value: Any) -> str | None:
        """Return the ten digits, or say what is wrong with them."""
        text = super().to_python(value)
        if not text:
            return None
        try:
            return nhs.to_digits(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        """Show ten digits in groups of three, three and four."""
        if isinstance(value, str) and len(value) == 10 and value.isdigit():
            return f"{value[:3]} {value[3:6]} {value[6:]}"
        return value


class LowerEmailField(forms.EmailField):
    """An e-mail address in lower case, so that one address is always the same text."""

    def to_python(self, value: Any) -> str:
        """Return the address in lower case."""
        return (super().to_python(value) or "").lower()
