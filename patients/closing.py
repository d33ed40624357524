"""What keeps a case open. Nothing here writes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from patients.models import Case


@dataclass(frozen=True)
class Obstacle:
    """Something unfinished in a case, as sentences, and the page on which it is finished."""

    sentence: str
    page: str
    url: str


# What apps above know to be unfinished: each is called with the case and the time.
unfinished: list[Callable[[Case, datetime], Iterable[Obstacle]]] = []


# What apps above know to stop with the case: each is called with it, and says what, in words.
stopped_with_it: list[Callable[[Case], Iterable[str]]] = []


def stops_with(case: Case) -> list[str]:
    """Return in words what stops when a case is closed, as apps above know it."""
    return [words for ask in stopped_with_it for words in ask(case)]


def obstacles_to_closing(case: Case, now: datetime) -> list[Obstacle]:
    """Return everything that must be finished before a case is closed."""
    return [obstacle for ask in unfinished for obstacle in ask(case, now)]
