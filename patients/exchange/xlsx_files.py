"""Workbooks of Excel and LibreOffice (.xlsx), opened with suspicion.

XML is read by defusedxml, which openpyxl uses where it is there: no entities, no other files.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml import DEFUSEDXML

from patients.exchange.limits import MOST_PARTS, MOST_UNPACKED_BYTES, UnreadableFileError
from patients.exchange.neutral import FORMULA

ZIP_BEGINS = b"PK\x03\x04"
OLD_EXCEL_BEGINS = b"\xd0\xcf\x11\xe0"
_DAMAGED = "This workbook is damaged, or is none. Save it as .xlsx or CSV and choose it again."
_TOO_LARGE = "This workbook is far larger unpacked than a list of patients. Save it as CSV."
_WRONG = (
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError),
    *(OverflowError, NotImplementedError, ParseError, InvalidFileException),
    *(zipfile.BadZipFile, zipfile.LargeZipFile, DefusedXmlException),
)

if not DEFUSEDXML:
    raise ImportError("Workbooks of strangers are only read with defusedxml.")


def sheets_of(path: Path) -> tuple[str, list[str]]:
    """Return the name of the sheet that is read, the first, and those of the others."""
    with _opened(path, values=True) as book:
        first, *others = [sheet.title for sheet in book.worksheets]
        return first, others


def lines(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of the first sheet with their numbers; what a formula gave is its value.

    `FORMULA` stands where a formula's value is not in the file.
    """
    has_formulas = _has_formulas(path)
    with _opened(path, values=True) as book, _opened(path, values=False) as source:
        rows = _rows(book)
        formulas = _rows(source) if has_formulas else iter(())
        for number, (row, asked) in enumerate(zip_longest(rows, formulas, fillvalue=()), start=1):
            cells = [_cell(value) for value in row]
            for place, value in enumerate(asked if has_formulas else ()):
                is_formula = not isinstance(value, (int, float)) and _is_formula(value)
                if is_formula and place < len(cells) and cells[place] == "":
                    cells[place] = FORMULA
            yield number, cells


@contextmanager
def _opened(path: Path, *, values: bool) -> Iterator[Any]:
    _refuse_bombs(path)
    with path.open("rb") as file:  # By its name openpyxl would judge it.
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=values, keep_links=False)
            yield book
            book.close()
        except UnreadableFileError:
            raise
        except _WRONG as error:
            raise UnreadableFileError(_DAMAGED) from error


def _rows(book: Any) -> Iterator[tuple[Any, ...]]:
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # What a file says of its own size may be anything.
    return iter(sheet.iter_rows(values_only=True))


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except _WRONG as error:
        raise UnreadableFileError(_DAMAGED) from error
    # The archive's own sizes can be relied on: no more than that is ever unpacked of a part.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise UnreadableFileError(_TOO_LARGE)


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_mentions_formula(archive, name) for name in sheets)


def _mentions_formula(archive: zipfile.ZipFile, name: str) -> bool:
    before = b""
    with archive.open(name) as part:
        while chunk := part.read(1 << 20):
            text = before + chunk
            if b"<f>" in text or b"<f " in text or b":f>" in text or b"<f/" in text:
                return True
            before = text[-4:]
    return False


def _is_formula(value: Any) -> bool:
    return type(value).__name__ in ("ArrayFormula", "DataTableFormula") or (
        isinstance(value, str) and value.startswith("=")
    )


def _cell(value: Any) -> Any:
    """Return a cell as text, a day as a date; a whole number without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, (str, date)) else str(value)
