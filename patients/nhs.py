"""NHS numbers: ten digits, of which the last checks the others."""

import re

from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.gb import nhs

_ALLOWED = re.compile(r"[0-9 \u00a0\-]+")


def to_digits(text: str) -> str:
    """Return the ten digits of an NHS number typed with or without spaces.

    Raises `ValueError` with a sentence that says what is wrong.
    """
    if not _ALLOWED.fullmatch(text):
        raise ValueError("An NHS number has 10 digits and nothing else, such as 943 476 5919.")
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) != 10:
        raise ValueError(f"An NHS number has 10 digits; this has {len(digits)}.")
    try:
        return str(nhs.validate(digits))
    except InvalidNumber as error:
        raise ValueError(
            "The last digit does not fit the others: read the NHS number again."
        ) from error


def is_valid(digits: str) -> bool:
    """Whether ten digits are an NHS number."""
    return len(digits) == 10 and bool(nhs.is_valid(digits))


def with_check_digit(nine_digits: str) -> str | None:
    """Return the number that begins with nine digits; `None` where no tenth digit fits."""
    digit = -nhs.checksum(f"{nine_digits}0") % 11
    return None if digit == 10 else f"{nine_digits}{digit}"
