"""What is typed of a birth: "August 1977", or beside a name "okoro 1980", "22/11/80, Ada"."""

import re
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from patients.dates import EARLIEST, dates_meant, months_meant
from patients.finding.slips import slips

_NAME_FIRST = re.compile(r"(?P<name>\D+?)[\s,;(]+(?P<born>[0-9].*?)\)?")
_BORN_FIRST = re.compile(r"(?P<born>[0-9].*[0-9])[\s,;]+(?P<name>\D+)")
_YEAR = re.compile(r"[0-9]{2,5}")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Birth:
    """What was typed of a birth."""

    right: Q
    """Born when it says."""
    near: Q
    """Born when it may have been meant: one slip away in the year, or on another day of it."""


def month_of_birth(text: str, *, today: date) -> Q | None:
    """Return the condition that somebody was born in the month of a tidy search text, if it is one.

    Days of the month that are still to come find nobody, so that the month need not be over.
    """
    months = months_meant(text, today=today)
    return _within(months) if months else None


def name_and_birth(text: str, *, today: date) -> tuple[str, Birth] | None:
    """Return the two parts of a tidy search text, or None where it is something else."""
    match = _NAME_FIRST.fullmatch(text) or _BORN_FIRST.fullmatch(text)
    if match is None or not _LETTER.search(match["name"]):
        return None
    typed = match["born"].strip(" .,")
    birth = _year(typed, today) if _YEAR.fullmatch(typed) else _day(typed, today)
    return (match["name"], birth) if birth else None


def _year(typed: str, today: date) -> Birth:
    years = range(EARLIEST.year, today.year + 1)
    meant = [1900 + int(typed), 2000 + int(typed)] if len(typed) == 2 else [int(typed)]
    near = [year for year in years if not slips(typed).isdisjoint(slips(str(year)))]
    return Birth(
        right=_in_years([year for year in meant if year in years]),
        near=Q(date_of_birth__year__in=[year for year in near if str(year) != typed]),
    )


def _day(typed: str, today: date) -> Birth | None:
    days = dates_meant(typed, today=today)
    if not days:
        return _month(typed, today)
    return Birth(
        right=Q(date_of_birth__in=days),
        near=Q(date_of_birth__year__in={day.year for day in days}),
    )


def _month(typed: str, today: date) -> Birth | None:
    months = months_meant(typed, today=today)
    if not months:
        return None
    years = {first.year for first, _ in months}
    return Birth(right=_within(months), near=Q(date_of_birth__year__in=years))


def _in_years(years: list[int]) -> Q:
    """Return the condition that somebody was born in one of these years."""
    return _within([(date(year, 1, 1), date(year, 12, 31)) for year in years])


def _within(periods: list[tuple[date, date]]) -> Q:
    """Return the condition that somebody was born in one of these, which has an index.

    Of each period, the first and the last day.
    """
    each = (Q(date_of_birth__gte=first, date_of_birth__lte=last) for first, last in periods)
    return reduce(or_, each, Q(pk__in=[]))
