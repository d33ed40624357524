"""Dates of birth in an order that a person chose for the whole file."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from patients.dates import EARLIEST, parse_birth_date

ORDERS = {
    "dmy": "Day first: 22/11/1980",
    "mdy": "Month first: 11/22/1980",
    "iso": "Year first: 1980-11-22",
}
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?\s*(Z|\+00:00)?$")
_PARTS = {
    "dmy": re.compile(r"(?P<d>\d{1,2})[\s./\-]+(?P<m>\d{1,2})[\s./\-]+(?P<y>\d{4})"),
    "mdy": re.compile(r"(?P<m>\d{1,2})[\s./\-]+(?P<d>\d{1,2})[\s./\-]+(?P<y>\d{4})"),
    "iso": re.compile(r"(?P<y>\d{4})[\s./\-]?(?P<m>\d{1,2})[\s./\-]?(?P<d>\d{1,2})"),
}
_RUN = {
    "dmy": re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})"),
    "mdy": re.compile(r"(?P<m>\d{2})(?P<d>\d{2})(?P<y>\d{4})"),
    "iso": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
}
_SHORT_YEAR = re.compile(r"\d{1,2}[\s./\-]+\d{1,2}[\s./\-]+\d{2}")
_LETTER = re.compile(r"[^\W\d_]")
SHORT_YEAR = "The year has two digits: it could be this century or the last. Write four."


def parse(text: str, order: str, *, today: date) -> date:
    """Return the date that a text means in this order; a month in letters needs none.

    Raises `ValueError` with a sentence that says what is wrong.
    """
    tidy = _MIDNIGHT.sub("", text.strip())
    if _LETTER.search(tidy):
        return parse_birth_date(tidy, today=today)
    if _SHORT_YEAR.fullmatch(tidy):
        raise ValueError(SHORT_YEAR)
    match = _PARTS[order].fullmatch(tidy) or _RUN[order].fullmatch(tidy)
    shape = ORDERS[order].split(": ")[1]
    if match is None:
        raise ValueError(f"This is not written as was chosen for the file, such as {shape}.")
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError as error:
        raise ValueError(f"There is no such day when read as {shape}.") from error
    if day > today:
        raise ValueError("The date of birth lies in the future.")
    if day < EARLIEST:
        raise ValueError("The date of birth lies before 1900.")
    return day


class Examined:
    """Which orders the dates of a file fit, value by value."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.total = 0
        self.fits: Counter[str] = Counter()
        self.only: dict[str, str] = {}

    def look_at(self, text: str) -> None:
        """Count a value; one that fits one order alone is kept as its example."""
        self.total += 1
        fitting = [order for order in ORDERS if _fits(text, order, self.today)]
        self.fits.update(fitting)
        if len(fitting) == 1:
            self.only.setdefault(fitting[0], text)

    def as_json(self) -> dict[str, Any]:
        """Return what was found, to be stored."""
        return {"total": self.total, "fits": dict(self.fits), "only": self.only}


def proposed(examined: dict[str, Any]) -> str:
    """Return the one order that every date of the file fits, or "" where a person must choose."""
    whole = [order for order in ORDERS if examined["fits"].get(order, 0) == examined["total"] > 0]
    return whole[0] if len(whole) == 1 else ""


def numeric(texts: Iterable[str]) -> list[str]:
    """Return the dates in digits: those for which the order matters."""
    return [text for text in texts if text and not _LETTER.search(_MIDNIGHT.sub("", text))]


def _fits(text: str, order: str, today: date) -> bool:
    try:
        parse(text, order, today=today)
    except ValueError:
        return False
    return True
