"""A draft session as it is handed from a page to the action that stores it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Draft:
    """What of a typed session can be stored: valid fields, whole rows, and rows begun."""

    session: dict[str, Any] = field(default_factory=dict)
    # The day on which the patient was asked what `session` says was asked; None: that on record.
    asked_date: date | None = None
    preparation: dict[str, Any] = field(default_factory=dict)
    anaesthetics: list[dict[str, Any]] = field(default_factory=list)
    lots: list[dict[str, Any]] = field(default_factory=list)
    spins: list[dict[str, Any]] = field(default_factory=list)
    zones: list[dict[str, Any]] = field(default_factory=list)
    unfinished: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
