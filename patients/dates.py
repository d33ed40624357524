"""Dates of birth as people write them, in British order: day, month, year."""

import calendar
import re
import unicodedata
from datetime import date

EARLIEST = date(1900, 1, 1)
HELP = "Write the day, the month and the year, such as 22 11 1980 or 22 Nov 1980."

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SEPARATOR = r"[\s./,\-]+"
_DAY_FIRST = re.compile(rf"([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{2,4}})")
_YEAR_FIRST = re.compile(rf"([0-9]{{4}}){_SEPARATOR}([0-9]{{1,2}}){_SEPARATOR}([0-9]{{1,2}})")
_DAY_NAMED = re.compile(
    rf"([0-9]{{1,2}})(?:st|nd|rd|th)?(?:{_SEPARATOR})?([a-z]{{3,9}})(?:{_SEPARATOR})?([0-9]{{2,4}})"
)
_MONTH_NAMED = re.compile(
    rf"([a-z]{{3,9}}){_SEPARATOR}([0-9]{{1,2}})(?:st|nd|rd|th)?{_SEPARATOR}([0-9]{{2,4}})"
)
_MONTH_AND_YEAR = re.compile(rf"([0-9]{{1,2}}){_SEPARATOR}([0-9]{{4}})")
_YEAR_AND_MONTH = re.compile(rf"([0-9]{{4}}){_SEPARATOR}([0-9]{{1,2}})")
_NAMED_AND_YEAR = re.compile(rf"([a-z]{{3,9}})(?:{_SEPARATOR})?([0-9]{{4}}|[0-9]{{2}})")
_RUN_DAY_FIRST = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})")
_RUN_YEAR_FIRST = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def parse_birth_date(text: str, *, today: date) -> date:
    """Return the date of birth that a text means.

    Raises `ValueError` with a sentence that says what to write: not a date, a year of two
    digits (it could be either century), a day that does not exist, before 1900, in the future.
    """
    readings = list(_readings(_tidy(text)))
    if not readings:
        raise ValueError(HELP)
    if all(len(year) != 4 for _, _, year in readings):
        raise ValueError("Write the year with four digits: it could be this century or the last.")
    days = [day for reading in readings if (day := _existing(*reading))]
    if not days:
        raise ValueError(_why_impossible(*readings[0]))
    usable = [day for day in days if EARLIEST <= day <= today]
    if usable:
        return usable[0]
    if days[0] > today:
        raise ValueError("The date of birth lies in the future.")
    raise ValueError("The date of birth lies before 1900.")


def dates_meant(text: str, *, today: date) -> list[date]:
    """Return every past date that a search text may mean; a year may have two digits."""
    found = []
    for day, month, year in _readings(_tidy(text)):
        for full_year in [f"19{year}", f"20{year}"] if len(year) == 2 else [year]:
            meant = _existing(day, month, full_year)
            if meant and EARLIEST <= meant <= today and meant not in found:
                found.append(meant)
    return found


def months_meant(text: str, *, today: date) -> list[tuple[date, date]]:
    """Return the first and last day of every month, begun by today, that a search text may mean.

    "August 1977", "Aug 77", "8/1977" or "1977-08"; a year of two digits only after a month's name.
    """
    found = []
    for month, year in _months_read(_tidy(text)):
        for full in [1900 + int(year), 2000 + int(year)] if len(year) == 2 else [int(year)]:
            if 1 <= month <= 12 and EARLIEST <= date(max(full, 1), month, 1) <= today:
                last = calendar.monthrange(full, month)[1]
                found.append((date(full, month, 1), date(full, month, last)))
    return found


def _months_read(text: str) -> list[tuple[int, str]]:
    """Return what the text may say, each as month number and year in digits."""
    if match := _MONTH_AND_YEAR.fullmatch(text):
        return [(int(match[1]), match[2])]
    if match := _YEAR_AND_MONTH.fullmatch(text):
        return [(int(match[2]), match[1])]
    if match := _NAMED_AND_YEAR.fullmatch(text):
        return [(number, match[2]) for number in _numbers_of(match[1])]
    return []


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split()).lower().strip(" .,")


def _readings(text: str) -> list[tuple[str, str, str]]:
    """Return what the text may say, each as day, month number and year, in digits."""
    found: list[tuple[str, str, str]] = []
    if match := _DAY_FIRST.fullmatch(text):
        found.append((match[1], match[2], match[3]))
    if match := _YEAR_FIRST.fullmatch(text):
        found.append((match[3], match[2], match[1]))
    if match := _DAY_NAMED.fullmatch(text):
        found += _named(match[1], match[2], match[3])
    if match := _MONTH_NAMED.fullmatch(text):
        found += _named(match[2], match[1], match[3])
    if match := _RUN_DAY_FIRST.fullmatch(text):
        found.append((match[1], match[2], match[3]))
    if match := _RUN_YEAR_FIRST.fullmatch(text):
        found.append((match[3], match[2], match[1]))
    return [reading for reading in found if len(reading[2]) != 3]


def _named(day: str, name: str, year: str) -> list[tuple[str, str, str]]:
    return [(day, str(number), year) for number in _numbers_of(name)]


def _numbers_of(name: str) -> list[int]:
    """Return the months whose name begins so, of three letters or more."""
    word = "sep" if name == "sept" else name
    return [
        number
        for number, month in enumerate(_MONTHS, start=1)
        if len(word) >= 3 and month.startswith(word)
    ]


def _existing(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _why_impossible(day: str, month: str, year: str) -> str:
    if not 1 <= int(month) <= 12:
        return f"There is no month {int(month)}. The day comes first: 22 11 1980."
    name = _MONTHS[int(month) - 1].capitalize()
    return f"There is no {int(day)} {name} {year}."
