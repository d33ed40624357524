"""Text files with a delimiter, in the encodings that clinics' systems write."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from patients.exchange.limits import UnreadableFileError
from patients.exchange.neutral import of_text_file

ENCODINGS = {
    "utf-8-sig": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "utf-16-le": "Unicode (UTF-16, little end first)",
    "utf-16-be": "Unicode (UTF-16, big end first)",
    "cp1252": "Western European (Windows-1252)",
    "latin-1": "Western European (Latin-1)",
}
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}
_LINES_LOOKED_AT = 30
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def encoding_of(content: bytes) -> str:
    """Return the first encoding that every byte fits; Latin-1 fits everything and comes last."""
    if content.startswith(_UTF_16_MARKS):
        candidates = ["utf-16", "latin-1"]
    elif _looks_like_utf_16(content[1::2]):
        candidates = ["utf-16-le", "utf-8-sig", "cp1252", "latin-1"]
    elif _looks_like_utf_16(content[::2]):
        candidates = ["utf-16-be", "utf-8-sig", "cp1252", "latin-1"]
    else:
        candidates = ["utf-8-sig", "cp1252", "latin-1"]
    return next(name for name in candidates if _fits(content, name))


def _looks_like_utf_16(every_second: bytes) -> bool:
    """Whether these are the upper halves of letters: mostly noughts."""
    sample = every_second[:4000]
    return len(sample) > 1 and sample.count(0) * 2 > len(sample)


def _fits(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns, alike in most lines."""
    sample = "\n".join(text.splitlines()[: _LINES_LOOKED_AT * 4])[:50_000]

    def steadiness(delimiter: str) -> tuple[float, int]:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        except csv.Error:
            return (0, 0)
        widths = [len(row) for row in rows[:_LINES_LOOKED_AT]]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(usual) / len(widths) if usual > 1 else 0, usual)

    return max(DELIMITERS, key=steadiness)


def lines(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[Any]]]:
    """Yield each record with the number of the line on which it begins.

    `FORMULA` stands where a spreadsheet would calculate.
    """
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            begins = 1
            for cells in reader:
                yield begins, [of_text_file(cell) for cell in cells]
                begins = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            "Some of the file's characters do not fit this encoding. Choose another."
        ) from error
    except csv.Error as error:
        raise UnreadableFileError(
            "A cell of this file does not end: a quotation mark is missing, or the delimiter is "
            "another one."
        ) from error
