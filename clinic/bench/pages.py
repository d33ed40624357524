"""Which pages are measured, and how fast they should be."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

MOST_QUERIES = 12


@dataclass(frozen=True)
class Aim:
    """How many times the floor's time a result may take; `figures` has the aims of its extras."""

    ratio: float
    figures: tuple[tuple[str, float], ...] = ()


AIMS = {
    "sign_in": Aim(5),
    "search": Aim(
        6, (("typo", 10), ("as_you_type", 6), ("phone", 6), ("number", 6), ("date_of_birth", 6))
    ),
    "chart": Aim(10),
    "diary": Aim(12),
    "worklist": Aim(10),
    "caseload": Aim(12),
}


class Probe(TypedDict):
    """One address to measure.

    `figure` is empty for the result's own numbers, else the name under which these are added to
    it. `role` is empty for somebody who has not signed in. `expects` is what the page must say,
    so that an error page is never measured for a fast one.
    """

    name: str
    figure: str
    role: str
    path: str
    expects: list[str]
    queries: int


class Person(TypedDict):
    """Somebody who can sign in."""

    role: str
    email: str
    password: str
    totp_secret: str


class Prepared(TypedDict):
    """What the preparation hands to the measurement."""

    floor_path: str
    floor_expects: list[str]
    people: list[Person]
    probes: list[Probe]


def chosen(names: Iterable[str]) -> list[str]:
    """The results to measure: those named, or all; SystemExit names one that does not exist."""
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in AIMS]
    if unknown:
        raise SystemExit(f"No page called {', '.join(unknown)}. There are: {', '.join(AIMS)}.")
    return wanted or list(AIMS)
