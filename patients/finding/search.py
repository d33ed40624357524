"""Finding a patient: ask for what the text is, in the order of how well it fits."""

from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db.models import Q, Value
from django.db.models.functions import Collate, Concat

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.base.prepared import Row, from_row
from clinic.staff.models import User
from patients.finding.question import ENOUGH, Question, understand
from patients.finding.words import meant_by
from patients.models import Patient
from patients.models.patient import Fold, PatientQuerySet
from patients.plain import plain

# Nobody reads further: whoever is not among so many is found by typing more.
MOST_COUNTED = 200
# Below this length a word has no trigram of its own inside; it must begin a part of the name.
SHORTEST_INSIDE = 3
MOST_SIMILAR = 10
MOST_SUGGESTIONS = 3
RECENT_EVENTS_LOOKED_AT = 300
# What lists show of a patient, in the order of the table's columns; it has sixty more.
SHOWN = ("id", "phone", "number", "family_name", "given_names", "date_of_birth", "search_name")


@dataclass(frozen=True)
class Found:
    """The patients found: `patients` fit the text, `similar` only sound like it.

    `total` counts those that fit, of which `patients` are one page; where `is_more`, there are
    more than were counted. `suggestions` are texts that may have been meant.
    """

    question: Question
    patients: list[Patient] = field(default_factory=list)
    total: int = 0
    is_more: bool = False
    similar: list[Patient] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)

    @property
    def everybody(self) -> list[Patient]:
        """Those who fit, then those who sound alike."""
        return [*self.patients, *self.similar]

    @property
    def counted(self) -> str:
        """How many fit, in words."""
        return f"more than {self.total}" if self.is_more else str(self.total)


def find_patients(user: User, text: str, *, today: date, offset: int = 0, limit: int = 25) -> Found:
    """Return one page of the patients whom this user may see and whom a text describes.

    They come in the order of how well they fit, and of those that fit alike in that of their names.
    At most `MOST_COUNTED` are counted, and as many can be turned over page by page. Names that only
    sound alike are added on the first page when fewer than three fit.
    """
    question = understand(text, today=today)
    if question.is_empty:
        return Found(question)
    patients = Patient.objects.visible_to(user)
    fitting = _listed(ways_to_fit(patients, question), MOST_COUNTED + 1)
    if question.abroad and len(fitting) < question.abroad_below:
        fitting += _abroad(patients, question, fitting)
    meant: list[list[str]] = []
    similar: list[Patient] = []
    if question.words and offset == 0 and len(fitting) < ENOUGH:
        meant = meant_by(question.words)
        if _may_mean_others(question, meant):
            others = patients.exclude(pk__in=[row[0] for row in fitting])
            alike = _listed(_alike(others, question, meant), min(limit, MOST_SIMILAR))
            similar = _patients(alike)
    return Found(
        question=question,
        patients=_patients(fitting[:MOST_COUNTED][offset : offset + limit]),
        total=min(len(fitting), MOST_COUNTED),
        is_more=len(fitting) > MOST_COUNTED,
        similar=similar,
        suggestions=_suggested(question, meant, similar),
    )


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


def _listed(ways: list[PatientQuerySet], most: int) -> list[Row]:
    """Return what is `SHOWN` of whom the ways find: by way, and each in the order of the names.

    One query; what is found by an earlier way alone leaves the later ones unasked.
    """
    first, *others = (
        way.annotate(way=Value(place)).values_list(*SHOWN, "way")[:most]
        for place, way in enumerate(ways)
    )
    found = first.union(*others, all=True)[:most] if others else first
    best: dict[UUID, Row] = {}
    for row in sorted(found, key=_place):
        best.setdefault(row[0], row)
    return list(best.values())


def _place(row: Row) -> tuple[int, str, date, UUID]:
    """Return where a row stands: of one name, who told no date of birth comes last."""
    pk, *_, born, name, way = row
    return way, name, born or date.max, pk


