"""A name with a year or date of birth beside it: "okoro 1980", "22/11/80, Ada Okoro"."""

import re
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from patients.dates import EARLIEST, dates_meant

_NAME_FIRST = re.compile(r"(?P<name>\D+?)[\s,;(]+(?P<born>[0-9].*?)\)?")
_BORN_FIRST = re.compile(r"(?P<born>[0-9].*[0-9])[\s,;]+(?P<name>\D+)")
_YEAR = re.compile(r"[0-9]{2,5}")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class NameAndBirth:
    """A name, and what was typed of the birth."""

    name: str
    born: Q
    """Born when it says."""
    nearly: Q
    """Born when it may have been meant: one slip away in the year, or on another day of it."""


def name_and_birth(text: str, *, today: date) -> NameAndBirth | None:
    """Return the two parts of a tidy search text, or None where it is something else."""
    match = _NAME_FIRST.fullmatch(text) or _BORN_FIRST.fullmatch(text)
    if match is None or not _LETTER.search(match["name"]):
        return None
    typed = match["born"].strip(" .,")
    if _YEAR.fullmatch(typed):
        meant = _years_meant(typed, today)
        near = [year for year in _all_years(today) if is_one_slip_away(str(year), typed)]
        return NameAndBirth(match["name"], _in_years(meant), _in_years(near))
    days = dates_meant(typed, today=today)
    if not days:
        return None
    same_years = sorted({day.year for day in days})
    return NameAndBirth(match["name"], Q(date_of_birth__in=days), _in_years(same_years))


def is_one_slip_away(meant: str, typed: str) -> bool:
    """Say whether one sign is left out, doubled, wrong or has changed places with the next."""
    return meant != typed and any(_slips_at(place, meant, typed) for place in range(len(meant) + 1))


def _slips_at(place: int, meant: str, typed: str) -> bool:
    before, after = meant[:place], meant[place:]
    if typed[:place] != before:
        return False
    rest = typed[place:]
    left_out, swapped = after[1:], after[1:2] + after[:1] + after[2:]
    return rest in (left_out, swapped) or rest[1:] in (after, after[1:])


def _all_years(today: date) -> range:
    return range(EARLIEST.year, today.year + 1)


def _years_meant(typed: str, today: date) -> list[int]:
    years = [1900 + int(typed), 2000 + int(typed)] if len(typed) == 2 else [int(typed)]
    return [year for year in years if year in _all_years(today)]


def _in_years(years: list[int]) -> Q:
    """Return the condition that somebody was born in one of these years, as ranges of days."""
    each = (
        Q(date_of_birth__gte=date(year, 1, 1), date_of_birth__lte=date(year, 12, 31))
        for year in years
    )
    return reduce(or_, each, Q(pk__in=[]))
