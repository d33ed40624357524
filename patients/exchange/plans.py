"""What a row would change in a record that is there, and what it would overwrite."""

from dataclasses import dataclass
from typing import Any

from patients.details import PatientDetails, label_of, words_of
from patients.exchange.rows import plain_value


@dataclass(frozen=True)
class Plan:
    """Fields that a row changes, and those where somebody here wrote something else meanwhile."""

    changes: list[str]
    conflicts: list[str]


def plan(
    stored: PatientDetails, given: PatientDetails, fields: set[str], last: dict[str, Any]
) -> Plan:
    """Compare what stands here with what a row gives.

    `last` is what the last file of the same source said. A field that still says so here was not
    touched since, and follows the file; so does one that is empty. Anything else was written here.
    """
    usual = PatientDetails("", "")
    changes: list[str] = []
    conflicts: list[str] = []
    for name in stored.differing(given):
        if name not in fields:
            continue
        here = getattr(stored, name)
        untouched = name in last and last[name] == plain_value(here)
        never_filled = name not in last and here == getattr(usual, name)
        (changes if untouched or never_filled else conflicts).append(name)
    return Plan(changes, conflicts)


def in_words(
    names: list[str], stored: PatientDetails, given: PatientDetails
) -> list[dict[str, str]]:
    """Return fields with what stands here and what the file says, as people read it."""
    return [
        {
            "name": name,
            "label": label_of(name).capitalize(),
            "here": words_of(name, getattr(stored, name)),
            "file": words_of(name, getattr(given, name)),
        }
        for name in names
    ]
