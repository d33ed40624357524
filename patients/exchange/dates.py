"""Dates of birth in an order that a person chose for the whole file."""

import re
from collections import Counter
from datetime import date
from typing import Any

from patients.dates import EARLIEST, dates_meant, parse_birth_date

ORDERS = {
    "dmy": "Day first: 22/11/1980",
    "mdy": "Month first: 11/22/1980",
    "iso": "Year first: 1980-11-22",
}
# What years of two digits were chosen to mean; nothing stands for it that a person did not choose.
LATEST = "latest"
SHORT_YEARS = {
    LATEST: "The latest year that is not in the future, as 80 for 1980",
    "refuse": "Not at all: these rows are errors",
}
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?\s*(Z|\+00:00)?$")
_PARTS = {
    "dmy": re.compile(r"(?P<d>\d{1,2})[\s./\-]+(?P<m>\d{1,2})[\s./\-]+(?P<y>\d{4})"),
    "mdy": re.compile(r"(?P<m>\d{1,2})[\s./\-]+(?P<d>\d{1,2})[\s./\-]+(?P<y>\d{4})"),
    "iso": re.compile(r"(?P<y>\d{4})[\s./\-]+(?P<m>\d{1,2})[\s./\-]+(?P<d>\d{1,2})"),
}
_RUN = {
    "dmy": re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})"),
    "mdy": re.compile(r"(?P<m>\d{2})(?P<d>\d{2})(?P<y>\d{4})"),
    "iso": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
}
_SHORT_PARTS = {
    order: re.compile(shape.pattern.replace(r"\d{4}", r"\d{2}")) for order, shape in _PARTS.items()
}
_SHORT_IN_WORDS = re.compile(r".*(?<!\d)\d{2}")
_LETTER = re.compile(r"[^\W\d_]")
SHORT_YEAR = (
    "The year has two digits: it could be this century or the last. Write four, or choose how such "
    "years are read, under “Read or check again”."
)


def parse(text: str, order: str, *, today: date, short_years: str = "") -> date:
    """Return the date that a text means in this order; a month in letters needs none.

    A year of two digits is read as `short_years` says, and refused where that is not `LATEST`.
    Raises `ValueError` with a sentence that says what is wrong.
    """
    tidy = _tidy(text)
    if has_short_year(tidy):
        if short_years != LATEST:
            raise ValueError(SHORT_YEAR)
        return _latest(tidy, order, today)
    if _LETTER.search(tidy):
        return parse_birth_date(tidy, today=today)
    match = _PARTS[order].fullmatch(tidy) or _RUN[order].fullmatch(tidy)
    if match is None:
        raise ValueError(
            f"This is not written as was chosen for the file, such as {_shape(order)}."
        )
    day = _existing(int(match["y"]), match)
    if day is None:
        raise ValueError(f"There is no such day when read as {_shape(order)}.")
    if day > today:
        raise ValueError("The date of birth lies in the future.")
    if day < EARLIEST:
        raise ValueError("The date of birth lies before 1900.")
    return day


def has_short_year(text: str) -> bool:
    """Whether a text is a date whose year has two digits."""
    tidy = _tidy(text)
    if _LETTER.search(tidy):
        return bool(_SHORT_IN_WORDS.fullmatch(tidy) and dates_meant(tidy, today=date.max))
    return any(shape.fullmatch(tidy) for shape in _SHORT_PARTS.values())


def _latest(tidy: str, order: str, today: date) -> date:
    """Return the latest day, not in the future, that a date with a year of two digits may mean."""
    if _LETTER.search(tidy):
        return max(dates_meant(tidy, today=today))
    match = _SHORT_PARTS[order].fullmatch(tidy)
    century = today.year // 100 * 100
    meant = (
        [_existing(first + int(match["y"]), match) for first in (century - 100, century)]
        if match
        else []
    )
    days = [day for day in meant if day and EARLIEST <= day <= today]
    if not days:
        raise ValueError(
            f"There is no such day when read as {_shape(order)}, its year in two digits."
        )
    return max(days)


def _tidy(text: str) -> str:
    return _MIDNIGHT.sub("", text.strip(" .,\n\t"))


def _shape(order: str) -> str:
    return ORDERS[order].split(": ")[1]


def _existing(year: int, match: re.Match[str]) -> date | None:
    try:
        return date(year, int(match["m"]), int(match["d"]))
    except ValueError:
        return None


class Examined:
    """Which orders the dates of a file fit, value by value."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.total = 0
        self.fits: Counter[str] = Counter()
        self.only: dict[str, str] = {}
        self.short = 0
        self.short_such_as = ""

    def look_at(self, text: str) -> None:
        """Count a value; one that fits one order alone is kept as its example.

        A month in letters needs no order, but its year may have two digits as well.
        """
        if has_short_year(text):
            self.short += 1
            self.short_such_as = self.short_such_as or text
        if _LETTER.search(_tidy(text)):
            return
        self.total += 1
        fitting = [order for order in ORDERS if _fits(text, order, self.today)]
        self.fits.update(fitting)
        if len(fitting) == 1:
            self.only.setdefault(fitting[0], text)

    def as_json(self) -> dict[str, Any]:
        """Return what was found, to be stored."""
        return {
            "total": self.total,
            "fits": dict(self.fits),
            "only": self.only,
            "short": self.short,
            "short_such_as": self.short_such_as,
        }


def proposed(examined: dict[str, Any]) -> str:
    """Return the one order that every date of the file fits, or "" where a person must choose."""
    whole = [order for order in ORDERS if examined["fits"].get(order, 0) == examined["total"] > 0]
    return whole[0] if len(whole) == 1 else ""


def _fits(text: str, order: str, today: date) -> bool:
    try:
        parse(text, order, today=today, short_years=LATEST)
    except ValueError:
        return False
    return True
