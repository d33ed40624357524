"""Dates as people know them: a day, a month of a year, or a year alone. No day is invented.

A table keeps such a date in two columns, `<name>_date` and `<name>_precision`: the first day of
what is known, and how much of it is known.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractMonth, ExtractYear

from clinic.base.templatetags.anagen import MONTHS, day
from patients.dates import parse_birth_date

HELP = "2019, March 2021 or 22 Nov 2026: as much as is known"
_UNREADABLE = "Write a year, a month and a year, or a whole date: 2019, March 2021, 22 Nov 2026."
_EARLIEST_YEAR = 1900

_YEAR = re.compile(r"[0-9]{4}")
_MONTH_NAMED = re.compile(r"([a-z]{3,9})[\s./,\-]*([0-9]{4})")
_MONTH_FIRST = re.compile(r"([0-9]{1,2})[\s./\-]+([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[\s./\-]+([0-9]{1,2})")


class Precision(models.TextChoices):
    """How much of a date is known."""

    DAY = "day", "Day"
    MONTH = "month", "Month"
    YEAR = "year", "Year"


@dataclass(frozen=True)
class PartialDate:
    """A date as far as it is known; `first` is its first possible day."""

    first: date
    precision: str = Precision.DAY

    @classmethod
    def of(cls, row: models.Model, name: str) -> Self | None:
        """Return the date that a row keeps under this name, or None."""
        first = getattr(row, f"{name}_date")
        return cls(first, getattr(row, f"{name}_precision")) if first else None

    @property
    def last(self) -> date:
        """The last possible day."""
        if self.precision == Precision.YEAR:
            return self.first.replace(month=12, day=31)
        if self.precision == Precision.MONTH:
            _, days = calendar.monthrange(self.first.year, self.first.month)
            return self.first.replace(day=days)
        return self.first

    def __str__(self) -> str:
        if self.precision == Precision.YEAR:
            return f"{self.first.year:04d}"
        if self.precision == Precision.MONTH:
            return f"{MONTHS[self.first.month - 1]} {self.first.year:04d}"
        return str(day(self.first))


def parse_partial_date(text: str, *, today: date) -> PartialDate:
    """Return the date that a text means, as exact as it is written.

    Raises `ValueError` with a sentence that says what to write: unreadable, a year of two digits,
    a day or month that does not exist, before 1900, in the future.
    """
    tidy = " ".join(text.split()).lower().strip(" .,")
    meant = _year_or_month(tidy) or _whole_date(tidy, today)
    if meant.first.year < _EARLIEST_YEAR:
        raise ValueError("This date lies before 1900.")
    if meant.first > today:
        raise ValueError("This date lies in the future.")
    return meant


def spread(values: dict[str, Any], name: str) -> dict[str, Any]:
    """Return values with the partial date of this name as the two columns that keep it."""
    others = {key: value for key, value in values.items() if key != name}
    return others | as_columns(name, values.get(name))


def as_columns(name: str, known: PartialDate | None) -> dict[str, Any]:
    """Return the two columns that keep a partial date."""
    return {
        f"{name}_date": known.first if known else None,
        f"{name}_precision": known.precision if known else Precision.DAY,
    }


def precision_field() -> "models.CharField[str, str]":
    """Return the column that says how much of the date beside it is known."""
    return models.CharField(max_length=5, choices=Precision, default=Precision.DAY)


def as_exact_as_known(table: str, name: str) -> models.CheckConstraint:
    """Return the constraint that a month is kept as its first day, and a year as its first."""
    field, precision = f"{name}_date", f"{name}_precision"
    first_of_month = Q(**{f"{field}__isnull": False, f"{field}__day": 1})
    return models.CheckConstraint(
        name=f"{table}_{name}_as_known",
        condition=Q(**{precision: Precision.DAY})
        | (Q(**{precision: Precision.MONTH}) & first_of_month)
        | (Q(**{precision: Precision.YEAR, f"{field}__month": 1}) & first_of_month),
        violation_error_message="A date is kept as exact as it is known, no more.",
    )


def may_be_in_order(first: str, later: str) -> Q:
    """Return the condition that the later date, where both are known, can come after the first."""
    begins, ends = f"{first}_date", f"{later}_date"
    same_year = Q(**{f"{ends}__year": ExtractYear(begins)})
    return (
        Q(**{f"{begins}__isnull": True})
        | Q(**{f"{ends}__isnull": True})
        | Q(**{f"{ends}__gte": F(begins)})
        | (Q(**{f"{later}_precision": Precision.YEAR}) & same_year)
        | (
            Q(**{f"{later}_precision": Precision.MONTH})
            & same_year
            & Q(**{f"{ends}__month": ExtractMonth(begins)})
        )
    )


def may_reach(name: str, first_day: date) -> Q:
    """Return the condition that a date, as far as it is known, may be this day or a later one."""
    field, precision = f"{name}_date", f"{name}_precision"
    return (
        Q(**{precision: Precision.DAY, f"{field}__gte": first_day})
        | Q(**{precision: Precision.MONTH, f"{field}__gte": first_day.replace(day=1)})
        | Q(**{precision: Precision.YEAR, f"{field}__gte": first_day.replace(month=1, day=1)})
    )


def _year_or_month(text: str) -> PartialDate | None:
    if _YEAR.fullmatch(text):
        return _first_of(int(text), 1, Precision.YEAR)
    if match := _MONTH_NAMED.fullmatch(text):
        month = _month_number(match[1])
        return _first_of(int(match[2]), month, Precision.MONTH) if month else None
    if match := _MONTH_FIRST.fullmatch(text):
        return _first_of(int(match[2]), int(match[1]), Precision.MONTH)
    if match := _YEAR_FIRST.fullmatch(text):
        return _first_of(int(match[1]), int(match[2]), Precision.MONTH)
    return None


def _first_of(year: int, month: int, precision: str) -> PartialDate:
    if not 1 <= month <= 12:
        raise ValueError(f"There is no month {month}.")
    if not year:
        raise ValueError("This date lies before 1900.")
    return PartialDate(date(year, month, 1), precision)


def _month_number(word: str) -> int:
    names = [name.lower() for name in calendar.month_name]
    short = "sep" if word == "sept" else word
    return next((at for at, name in enumerate(names) if at and name.startswith(short)), 0)


def _whole_date(text: str, today: date) -> PartialDate:
    try:
        return PartialDate(parse_birth_date(text, today=today))
    except ValueError as error:
        raise ValueError(_in_other_words(str(error))) from error


def _in_other_words(sentence: str) -> str:
    """Return what is wrong with a date, which here is no date of birth."""
    if sentence.startswith("Write the day"):
        return _UNREADABLE
    return sentence.replace("The date of birth", "This date")
