"""The kinds of rule that the product knows how to hold against a record: a closed set.

Each kind is a small class with its parameters. `read` makes it from what a rule keeps and refuses
what cannot be meant; `judge` says of facts at a moment whether it applies, does not apply, or is
not known, and why. The moment is in the zone whose calendar counts.
"""

from typing import Any

from patients.contraindications.kinds.bloods import LastBlood
from patients.contraindications.kinds.common import (
    ASKED_FOR_DAYS,
    NOT_ASKED_YET,
    Asked,
    Kind,
    Question,
    State,
    Verdict,
    wrong,
)
from patients.contraindications.kinds.medicines import MedicineTaken
from patients.contraindications.kinds.told import (
    AllergyTo,
    AskedToday,
    ConditionPresent,
    Expecting,
    YoungerThan,
)

__all__ = [
    "ASKED_FOR_DAYS",
    "KINDS",
    "NOT_ASKED_YET",
    "AllergyTo",
    "Asked",
    "AskedToday",
    "ConditionPresent",
    "Expecting",
    "Kind",
    "LastBlood",
    "MedicineTaken",
    "Question",
    "State",
    "Verdict",
    "YoungerThan",
    "read_kind",
    "read_new_kind",
]

KINDS: dict[str, type[Kind]] = {
    kind.code: kind
    for kind in (
        *(MedicineTaken, ConditionPresent, LastBlood),
        *(AllergyTo, Expecting, AskedToday, YoungerThan),
    )
}


def read_kind(code: str, parameters: dict[str, Any]) -> Kind:
    """Return the rule of a kind; raise `ValidationError` for what is not known or cannot be."""
    if code not in KINDS:
        raise wrong("The product does not know this kind of rule.")
    return KINDS[code].read(parameters)


def read_new_kind(code: str, parameters: dict[str, Any]) -> Kind:
    """Return the rule of a kind that is to be published; refuses more than `read_kind`.

    What was published before has to stay readable whatever is refused since.
    """
    kind = read_kind(code, parameters)
    if isinstance(kind, MedicineTaken):
        kind.check_new()
    return kind
