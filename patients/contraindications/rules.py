"""Which rules stand. Nothing here writes."""

from collections.abc import Iterable
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.practice.models import Technique
from patients.contraindications.kinds import Question, read_kind
from patients.models import ContraindicationRule as Rule


def standing_rules(technique: str) -> list[Rule]:
    """Return the rules of a technique that stand, absolute ones first, in one query."""
    return standing(that_may_stand().filter(technique=technique))


def standing_by_technique() -> dict[str, list[Rule]]:
    """Return the standing rules of every technique, in one query."""
    return by_technique(that_may_stand())


def by_technique(rows: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return which of these versions stand, by technique."""
    found: dict[str, list[Rule]] = {technique: [] for technique in Technique.values}
    for row in standing(rows):
        found[row.technique].append(row)
    return found


def that_may_stand() -> QuerySet[Rule]:
    """Return the versions among which the standing ones are; `standing` decides which they are.

    Left out is what was retired or declined, what waits, and what is older than a retired or an
    approved version.
    """
    newer = Rule.objects.filter(
        Q(retired_at__isnull=False) | Q(approved_at__isnull=False),
        technique=OuterRef("technique"),
        code=OuterRef("code"),
        version__gt=OuterRef("version"),
    )
    may_stand = Q(approved_at__isnull=False) | Q(author__isnull=True) | Q(was_in_use=True)
    return Rule.objects.filter(may_stand, ~Exists(newer), retired_at__isnull=True)


def standing(rows: Iterable[Rule]) -> list[Rule]:
    """Return of each rule among these versions the one that stands.

    It is the newest approved one; where none is approved, what came with the product. Whatever
    somebody wrote waits for its approval. A retired version ends all that are not newer. The
    database says the same: `patients_standing_rules`.
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
    alive = [row for row in versions[:retired] if row.may_stand]
    return next((row for row in alive if row.is_approved), alive[0] if alive else None)


def questions_of(rules: Iterable[Rule]) -> list[Question]:
    """Return what these rules want to have asked on the day of a session, in a steady order."""
    wanted = {read_kind(rule.kind, rule.parameters).question for rule in rules}
    return [question for question in Question if question in wanted]


def versions_of(rule: Rule) -> list[Rule]:
    """Return all versions of a rule with who wrote them, the newest first."""
    people = ("author", "approved_by", "declined_by", "retired_by")
    rows = Rule.objects.filter(technique=rule.technique, code=rule.code)
    return list(rows.select_related(*people).order_by("-version"))
