"""Postcodes: those of the United Kingdom are checked and written in their usual form."""

import re

from patients import countries

# The forms in use, as the Office for National Statistics and BS 7666 describe them.
UK_PATTERN = (
    "(GIR 0AA|"
    "[A-PR-UWYZ]([0-9]{1,2}|[A-HK-Y][0-9]([0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPS-UW]) "
    "[0-9][ABD-HJLNP-UW-Z]{2})"
)
_UK = re.compile(UK_PATTERN)
_INWARD_LETTERS = 3
HELP = "This is no postcode of the United Kingdom. Write it like B91 3AB, or choose the country."


def tidy(text: str, country: str) -> str:
    """Return a postcode in capital letters, a British one as outward and inward part.

    Raises `ValueError` with a sentence where the country is the United Kingdom and it is none.
    """
    written = " ".join(text.upper().split())
    if not written or country != countries.HOME:
        return written
    run = written.replace(" ", "")
    postcode = f"{run[:-_INWARD_LETTERS]} {run[-_INWARD_LETTERS:]}"
    if not _UK.fullmatch(postcode):
        raise ValueError(HELP)
    return postcode
