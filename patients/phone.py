"""Telephone numbers: typed as people write them, stored as E.164, shown as people read them."""

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

HOME_REGION = "GB"
HELP = "Write a number that can be called, such as 0121 496 0000, or with its country code: +353 …"
GB_NATIONAL_DIGITS = 10


def to_e164(text: str, *, region: str = HOME_REGION) -> str:
    """Return +441214960000 for a number as people write it.

    Without a country code it is one of `region` (ISO 3166), the United Kingdom unless said.
    Raises `ValueError` with a sentence that says what to write.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(HELP) from error
    if number.extension or not _can_be_called(number):
        raise ValueError(HELP)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def readable(e164: str) -> str:
    """Return a stored number as people read it: 0121 496 0000, or +353 20 912 3456."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    at_home = number.country_code == phonenumbers.country_code_for_region(HOME_REGION)
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _can_be_called(number: PhoneNumber) -> bool:
    """Whether the length fits the country; numbers kept for drama count as well."""
    if number.country_code != phonenumbers.country_code_for_region(HOME_REGION):
        return phonenumbers.is_possible_number(number)
    whole = len(phonenumbers.national_significant_number(number)) == GB_NATIONAL_DIGITS
    # The rarer question comes last: it goes through all ranges of all that share the country code.
    is_of_full_length = whole and phonenumbers.is_possible_number(number)
    return is_of_full_length or phonenumbers.is_valid_number(number)
