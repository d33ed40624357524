"""What a row of a file says, in the terms of the registration form and by its rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.base.forms import speak_plainly
from patients import contact, phone
from patients.details import FIELD_NAMES, PatientDetails, words_of
from patients.exchange import dates, names, words
from patients.exchange.columns import (
    BY_KEY,
    EXTERNAL_ID,
    FULL_NAME,
    NEED_KEYS,
    PHONES,
    WAY_KEYS,
    WHOLE_WISHES,
    words_in,
)
from patients.exchange.sheets import Cell, Line
from patients.forms.details import DetailsForm
from patients.forms.fields import one_line
from patients.models.needs import AccessNeed

LONGEST_EXTERNAL_ID = 80
VALUES_KEPT = 4096
_ADDRESS = ("address", "address_2", "address_3")
_PLACE = ("address", "town", "postcode")


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be taken: the column, what stands there, and what to do."""

    column: str
    value: str
    words: str

    def as_json(self) -> dict[str, str]:
        """Return it as it is stored."""
        return {"column": self.column, "value": self.value[:120], "words": self.words}


@dataclass
class Said:
    """What a row says: entries for the form by its fields, single yes and no by their keys.

    `where` has the header and the text of the cells that each field came from; `notes` are how
    something was read that can be read in more than one way.
    """

    external_id: str = ""
    entries: dict[str, Any] = field(default_factory=dict)
    switches: dict[str, bool] = field(default_factory=dict)
    where: dict[str, tuple[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def fields(self) -> set[str]:
        """The fields of the details of which the row says something."""
        return set(self.entries) | {BY_KEY[key].field for key in self.switches}

    @property
    def name(self) -> str:
        """The name as lists write it, as far as the row gives it."""
        family = self.entries.get("family_name", "")
        parts = [str(family).upper(), self.entries.get("given_names", "")]
        return ", ".join(part for part in parts if part)[:170]


class _RowForm(DetailsForm):
    """The registration form, made once and asked about row after row."""

    def __init__(self) -> None:
        super().__init__({})
        for each in self.fields.values():
            speak_plainly(each)
            if isinstance(each, forms.ChoiceField):
                fixed: list[Any] = list(each.choices)  # type: ignore[arg-type]
                each.choices = fixed  # Else put together anew for every row.

        self._clean_once = lru_cache(maxsize=VALUES_KEPT)(self._clean_one)

    def full_clean(self) -> None:
        """Check a row; the words of the fields are plain already."""
        forms.Form.full_clean(self)

    def _clean_fields(self) -> None:
        """Check each field; what stands in many rows, such as nothing, is checked once."""
        for name in self.fields:
            raw = self.data.get(name)
            try:
                value = self._clean_once(name, tuple(raw) if isinstance(raw, list) else raw)
                self.cleaned_data[name] = value
                if further := getattr(self, f"clean_{name}", None):
                    self.cleaned_data[name] = further()
            except ValidationError as error:
                self.add_error(name, error)

    def _clean_one(self, name: str, raw: Any) -> Any:
        field = self.fields[name]
        return field.clean(field.widget.value_from_datadict({name: raw}, {}, name))


class Reader:
    """Reads rows as the person who imports them chose."""

    def __init__(self, headers: Sequence[str], reading: dict[str, Any], *, today: date) -> None:
        keys = reading["columns"]
        self.columns = [(place, key) for place, key in enumerate(keys) if key]
        self.headers = headers
        self.reading = reading
        self.today = today
        self._form = _RowForm()
        self._nothing = entries_of(PatientDetails("", ""))

    def read(self, line: Line) -> Said:
        """Return what a row says; what cannot be read is a problem."""
        said = Said()
        for place, key in self.columns:
            header = self.headers[place]
            if place in line.refused:
                said.problems.append(Problem(header, "", line.refused[place]))
                continue
            cell = line.cells[place] if place < len(line.cells) else ""
            if cell != "":
                self._take(said, key, header, cell)
        self._add_country(said)
        return said

    def details(
        self, said: Said, stored: PatientDetails | None
    ) -> tuple[PatientDetails | None, list[Problem]]:
        """Return the details that the row makes of those that are stored, by the form's rules."""
        base = entries_of(stored) if stored else self._nothing
        form = self._form
        form.data = base | said.entries | _lists(said.switches, base)
        form.full_clean()
        if not form.errors:
            return form.details(), []
        return None, [self._problem(said, name, errors) for name, errors in form.errors.items()]

    def _problem(self, said: Said, name: str, errors: Any) -> Problem:
        label = "" if name not in self._form.fields else str(self._form.fields[name].label or name)
        header, value = said.where.get(name, (label, ""))
        return Problem(header, value, " ".join(str(each) for each in errors))

    def _take(self, said: Said, key: str, header: str, cell: Cell) -> None:
        text = cell.isoformat() if isinstance(cell, date) else cell
        try:
            entries = self._entries(key, cell, text, said)
        except ValueError as error:
            said.problems.append(Problem(header, text, str(error)))
            said.where.setdefault(BY_KEY[key].field, (header, text))
            return
        for name, value in entries.items():
            said.entries[name] = value
            said.where.setdefault(name, (header, text))

    def _entries(self, key: str, cell: Cell, text: str, said: Said) -> dict[str, Any]:
        if key == EXTERNAL_ID:
            said.external_id = _external_id(text)
            return {}
        if key in WHOLE_WISHES or key in WAY_KEYS or key in NEED_KEYS:
            said.switches[key] = words.yes_or_no(text)
            return {}
        if key == FULL_NAME:
            parts = names.split(one_line(text), self.reading["name_order"])
            return {name: part for name, part in parts.items() if name not in said.entries}
        if key == "date_of_birth":
            return {key: self._born(cell, said).isoformat()}
        if key in _ADDRESS:
            before = said.entries.get("address", "")
            return {"address": f"{before}\n{text}" if before else text}
        return self._choice(key, text)

    def _choice(self, key: str, text: str) -> dict[str, Any]:
        if key in PHONES:
            return {key: self._phone(text)}
        if key == "sex":
            return {key: self._sex(text)}
        if key == "needs_interpreter":
            return {key: words.yes_or_no(text)}
        if key == "country":
            return {key: words.country(text)}
        if key == "nhs_number_status":
            return {key: words.nhs_number_status(text)}
        if key == "language":
            code, other = words.language(one_line(text))
            return {key: code, "language_words": other}
        if key == "heard_of":
            choice, other = words.heard_of(one_line(text))
            return {key: choice, **({"heard_of_words": other} if other else {})}
        return {key: text}

    def _born(self, cell: Cell, said: Said) -> date:
        if isinstance(cell, date):  # In the workbook, which has no order.
            return dates.parse(cell.isoformat(), "iso", today=self.today)
        born = dates.parse(
            cell,
            self.reading.get("date_order", ""),
            today=self.today,
            short_years=self.reading.get("short_years", ""),
        )
        if dates.has_short_year(cell):
            said.notes.append(f"Born “{cell}”: read as {words_of('date_of_birth', born)}.")
        return born

    def _phone(self, text: str) -> str:
        try:
            return phone.to_e164(text, region=self.reading["phone_region"])
        except ValueError as error:
            raise ValueError(f"{error} One number in a cell.") from error

    def _sex(self, text: str) -> str:
        chosen = self.reading.get("sex_words", {}).get(words_in(text), "")
        if not chosen:
            raise ValueError("What this means for the sex at birth was not chosen for the file.")
        return str(chosen)

    def _add_country(self, said: Said) -> None:
        country = self.reading.get("address_country", "")
        if country and "country" not in said.entries and said.fields.intersection(_PLACE):
            said.entries["country"] = country


def entries_of(details: PatientDetails) -> dict[str, Any]:
    """Return details as they would be typed into the form."""
    values = {name: getattr(details, name) for name in FIELD_NAMES}
    return {name: "" if value is None else _typed(value) for name, value in values.items()}


def plain_value(value: Any) -> Any:
    """Return a detail as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def details_from(values: dict[str, Any], base: PatientDetails | None = None) -> PatientDetails:
    """Return the details that `plain_value` made these of, laid over others."""
    start = {name: getattr(base, name) for name in FIELD_NAMES} if base else {}
    given = dict(values)
    if born := given.get("date_of_birth"):
        given["date_of_birth"] = date.fromisoformat(born)
    return PatientDetails(**{**start, **given})


def _typed(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _external_id(text: str) -> str:
    number = one_line(text)
    if len(number) > LONGEST_EXTERNAL_ID:
        raise ValueError(f"A number of at most {LONGEST_EXTERNAL_ID} characters is kept.")
    return number


def _lists(switches: dict[str, bool], base: dict[str, Any]) -> dict[str, Any]:
    """Return the lists of the form with what was switched on and off."""
    if not switches:
        return {}
    chosen = {*base["contact_allowed"], *(f"need:{need}" for need in base["access_needs"])}
    for key in sorted(switches, key=lambda key: key not in WHOLE_WISHES):
        ways = _ways_of(key)
        chosen = chosen | ways if switches[key] else chosen - ways
    return {
        "contact_allowed": contact.in_order([key for key in chosen if key in WAY_KEYS]),
        "access_needs": [need for need in AccessNeed.values if f"need:{need}" in chosen],
    }


def _ways_of(key: str) -> set[str]:
    if key not in WHOLE_WISHES:
        return {key}
    about = (contact.About.VISITS, contact.About.CARE)
    return {contact.way(WHOLE_WISHES[key], each) for each in about}
