"""Cells that a spreadsheet would take for a formula, made harmless and back."""

import re

# What spreadsheets begin a formula with, also in the wide forms of East Asian keyboards.
_FORMULA = "=+\\-@\t\r\n＝＋－＠"
_WOULD_RUN = re.compile(f"'*[{_FORMULA}]")
_MADE_HARMLESS = re.compile(f"'+[{_FORMULA}]")


def harmless(text: str) -> str:
    """Return a cell's text with an apostrophe before what a spreadsheet would calculate."""
    return f"'{text}" if _WOULD_RUN.match(text) else text


def harmless_as_text(text: str) -> str:
    """Return what to write in a cell that is typed as text: only what `as_meant` would strip."""
    return f"'{text}" if _MADE_HARMLESS.match(text) else text


def as_meant(text: str) -> str:
    """Return the text without the apostrophe that made it harmless."""
    return text[1:] if _MADE_HARMLESS.match(text) else text
