"""Patients as the lines of a file that the import reads again without loss."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

import phonenumbers
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from phonenumbers import PhoneNumberFormat

from patients.exchange.columns import (
    BY_KEY,
    EXTERNAL_ID,
    FULL_NAME,
    NEED_KEYS,
    PHONES,
    WAY_KEYS,
    WHOLE_WISHES,
)
from patients.exchange.neutral import harmless, harmless_as_text
from patients.models import Patient

_NOT_EXPORTED = {FULL_NAME, EXTERNAL_ID, "address_2", "address_3", *WHOLE_WISHES}
NUMBER = "number"
EXPORTED = {NUMBER: "Patient number"} | {
    key: column.label for key, column in BY_KEY.items() if key not in _NOT_EXPORTED
}
_BATCH = 500


def cells_of(patient: Patient, columns: Iterable[str]) -> list[str]:
    """Return what stands in the cells of a patient, as text."""
    return [_text(patient, key) for key in columns]


def csv_lines(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8 with its mark, by which Excel knows it; formulas made harmless."""
    yield b"\xef\xbb\xbf"
    for row in rows:
        text = io.StringIO()
        csv.writer(text).writerow([harmless(cell) for cell in row])
        yield text.getvalue().encode()


def write_xlsx(rows: Iterable[list[str]], file: IO[bytes]) -> None:
    """Write a workbook in which every cell is typed as text, so that none is calculated."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Patients")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_text_cell(sheet, cell) for cell in row])
    book.save(file)


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=harmless_as_text(text))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _text(patient: Patient, key: str) -> str:
    if key in WAY_KEYS:
        return _yes_or_no(key in patient.contact_allowed)
    if key in NEED_KEYS:
        return _yes_or_no(key.removeprefix("need:") in patient.access_needs)
    if key in _SPECIAL:
        return _SPECIAL[key](patient)
    value = getattr(patient, key)
    return _international(value) if key in PHONES else str(value or "")


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _international(e164: str) -> str:
    """Return a number with its country code: it means the same wherever the file is read."""
    if not e164:
        return ""
    number = phonenumbers.parse(e164)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


_SPECIAL: dict[str, Callable[[Patient], str]] = {
    "sex": lambda patient: patient.sex_label,
    "language": lambda patient: patient.language_label,
    "needs_interpreter": lambda patient: _yes_or_no(patient.needs_interpreter),
    "nhs_number_status": lambda patient: (
        patient.get_nhs_number_status_display() if patient.nhs_number_status else ""
    ),
    "heard_of": lambda patient: patient.get_heard_of_display() if patient.heard_of else "",
    "date_of_birth": lambda patient: (
        patient.date_of_birth.isoformat() if patient.date_of_birth else ""
    ),
}


def batched_rows(patients: Any, columns: list[str]) -> Iterator[list[str]]:
    """Yield the header and then each patient's cells, a few hundred patients in memory."""
    yield [EXPORTED[key] for key in columns]
    for patient in patients.iterator(chunk_size=_BATCH):
        yield cells_of(patient, columns)
