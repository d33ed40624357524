"""What a search text asks for."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Literal

from django.db.models import Q, Value
from django.db.models.functions import Upper
from django.db.models.lookups import StartsWith

from patients import nhs
from patients.dates import dates_meant, months_meant
from patients.finding.birth import Birth, month_of_birth, name_and_birth
from patients.models import OtherNumber
from patients.models.patient import DialledAtHome, is_abroad
from patients.numbers import meant_by

LONGEST_TEXT = 100
MOST_WORDS = 6
# Fewer found than this, and what else may have been meant is looked for too.
ENOUGH = 3
MIN_PHONE_DIGITS = 5
SHORTEST_ABROAD = 8

_PHONE = re.compile(r"\+?[0-9 ()\-./]+")
_WHOLE_BRITISH = re.compile(r"0[1-9][0-9]{9}")
# Looks like an address: whether it is one, the address that is registered says.
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# O'Brien and Gal·la are one word each.
_WORD = re.compile(r"[^\W_]+(?:['·][^\W_]+)*")


@dataclass(frozen=True)
class Question:
    """What a search text asks for: the kinds of thing it may be.

    Of a name `words` are its words, and `birth` what stands beside it. `exact` are the conditions
    of everything else it may be, each for itself: one index answers each, and none a mixture. A
    `month` of birth comes after names: "April 1977" may be somebody's, and few have that name.
    What `abroad` says is asked only where fewer than `abroad_below` are found: few are from there.
    """

    kinds: tuple[str, ...]
    exact: tuple[Q, ...] = ()
    words: tuple[str, ...] = ()
    birth: Birth | None = None
    month: Q | None = None
    abroad: tuple[Q, ...] = ()
    abroad_below: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.kinds


def understand(text: str, *, today: date) -> Question:
    """Say what a search text asks for: a number, a date of birth, a phone, an e-mail or a name.

    Never raises; a text without a letter or digit asks for nothing.
    """
    words = _words(_tidy(text, "NFC"))
    if not words:
        return Question(kinds=())
    tidy = _tidy(text, "NFKC")
    asked = {
        "patient number": _number(tidy),
        "date of birth": _born(tidy, today),
        "NHS number": _nhs_number(tidy),
        "phone": _phone(tidy, today),
        "e-mail": _email(tidy),
    }
    plain = {kind: conditions for kind, conditions in asked.items() if conditions}
    known = _number_elsewhere(tidy)
    month = month_of_birth(tidy, today=today)
    kinds: tuple[str, ...] = ("month of birth",) if month else ()
    abroad = _phone_abroad(tidy, today)
    if plain or abroad:
        return Question(
            tuple(dict.fromkeys([*plain, *kinds, *(["phone"] if abroad else [])])),
            exact=(*chain(*plain.values()), *known),
            month=month,
            abroad=abroad,
            abroad_below=1 if _is_whole_british(tidy, today) else ENOUGH,
        )
    both = name_and_birth(tidy, today=today)
    if both:
        name, birth = both
        name_words = _words(_tidy(name, "NFC"))
        kinds = ("name and birth", *kinds)
        return Question(kinds, exact=known, words=name_words, birth=birth, month=month)
    if month:
        return Question(kinds, exact=known, month=month)
    kinds = ("name", "number elsewhere") if known else ("name",)
    return Question(kinds, exact=known, words=words)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))[:MOST_WORDS]


def _tidy(text: str, form: Literal["NFC", "NFKC"]) -> str:
    """Return the text with one kind of space and apostrophe, and nothing unprintable.

    NFC leaves the letters of a name as they are; NFKC makes every digit a plain one.
    """
    whole = unicodedata.normalize(form, text[:LONGEST_TEXT]).replace("’", "'")
    printable = (
        " " if unicodedata.category(character).startswith("C") else character for character in whole
    )
    return " ".join("".join(printable).split())


def _number(text: str) -> tuple[Q, ...]:
    number = meant_by(text)
    return (Q(number=number),) if number else ()


def _number_elsewhere(text: str) -> tuple[Q, ...]:
    """A whole number in another system, in capitals or not, or of a record that was merged."""
    if not any(character.isdigit() for character in text):
        return ()
    number = meant_by(text)
    spellings = [text, number] if number else [text]
    capitals = [Upper(Value(spelling)) for spelling in spellings]
    known = OtherNumber.objects.alias(capitals=Upper("number")).filter(capitals__in=capitals)
    return (Q(pk__in=known.values("patient")),)


def _born(text: str, today: date) -> tuple[Q, ...]:
    days = dates_meant(text, today=today)
    return (Q(date_of_birth__in=days),) if days else ()


def _nhs_number(text: str) -> tuple[Q, ...]:
    digits = re.sub(r"[ \-]", "", text)
    ascii_digits = digits.isascii() and digits.isdigit()
    return (Q(nhs_number=digits),) if ascii_digits and nhs.is_valid(digits) else ()


def _email(text: str) -> tuple[Q, ...]:
    """A whole e-mail address; they are kept in small letters."""
    return (Q(email=text.lower()),) if _EMAIL.fullmatch(text) else ()


def _phone(text: str, today: date) -> tuple[Q, ...]:
    """A whole number or its beginning; British without a country code."""
    digits = _phone_digits(text, today)
    if len(digits) < MIN_PHONE_DIGITS or not _could_be_phone(text, digits):
        return ()
    number = _international(text, digits)
    # Said twice so that the index, which has only those who gave a second number, is used.
    second = Q(second_phone__startswith=number) & ~Q(second_phone="")
    return (Q(phone__startswith=number), second)


def _phone_abroad(text: str, today: date) -> tuple[Q, ...]:
    """A number as it is dialled in its own country, where most, but not all, have a nought."""
    digits = _phone_digits(text, today)
    if not _could_be_abroad(text, digits):
        return ()
    at_home = digits.removeprefix("0")
    return tuple(
        is_abroad(field) & Q(StartsWith(DialledAtHome(field), at_home))
        for field in ("phone", "second_phone")
    )


def _is_whole_british(text: str, today: date) -> bool:
    return bool(_WHOLE_BRITISH.fullmatch(_phone_digits(text, today)))


def _phone_digits(text: str, today: date) -> str:
    """Return the digits of what may be a number or its beginning, or "" where it is none."""
    if not _PHONE.fullmatch(text) or _is_written_date(text, today):
        return ""
    return re.sub(r"[^0-9]", "", text.replace("(0)", ""))


def _could_be_abroad(text: str, digits: str) -> bool:
    """Whether no country code was typed; shorter than Denmark's eight digits only with a nought."""
    if text.startswith("+") or digits.startswith("00"):
        return False
    return len(digits) >= (MIN_PHONE_DIGITS if digits.startswith("0") else SHORTEST_ABROAD)


def _is_written_date(text: str, today: date) -> bool:
    """Whether a text is a day, or a month with a sign beside it: "08 1977" may begin a number."""
    if text.isdigit():
        return False
    is_month = " " not in text and months_meant(text, today=today)
    return bool(is_month or dates_meant(text, today=today))


def _could_be_phone(text: str, digits: str) -> bool:
    return text.startswith(("+", "0", "(0")) or len(digits) >= 9


def _international(text: str, digits: str) -> str:
    if text.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if digits.startswith("0"):
        return f"+44{digits[1:]}"
    return f"+{digits}" if digits.startswith("44") and len(digits) > 10 else f"+44{digits}"
