"""Which rules stand. Nothing here writes."""

from collections.abc import Iterable
from itertools import groupby

from django.db.models import QuerySet

from clinic.practice.models import Technique
from patients.contraindications.kinds import Question, read_kind
from patients.models import ContraindicationRule as Rule


def standing_rules(technique: str) -> list[Rule]:
    """Return the rules of a technique that stand, absolute ones first, in one query."""
    return standing(_versions().filter(technique=technique))


def standing_by_technique() -> dict[str, list[Rule]]:
    """Return the standing rules of every technique, in one query."""
    rows = list(_versions())
    return {
        technique: standing(row for row in rows if row.technique == technique)
        for technique in Technique.values
    }


def standing(rows: Iterable[Rule]) -> list[Rule]:
    """Return of each rule among these versions the one that stands.

    It is the newest approved one; where none is approved, the newest. What is newer than an
    approved version waits for its approval: nobody weakens a rule alone. A retired version ends
    all that are not newer.
    """
    ordered = sorted(rows, key=lambda row: (row.technique, row.code, -row.version))
    found = []
    for _, versions in groupby(ordered, key=lambda row: (row.technique, row.code)):
        if (row := _standing_of(list(versions))) is not None:
            found.append(row)
    return sorted(found, key=lambda row: (row.technique, not row.is_absolute, row.code))


def _standing_of(versions: list[Rule]) -> Rule | None:
    """Return which of a rule's versions, the newest first, stands."""
    retired = next((at for at, row in enumerate(versions) if row.retired_at), len(versions))
    alive = versions[:retired]
    return next((row for row in alive if row.is_approved), alive[0] if alive else None)


def questions_of(rules: Iterable[Rule]) -> list[Question]:
    """Return what these rules want to have asked on the day of a session, in a steady order."""
    wanted = {read_kind(rule.kind, rule.parameters).question for rule in rules}
    return [question for question in Question if question in wanted]


def versions_of(rule: Rule) -> list[Rule]:
    """Return all versions of a rule, the newest first."""
    return list(_versions().filter(technique=rule.technique, code=rule.code).order_by("-version"))


def _versions() -> QuerySet[Rule]:
    return Rule.objects.select_related("published_by", "approved_by", "retired_by")
