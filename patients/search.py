"""Finding a patient: decide what the text is, and ask only for that."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, and_, or_
from typing import Any, Literal

from django.contrib.postgres.search import TrigramStrictWordSimilarity, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, Count, IntegerField, Q, Value, When, Window
from django.db.models.functions import Concat

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.staff.models import User
from patients import nhs
from patients.dates import dates_meant
from patients.models import Patient
from patients.models.patient import Fold, PatientQuerySet
from patients.name_and_birth import NameAndBirth, name_and_birth
from patients.numbers import written

LONGEST_TEXT = 100
MOST_WORDS = 6
# Below this length a word has no trigram of its own inside; it must begin a part of the name.
SHORTEST_INSIDE = 3
# Fewer found than this, and names that sound alike are looked for too.
ENOUGH = 3
# "Johnosn" is like "Johnson" at 0.5, "Okro" like "Okoro" at 0.4, "Smyth" like "Smith" at 0.33.
WORD_LIKENESS = 0.3
MOST_SIMILAR = 10
RECENT_EVENTS_LOOKED_AT = 300
MIN_PHONE_DIGITS = 5

_PATIENT_NUMBER = re.compile(r"(an)?[\s\-]*0*([0-9]{1,7})", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9 ()\-./]+")
# O'Brien and Gal·la are one word each.
_WORD = re.compile(r"[^\W_]+(?:['·][^\W_]+)*")


@dataclass(frozen=True)
class Question:
    """What a search text asks for: the kinds of thing it may be, and the words of a name."""

    kinds: tuple[str, ...]
    condition: Q
    words: tuple[str, ...] = ()
    birth: NameAndBirth | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.kinds


@dataclass(frozen=True)
class Found:
    """The patients found: `patients` fit the text, `similar` only sound like it.

    `total` counts those that fit, of which `patients` are one page.
    """

    question: Question
    patients: list[Patient]
    total: int
    similar: list[Patient]

    @property
    def everybody(self) -> list[Patient]:
        """Those who fit, then those who sound alike."""
        return [*self.patients, *self.similar]


def understand(text: str, *, today: date) -> Question:
    """Say what a search text asks for: a number, a date of birth, a phone or a name.

    Never raises; a text without a letter or digit asks for nothing.
    """
    name = _tidy(text, "NFC")
    words = tuple(_WORD.findall(name))[:MOST_WORDS]
    if not words:
        return Question(kinds=(), condition=Q(pk__in=[]))
    tidy = _tidy(text, "NFKC")
    asked = {
        "patient number": _number(tidy),
        "date of birth": _born(tidy, today),
        "NHS number": _nhs_number(tidy),
        "phone": _phone(tidy, today),
    }
    plain = {kind: condition for kind, condition in asked.items() if condition}
    if plain:
        either = reduce(lambda left, right: left | right, plain.values())
        return Question(kinds=tuple(plain), condition=either)
    both = name_and_birth(tidy, today=today)
    if both:
        words = tuple(_WORD.findall(_tidy(both.name, "NFC")))[:MOST_WORDS]
        condition = _names_with(words) & both.born
        return Question(("name and birth",), condition, words, both)
    return Question(kinds=("name",), condition=_names_with(words), words=words)


def find_patients(user: User, text: str, *, today: date, offset: int = 0, limit: int = 25) -> Found:
    """Return one page of the patients whom this user may see and whom a text describes.

    One query; names that only sound alike are added, by a second one, on the first page when
    fewer than three fit.
    """
    question = understand(text, today=today)
    if question.is_empty:
        return Found(question, [], 0, [])
    rows: Any = list(
        _ranked(
            Patient.objects.visible_to(user).filter(question.condition), question.words
        ).annotate(total=Window(Count("pk")))[offset : offset + limit]
    )
    total = rows[0].total if rows else 0
    wanting = bool(question.words) and offset == 0 and total < ENOUGH
    similar = _sounding_alike(user, question, rows, limit) if wanting else []
    return Found(question, rows, total, similar)


def recently_opened(user: User, *, limit: int) -> list[Patient]:
    """Return the patients whose records this user opened last, the latest first."""
    looked_at = (
        Event.objects.filter(
            actor=user,
            patient_id__isnull=False,
            kind__in=[Kind.PATIENT_VIEWED, Kind.PATIENT_REGISTERED],
        )
        .order_by("-id")
        .values_list("patient_id", flat=True)[:RECENT_EVENTS_LOOKED_AT]
    )
    latest = list(dict.fromkeys(looked_at))[:limit]
    if not latest:
        return []
    visible = Patient.objects.visible_to(user).in_bulk(latest)
    return [visible[patient_id] for patient_id in latest if patient_id in visible]


def _tidy(text: str, form: Literal["NFC", "NFKC"]) -> str:
    """Return the text with one kind of space and apostrophe, and nothing unprintable.

    NFC leaves the letters of a name as they are; NFKC makes every digit a plain one.
    """
    whole = unicodedata.normalize(form, text[:LONGEST_TEXT]).replace("’", "'")
    printable = (
        " " if unicodedata.category(character).startswith("C") else character for character in whole
    )
    return " ".join("".join(printable).split())


def _number(text: str) -> Q | None:
    match = _PATIENT_NUMBER.fullmatch(text)
    return Q(number=written(int(match[2]))) if match else None


def _born(text: str, today: date) -> Q | None:
    days = dates_meant(text, today=today)
    return Q(date_of_birth__in=days) if days else None


def _nhs_number(text: str) -> Q | None:
    digits = re.sub(r"[ \-]", "", text)
    ascii_digits = digits.isascii() and digits.isdigit()
    return Q(nhs_number=digits) if ascii_digits and nhs.is_valid(digits) else None


def _phone(text: str, today: date) -> Q | None:
    """A whole number or its beginning; British without a country code."""
    if not _PHONE.fullmatch(text) or _is_written_date(text, today):
        return None
    digits = re.sub(r"[^0-9]", "", text.replace("(0)", ""))
    if len(digits) < MIN_PHONE_DIGITS or not _could_be_phone(text, digits):
        return None
    return Q(phone__startswith=_international(text, digits))


def _is_written_date(text: str, today: date) -> bool:
    return not text.isdigit() and bool(dates_meant(text, today=today))


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


def _names_with(words: tuple[str, ...]) -> Q:
    """Every word somewhere in the name; the index on trigrams answers each."""
    return reduce(and_, (_name_with(word) for word in words))


def _name_with(word: str) -> Q:
    if len(word) >= SHORTEST_INSIDE:
        return Q(search_name__contains=Fold(Value(word)))
    return Q(search_name__startswith=Fold(Value(word))) | Q(
        search_name__contains=Fold(Value(f" {word}"))
    )


def _ranked(patients: PatientQuerySet, words: tuple[str, ...]) -> PatientQuerySet:
    """Whole names first, then beginnings, then words that begin a part of the name."""
    by_name = ("family_name", "given_names", "date_of_birth", "pk")
    if not words:
        return patients.order_by(*by_name)
    typed = Fold(Value(" ".join(words)))
    each_begins = reduce(
        and_, (Q(search_name__regex=Concat(Value(r"\m"), Fold(Value(word)))) for word in words)
    )
    rank = Case(
        When(search_name__startswith=Concat(typed, Value(" ")), then=0),
        When(search_name__startswith=typed, then=1),
        When(each_begins, then=2),
        default=3,
        output_field=IntegerField(),
    )
    return patients.order_by(rank, *by_name)


def _likeness(word: Any) -> Any:
    """How like a word is to a part of the name, and how like to a whole word of it."""
    part = TrigramWordSimilarity(word, "search_name")
    return part + TrigramStrictWordSimilarity(word, "search_name")


def _alike(question: Question) -> Q:
    """Return the condition of who may be meant.

    Of a name alone each word must be like one of the name. Beside a birth, one slip is allowed in
    all: where the birth is right one of several words may be anything, where every word is right
    the birth may be near.
    """
    words, birth = question.words, question.birth
    each_alike = (Q(search_name__trigram_word_similar=Fold(Value(word))) for word in words)
    if birth is None:
        return reduce(and_, each_alike)
    some = reduce(or_, map(_name_with, words)) if len(words) > 1 else next(each_alike)
    return (some & birth.born) | (_names_with(words) & birth.nearly)


def _sounding_alike(
    user: User, question: Question, found: list[Patient], limit: int
) -> list[Patient]:
    """Return patients who may be meant by what was typed, likeliest first."""
    likeness = reduce(add, (_likeness(Fold(Value(word))) for word in question.words))
    patients = (
        Patient.objects.visible_to(user)
        .filter(_alike(question))
        .exclude(pk__in=[patient.pk for patient in found])
        .order_by(likeness.desc(), "family_name", "given_names", "pk")
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [str(WORD_LIKENESS)],
        )
        return list(patients[: min(limit - len(found), MOST_SIMILAR)])
