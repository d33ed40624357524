"""Where rows of the record come from, as apps above know it. Nothing here writes."""

from collections.abc import Callable
from uuid import UUID

# Each is called with a patient and returns in words where some of their rows come from, by key.
sources: list[Callable[[UUID], dict[UUID, str]]] = []


def sources_of(patient_id: UUID) -> dict[UUID, str]:
    """Return in words where rows of a patient's record come from, by key, where it is known."""
    found: dict[UUID, str] = {}
    for ask in sources:
        found |= ask(patient_id)
    return found