def _patients(rows: list[Row]) -> list[Patient]:
    return [from_row(Patient, row, only=SHOWN) for row in rows]


def ways_to_fit(patients: PatientQuerySet, question: Question) -> list[PatientQuerySet]:
    """Return the ways to fit: exactly, or the name begins so, or each word a part, or is in it.

    The beginning has an index in its own order, in which whole names come before longer ones.
    """
    exact = [patients.filter(condition).order_by() for condition in question.exact]
    month = [patients.filter(question.month).order_by()] if question.month else []
    if not question.words:
        return [*exact, *month]
    if question.birth:
        patients = patients.filter(question.birth.right)
    begins = Q(search_name__startswith=Fold(Value(" ".join(question.words))))
    parts = reduce(and_, map(_begins_a_part, question.words))
    inside = reduce(and_, map(_is_inside, question.words))
    by_name = (Collate("search_name", "C"), "date_of_birth", "pk")
    return [
        *exact,
        patients.filter(begins).order_by(*by_name),
        patients.filter(parts & ~begins).order_by(),
        patients.filter(inside & ~parts).order_by(),
        *month,
    ]


def _abroad(patients: PatientQuerySet, question: Question, fitting: list[Row]) -> list[Row]:
    """Return who else has a number that begins so where it is dialled in its own country."""
    others = patients.exclude(pk__in=[row[0] for row in fitting])
    ways = [others.filter(condition).order_by() for condition in question.abroad]
    return _listed(ways, MOST_COUNTED + 1 - len(fitting))


def _begins_a_part(word: str) -> Q:
    return Q(search_name__regex=Concat(Value(r"\m"), Fold(Value(word))))


def _is_inside(word: str) -> Q:
    if len(word) >= SHORTEST_INSIDE:
        return Q(search_name__contains=Fold(Value(word)))
    return _begins_a_part(word)


def _may_mean_others(question: Question, meant: list[list[str]]) -> bool:
    """Say whether anybody can be meant who does not fit already."""
    return question.birth is not None or any(
        len(word) < SHORTEST_INSIDE or set(others) - {plain(word)}
        for word, others in zip(question.words, meant, strict=True)
    )


def _alike(
    patients: PatientQuerySet, question: Question, meant: list[list[str]]
) -> list[PatientQuerySet]:
    """Return the ways to be meant: one word is a slip, the birth is near, every word is one.

    Beside a right birth one of several words may be anything: it may be the name before a marriage.
    """
    exact = [_is_inside(word) for word in question.words]
    slip = [_is_any(words) for words in meant]
    born = question.birth.right if question.birth else Q()
    one_slip = (
        reduce(and_, [*exact[:place], slip[place], *exact[place + 1 :]])
        for place in range(len(exact))
    )
    each_may_slip = (right | wrong for right, wrong in zip(exact, slip, strict=True))
    ways = [reduce(or_, one_slip) & born]
    if question.birth:
        ways.append(reduce(and_, exact) & question.birth.near)
    if len(exact) > 1:
        ways.append(reduce(and_, each_may_slip) & born)
    if question.birth and len(exact) > 1:
        ways.append(reduce(or_, exact) & born)
    return [patients.filter(way).order_by() for way in ways]


def _is_any(words: list[str]) -> Q:
    """Return the condition that one of these folded words is in the name."""
    return reduce(or_, (Q(search_name__contains=word) for word in words), Q(pk__in=[]))


def _suggested(question: Question, meant: list[list[str]], similar: list[Patient]) -> list[str]:
    """Return texts that may have been meant: those that find somebody whom this user may see."""
    if question.birth:
        return []
    words = list(question.words)
    texts = (
        " ".join([*words[:place], other, *words[place + 1 :]])
        for place, others in enumerate(meant)
        for other in others
        if other != plain(words[place])
        and any(other in patient.search_name.split() for patient in similar)
    )
    return list(dict.fromkeys(texts))[:MOST_SUGGESTIONS]
