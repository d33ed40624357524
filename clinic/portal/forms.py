"""What a patient types to open a private link."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.base.forms import PlainForm

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NOT_WHOLE = "Write the day, the month and the year."
FIRST_YEAR = 1900
SHORT_YEAR = "Write the year with four digits, like 1980."
NOT_A_DATE = "That is not a date. Write it in numbers, like 22 11 1980."


def _part(label: str, autocomplete: str, css_class: str) -> forms.CharField:
    attributes = {"class": css_class, "autocomplete": autocomplete, "inputmode": "numeric"}
    return forms.CharField(
        label=label,
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs=attributes),
    )


class BirthForm(PlainForm):
    """A date of birth in three parts; the month may be a word."""

    day = _part("Day", "bday-day", "w-day")
    month = _part("Month", "bday-month", "w-month")
    year = _part("Year", "bday-year", "w-year")

    def clean(self) -> dict[str, Any]:
        """Put the parts together as `date_of_birth`."""
        data = super().clean() or {}
        if not self.errors:
            if not (data["day"] and data["month"] and data["year"]):
                raise ValidationError(NOT_WHOLE)
            data["date_of_birth"] = _date(data["day"], data["month"], data["year"])
        return data


def _date(day: str, month: str, year: str) -> date:
    try:
        answer = date(_whole(year), _month(month), _whole(day))
    except (ValueError, OverflowError) as error:
        raise ValidationError(NOT_A_DATE) from error
    if answer.year < FIRST_YEAR:
        raise ValidationError(SHORT_YEAR)
    return answer


def _month(text: str) -> int:
    start = text.strip().lower()[:3]
    return _MONTHS.index(start) + 1 if start in _MONTHS else _whole(text)


def _whole(text: str) -> int:
    return int(text.strip().rstrip("."))
