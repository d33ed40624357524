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


def obstacles_to_closing(case: Case, now: datetime) -> list[Obstacle]:
    """Return everything that must be finished before a case is closed."""
    return [obstacle for ask in unfinished for obstacle in ask(case, now)]
