"""Files as lines of cells, whatever wrote them."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from patients.exchange import csv_files, xlsx_files
from patients.exchange.limits import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_LINES_ABOVE,
    MOST_ROWS,
    UnreadableFileError,
)
from patients.exchange.neutral import FORMULA, as_meant

Cell = str | date
FORMULA_WITHOUT_VALUE = "This cell has a formula whose result is not in the file."
TOO_LONG = f"This cell has more than {LONGEST_CELL:,} characters."
_KEPT = "\n\t\u200c\u200d"


@dataclass(frozen=True)
class Line:
    """A line of a file; `number` is the one that a spreadsheet shows, from 1.

    A cell that was not read is empty, and `refused` says why, by its place.
    """

    number: int
    cells: list[Cell]
    refused: dict[int, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.refused and not any(self.cells)


@dataclass(frozen=True)
class Format:
    """How a file is to be read. `kind` is csv or xlsx; the rest is for csv."""

    kind: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    others: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "kind": self.kind,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheet": self.sheet,
            "others": list(self.others),
        }

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Format":
        """Return what was stored."""
        return cls(**{**stored, "others": tuple(stored.get("others", ()))})


def format_of(path: Path) -> Format:
    """Look at a file and say how it is to be read. Raises `UnreadableFileError`."""
    content = path.read_bytes()
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError("The file is empty.")
    if content.startswith(xlsx_files.ZIP_BEGINS):
        sheet, others = xlsx_files.sheets_of(path)
        return Format("xlsx", sheet=sheet, others=tuple(others))
    if content.startswith(xlsx_files.OLD_EXCEL_BEGINS):
        raise UnreadableFileError(
            "This is a workbook of the old kind or one with a password. "
            "Save it as .xlsx without a password, or as CSV, and choose it again."
        )
    encoding = csv_files.encoding_of(content)
    return Format("csv", encoding, csv_files.delimiter_of(content.decode(encoding)))


def lines_of(path: Path, how: Format) -> Iterator[Line]:
    """Yield the lines of a file one by one. Raises `UnreadableFileError`."""
    raw = (
        xlsx_files.lines(path)
        if how.kind == "xlsx"
        else csv_files.lines(path, how.encoding, how.delimiter)
    )
    for count, (number, cells) in enumerate(raw):
        if count > MOST_ROWS + MOST_LINES_ABOVE:
            raise UnreadableFileError(f"The file has more than {MOST_ROWS:,} rows. Cut it in two.")
        yield _line(number, cells)


def first_lines(path: Path, how: Format, most: int) -> list[Line]:
    """Return the first lines, to be looked at."""
    return list(islice(lines_of(path, how), most))


def header_line(lines: list[Line]) -> int:
    """Return the number of the line that is most likely the header.

    It is the first that has as many cells filled as the widest of the lines below it, or nearly
    so: titles above a table are narrow.
    """
    widest = max((_filled(line) for line in lines), default=0)
    for line in lines[:MOST_LINES_ABOVE]:
        if _filled(line) and _filled(line) * 10 >= widest * 6:
            return line.number
    return lines[0].number if lines else 1


def headers_of(line: Line) -> list[str]:
    """Return the names of the columns; two of one name are told apart by their place."""
    names: list[str] = []
    for place, cell in enumerate(line.cells):
        name = " ".join(str(cell).split())[:80] or f"Column {place + 1}"
        names.append(f"{name} ({place + 1})" if name in names else name)
    return names


def _filled(line: Line) -> int:
    return sum(bool(cell) for cell in line.cells)


def _line(number: int, cells: list[Any]) -> Line:
    while cells and cells[-1] in ("", None):
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise UnreadableFileError(
            f"Line {number} has more than {MOST_COLUMNS} columns. Leave out what is not needed."
        )
    refused: dict[int, str] = {}
    clean: list[Cell] = []
    for place, cell in enumerate(cells):
        if cell is FORMULA:
            refused[place], cell = FORMULA_WITHOUT_VALUE, ""
        elif isinstance(cell, str) and len(cell) > LONGEST_CELL:
            refused[place], cell = TOO_LONG, ""
        clean.append(cell if isinstance(cell, date) else _tidy(cell))
    return Line(number, clean, refused)


def _tidy(text: str) -> str:
    """Return the text without control characters, which the database could not keep."""
    if not text.isprintable():
        text = "".join(
            each for each in text.replace("\r\n", "\n") if each in _KEPT or _is_visible(each)
        )
    return as_meant(text.strip(" \n\t\u00a0"))


def _is_visible(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")
