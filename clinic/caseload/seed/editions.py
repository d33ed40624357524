"""Gives a book to desks: what happened stands in the book, to whom is invented for each desk."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TypeVar

from django.db import transaction

from clinic.caseload.seed.blanks import filled_in, opened
from clinic.caseload.seed.books import BOOKS, Page, write_book
from clinic.caseload.seed.calendar import Desk
from clinic.caseload.seed.clinic import Clinic
from clinic.caseload.seed.people import invent
from clinic.caseload.seed.rows import written
from clinic.caseload.seed.writing import write_as_it_happened, write_at_once

K = TypeVar("K")


@dataclass(frozen=True)
class Intake:
    """The patients of one desk."""

    desk: Desk
    number: int
    """The desk's, from 0."""
    patients: list[tuple[int, str]]
    """Serial number in the whole clinic, from 1, and patient number."""


@dataclass(frozen=True)
class Edition:
    """One book, and the desks that share it."""

    clinic: Clinic
    book: int
    intakes: list[Intake]
    seed: int
    now: datetime

    def write_checked(self, most: int) -> int:
        """Write so many patients at most, desk by desk, as it happened; return how many."""
        pages = self._pages(most)
        done = 0
        for intake, checked in self._shares(most):
            theirs = pages[:checked]
            names = self._names(intake, theirs)
            write_as_it_happened(
                _together((_opened(page.rows.unsigned()) for page in theirs), names),
                _together((_opened(page.rows.signatures()) for page in theirs), names),
            )
            done += checked
        return done

    def write_unchecked(self, after: int) -> int:
        """Write all patients but the first so many, and return how many."""
        pages = self._pages(len(self.intakes[0].patients))
        lines = [_opened(page.rows.signed()) for page in pages]
        done = 0
        for intake, checked in self._shares(after):
            theirs = lines[checked : len(intake.patients)]
            with transaction.atomic():
                write_at_once(_together(theirs, self._names(intake, pages)))
            done += len(theirs)
        return done

    def _shares(self, first: int) -> Iterator[tuple[Intake, int]]:
        """Yield each desk's intake, and how many of it are among the first so many patients."""
        for intake in self.intakes:
            share = min(first, len(intake.patients))
            first -= share
            yield intake, share

    def _pages(self, most: int) -> list[Page]:
        """Return the first pages of the book; no desk has more patients than the first."""
        pages = min(most, len(self.intakes[0].patients))
        return write_book(self.clinic, self.book, pages=pages, seed=self.seed, now=self.now)

    def _names(self, intake: Intake, pages: list[Page]) -> dict[str, str]:
        """Return what goes into the blanks: the desk, and who is on which page."""
        random = Random(f"{self.seed} desk {intake.number}")  # noqa: S311 - names are no secret
        values = dict(_of_desk(intake))
        for place, (page, (serial, number)) in enumerate(zip(pages, intake.patients, strict=False)):
            person = invent(
                random, page.person, number=number, serial=serial, today=self.now.date()
            )
            values |= {f"{place} {name}": written(value) for name, value in vars(person).items()}
        return values


def editions(clinic: Clinic, numbers: list[str], *, seed: int, now: datetime) -> list[Edition]:
    """Return all of a clinic's patients, who come to its desks in turn."""
    desks = len(clinic.desks)
    patients = list(enumerate(numbers, start=1))
    intakes = [
        Intake(desk, number, patients[number::desks]) for number, desk in enumerate(clinic.desks)
    ]
    return [
        Edition(clinic, book, intakes[book::BOOKS], seed=seed, now=now) for book in range(BOOKS)
    ]


def _of_desk(intake: Intake) -> Iterator[tuple[str, str]]:
    desk = intake.desk
    yield "desk", f"{intake.number:04x}"
    yield "practitioner", written(desk.practitioner.pk)
    yield "practitioner's name", written(desk.practitioner)
    yield "site", written(desk.site.pk)
    yield "site's name", written(desk.site.name)
    for kind, room in desk.rooms.items():
        yield kind, written(room.pk)


def _opened(page: Mapping[K, str]) -> dict[K, list[str]]:
    return {place: opened(text) for place, text in page.items()}


def _together(pages: Iterable[Mapping[K, list[str]]], names: dict[str, str]) -> dict[K, str]:
    """Return the lines of many pages with every blank filled in."""
    lines: dict[K, list[str]] = defaultdict(list)
    for page in pages:
        for place, pieces in page.items():
            lines[place].append(filled_in(pieces, names))
    return {place: "".join(texts) for place, texts in lines.items()}
