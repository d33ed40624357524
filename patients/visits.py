"""At which visit a finding was made, as apps above know it. Nothing here writes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from patients.models import Diagnosis


@dataclass(frozen=True)
class Visit:
    """A visit in words, such as “the baseline of 12-Mar-2026”, and where it is corrected."""

    words: str
    url: str


# Each is called with the keys of diagnoses, and returns the visits of those that it knows.
visits_known: list[Callable[[list[UUID]], Mapping[UUID, Visit]]] = []


def visits_of(diagnoses: Iterable[Diagnosis]) -> dict[UUID, Visit]:
    """Return the visit of each diagnosis that was made at one, by its key."""
    keys = [row.pk for row in diagnoses]
    return {key: visit for ask in visits_known for key, visit in ask(keys).items()}
