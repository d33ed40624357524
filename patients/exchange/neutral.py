"""Cells that a spreadsheet would take for a formula, made harmless and back."""

import re
from typing import Final

# What stands where a cell would be calculated and the result is not in the file.
FORMULA: Final = object()
# What spreadsheets begin a formula with, also in the wide forms of East Asian keyboards.
_FORMULA = "=+\\-@\t\r\n＝＋－＠"
_WOULD_RUN = re.compile(f"'*[{_FORMULA}]")
_MADE_HARMLESS = re.compile(f"'+[{_FORMULA}]")


# ="…" is how systems keep a spreadsheet from reading a phone number as a number.
_AS_TEXT = re.compile(r'\s*="((?:[^"]|"")*)"\s*')


def harmless(text: str) -> str:
    """Return a cell's text with an apostrophe before what a spreadsheet would calculate."""
    return f"'{text}" if _WOULD_RUN.match(text) else text


def harmless_as_text(text: str) -> str:
    """Return what to write in a cell that is typed as text: only what `as_meant` would strip."""
    return f"'{text}" if _MADE_HARMLESS.match(text) else text


def of_text_file(text: str) -> object:
    """Return what a cell of a text file says: its text, or `FORMULA` where one would be run."""
    if not text.lstrip().startswith(("=", "＝")):
        return text
    held = _AS_TEXT.fullmatch(text)
    return held[1].replace('""', '"') if held else FORMULA


def as_meant(text: str) -> str:
    """Return the text without the apostrophe that made it harmless."""
    return text[1:] if _MADE_HARMLESS.match(text) else text
