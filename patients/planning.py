"""What of the assessment is not known before a course is planned. Nothing here writes."""

from collections.abc import Callable, Iterable
from uuid import UUID

from patients.models import Case, Consent, PlannedWithout, SignsStatement
from patients.models.planning import Lack

# What apps above know to be missing: each is called with the case.
missing: list[Callable[[Case], Iterable[Lack]]] = []


def lacks_of(case: Case) -> list[Lack]:
    """Return what a course is not planned without in silence, in the order of the assessment.

    Warning signs count where they were looked for in this case: those of years ago say nothing.
    """
    found = {lack for ask in missing for lack in ask(case)}
    if not SignsStatement.objects.standing().asked_in(case.pk, case.patient_id).exists():
        found.add(Lack.SIGNS)
    return [lack for lack in Lack if lack in found]


def not_known_of(consent: Consent) -> list[tuple[Lack, list[PlannedWithout]]]:
    """Return what is not known now of whom a treatment is talked about with, and the reasons."""
    if not consent.template.is_for_treatment:
        return []
    rows = PlannedWithout.objects.filter(
        case=consent.case_id, technique=consent.template.technique
    ).select_related("planned_by")
    return [
        (lack, [row for row in rows if row.lack == lack.value]) for lack in lacks_of(consent.case)
    ]


def reasons_given(plan_id: UUID) -> dict[str, PlannedWithout]:
    """Return the reasons given for a plan, by what was not known."""
    rows = PlannedWithout.objects.filter(about_id=plan_id).select_related("planned_by")
    return {row.lack: row for row in rows}
