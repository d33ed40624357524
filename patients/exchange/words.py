"""Words in cells that mean one of our choices."""

from functools import cache

from patients import countries
from patients.exchange.columns import words_in
from patients.models import Patient
from patients.models.needs import Language

YES = frozenset({"yes", "y", "true", "t", "1", "ja", "oui", "si", "x", "checked", "on"})
NO = frozenset({"no", "n", "false", "f", "0", "nein", "non", "unchecked", "off"})
# Codes in digits are no words: 1 is male in one system and female in another.
SEX_WORDS = {
    **dict.fromkeys(("f", "female", "woman", "w", "girl"), Patient.Sex.FEMALE.value),
    **dict.fromkeys(("m", "male", "man", "boy"), Patient.Sex.MALE.value),
    **dict.fromkeys(("intersex", "i"), Patient.Sex.INTERSEX.value),
    **dict.fromkeys(
        ("not known", "unknown", "not specified", "u", "n a"), Patient.Sex.NOT_KNOWN.value
    ),
}
_COUNTRY_WORDS = {
    **dict.fromkeys(
        ("uk", "great britain", "britain", "england", "scotland", "wales", "northern ireland"),
        countries.HOME,
    ),
    **dict.fromkeys(("usa", "us", "united states of america"), "US"),
    "republic of ireland": "IE",
}


def yes_or_no(text: str) -> bool:
    """Return whether a cell says yes. Raises `ValueError` for anything but a known word."""
    word = text.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError("Write yes or no.")


def country(text: str) -> str:
    """Return the ISO code of a country by its code or its English name."""
    if text.strip().upper() in countries.names():
        return text.strip().upper()
    code = _countries().get(words_in(text))
    if code is None:
        raise ValueError("No country has this name. Write its English name or two-letter code.")
    return code


def language(text: str) -> tuple[str, str]:
    """Return the code of a language, and the text itself where the language is not in our list."""
    code = _languages().get(words_in(text))
    return (code, "") if code else (Language.OTHER.value, text)


def heard_of(text: str) -> tuple[str, str]:
    """Return how they heard of us, and the text itself where it is none of our choices."""
    choice = _choices(Patient.HeardOf).get(words_in(text))
    return (choice, "") if choice else (Patient.HeardOf.OTHER.value, text)


def nhs_number_status(text: str) -> str:
    """Return how an NHS number is known, by our own words for it."""
    choice = _choices(Patient.NhsNumberStatus).get(words_in(text))
    if choice is None:
        known = ", ".join(f"“{label}”" for label in Patient.NhsNumberStatus.labels)
        raise ValueError(f"Write one of: {known}.")
    return choice


@cache
def _countries() -> dict[str, str]:
    return {words_in(name): code for code, name in countries.names().items()} | _COUNTRY_WORDS


@cache
def _languages() -> dict[str, str]:
    return {**{code: code for code in Language.values}, **_choices(Language)}


@cache
def _choices(choices: type) -> dict[str, str]:
    pairs = choices.choices  # type: ignore[attr-defined]
    return {words_in(text): value for value, label in pairs for text in (value, str(label))}
