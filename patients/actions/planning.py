"""Why a course is planned although something of the assessment is not known."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.models import Case, PlannedWithout
from patients.models.planning import Lack
from patients.planning import lacks_of, reasons_given
from patients.reasons import SHORTEST_REASON


class NotAssessedError(ValidationError):
    """Something was not asked or counted, and nobody said why the course is planned."""

    def __init__(self, lacks: Iterable[Lack]) -> None:
        letters = f"in {SHORTEST_REASON} letters or more"
        super().__init__(
            [f"{lack.label}. Write why it is planned all the same, {letters}." for lack in lacks]
        )


def keep_why_without(
    *,
    by: User,
    case: Case,
    technique: str,
    plan_id: UUID,
    reasons: Mapping[str, str],
    now: datetime,
) -> list[PlannedWithout]:
    """Keep why a course is planned without what is not known now; called in the plan's own turn.

    A reason given for this plan before holds; one for what is known by now is dropped. Raises
    `NotAssessedError` where one is missing.
    """
    open_lacks = [lack for lack in lacks_of(case) if lack not in reasons_given(plan_id)]
    given = {lack: " ".join(reasons.get(lack.value, "").split()) for lack in open_lacks}
    if bare := [lack for lack, reason in given.items() if len(reason) < SHORTEST_REASON]:
        raise NotAssessedError(bare)
    rows = [
        PlannedWithout.check_and_create(
            patient=case.patient,
            case=case,
            technique=technique,
            about_id=plan_id,
            lack=lack,
            reason=reason,
            planned_at=now,
            planned_by=by,
        )
        for lack, reason in given.items()
    ]
    if rows:
        audit.record(
            Kind.PLANNED_WITHOUT,
            by=by,
            patient_id=case.patient_id,
            subject=rows[0],
            technique=rows[0].get_technique_display(),
            lacks="; ".join(row.get_lack_display().lower() for row in rows),
        )
    return rows
