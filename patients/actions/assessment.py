"""What is concluded at a visit: diagnosis, possible causes, warning signs, and what they stop."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.actions.cases import ensure_case, lead_if_nobody_does
from patients.models import (
    Case,
    CauseStatement,
    Diagnosis,
    PathwayStop,
    Patient,
    SignsStatement,
    StopReview,
)
from patients.models.pathway import Cause, Weight
from patients.turns import take_turn

# A diagnosis that is scarring, infection or areata is a likely cause that stops the pathway.
_CAUSE_OF = {
    Diagnosis.Condition.AREATA: Cause.AREATA,
    Diagnosis.Condition.SCARRING: Cause.SCARRING,
    Diagnosis.Condition.TINEA: Cause.TINEA,
}


@dataclass(frozen=True)
class Graded:
    """A diagnosis as it was chosen: SALT has the share lost of each area in place of a grade."""

    condition: str
    scale: str = ""
    grade: str = ""
    salt_lost_percent: Mapping[str, int] | None = None
    note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """What is written in the row."""
        lost = self.salt_lost_percent or {}
        return {
            "condition": self.condition,
            "scale": self.scale,
            "grade": self.grade,
            "note": self.note,
            **{f"salt_{area}_percent": share for area, share in lost.items()},
        }


@dataclass(frozen=True)
class Weighed:
    """How a possible cause is seen, and why."""

    weight: str
    note: str = ""


@dataclass(frozen=True)
class Signs:
    """The warning signs that were seen when all were looked for; none is an answer."""

    present: tuple[str, ...] = ()
    note: str = ""


@transaction.atomic
def make_diagnosis(*, by: User, patient: Patient, graded: Graded, now: datetime) -> Diagnosis:
    """Record a diagnosis of today in the open case; a case is opened where there is none."""
    case = ensure_case(by=by, patient=patient, now=now)
    return diagnose_in(by=by, case=case, graded=graded, found_date=timezone.localdate(now), now=now)


@transaction.atomic
def diagnose_in(
    *, by: User, case: Case, graded: Graded, found_date: date, now: datetime
) -> Diagnosis:
    """Record what was found on a day of a case; that of the newest day is the present one.

    Scarring, infection and areata stop the AGA pathway. Who makes it is responsible for a case
    that nobody leads.
    """
    take_turn(case.patient_id)
    diagnosis = Diagnosis.check_and_create(
        case=case, found_date=found_date, made_at=now, made_by=by, **graded.columns
    )
    audit.record(
        Kind.DIAGNOSIS_MADE,
        by=by,
        patient_id=case.patient_id,
        subject=diagnosis,
        diagnosis=str(diagnosis),
    )
    lead_if_nobody_does(by=by, case=case)
    if cause := _CAUSE_OF.get(Diagnosis.Condition(graded.condition)):
        weighed = {cause.value: Weighed(Weight.LIKELY, note="Diagnosed")}
        weigh_causes(by=by, patient=case.patient, weighed=weighed, found_date=found_date, now=now)
    return diagnosis


@transaction.atomic
def weigh_causes(
    *, by: User, patient: Patient, weighed: Mapping[str, Weighed], found_date: date, now: datetime
) -> list[CauseStatement]:
    """Record how possible causes are seen, by cause; what stands as it was is left alone.

    A cause that is scarring, infection or areata and not ruled out stops the AGA pathway. What a
    review accounted for is no news when it is stated again; what a review ruled out is.
    """
    take_turn(patient.pk)
    latest = CauseStatement.objects.newest_of(patient.pk)
    rows = [
        CauseStatement(
            patient=patient,
            item=item,
            weight=each.weight,
            note=each.note.strip(),
            found_date=found_date,
            stated_at=now,
            stated_by=by,
        )
        for item, each in weighed.items()
    ]
    rows = [row for row in rows if _is_news(row, latest.get(row.item))]
    for row in rows:
        row.stop = _stop(by, patient, now, str(row)) if row.stops else None
        row.full_clean()
        row.save(force_insert=True)
    if rows:
        audit.record(Kind.CAUSES_WEIGHED, by=by, patient_id=patient.pk, count=len(rows))
    return rows


def _is_news(row: CauseStatement, latest: CauseStatement | None) -> bool:
    if latest is None or not row.says_the_same(latest):
        return True
    review = latest.stop.reviews.first() if latest.stop else None
    return review is not None and review.outcome == StopReview.Outcome.RULED_OUT


@transaction.atomic
def look_for_signs(
    *, by: User, patient: Patient, signs: Signs, found_date: date, now: datetime
) -> SignsStatement:
    """Record that all warning signs were looked for, and which were seen: any stops the pathway."""
    take_turn(patient.pk)
    row = SignsStatement(
        patient=patient,
        present=sorted(set(signs.present)),
        note=signs.note.strip(),
        found_date=found_date,
        stated_at=now,
        stated_by=by,
    )
    row.stop = _stop(by, patient, now, str(row)) if row.present else None
    row.full_clean()
    row.save(force_insert=True)
    audit.record(
        Kind.SIGNS_LOOKED_FOR,
        by=by,
        patient_id=patient.pk,
        subject=row,
        found="; ".join(row.signs_in_words) or "none",
    )
    return row


def _stop(by: User, patient: Patient, now: datetime, grounds: str) -> PathwayStop:
    """Return the stop that stands, or raise one: what is found after a review needs another."""
    standing = patient.pathway_stops.standing().first()
    if standing:
        return standing
    stop = PathwayStop.check_and_create(patient=patient, raised_at=now, raised_by=by)
    audit.record(Kind.PATHWAY_STOPPED, by=by, patient_id=patient.pk, subject=stop, grounds=grounds)
    return stop


@transaction.atomic
def review_stop(
    *,
    by: User,
    stop: PathwayStop,
    outcome: str,
    reason: str,
    seen: Collection[UUID],
    now: datetime,
) -> StopReview:
    """Record what a clinician decided about a stop, and why.

    `seen` are the findings that the person had before them. Raises `PermissionDenied` for who may
    not sign treatments, and `ValidationError` when the stop is lifted already, when more was found
    or decided meanwhile, or without a reason.
    """
    if not by.can(Permission.SIGN_SESSION):
        raise PermissionDenied(f"Your role does not allow you to {Permission.SIGN_SESSION}.")
    take_turn(stop.patient_id)
    if not PathwayStop.objects.standing().filter(pk=stop.pk).exists():
        raise ValidationError("Somebody else let the pathway go on meanwhile. Nothing was changed.")
    if _has_more(stop, seen):
        raise ValidationError(
            "More was found or decided after you opened this page. Read it as it is now, and decide"
            " again. Your reason is still here."
        )
    review = StopReview.check_and_create(
        stop=stop, outcome=outcome, reason=reason.strip(), reviewed_at=now, reviewed_by=by
    )
    audit.record(
        Kind.STOP_REVIEWED,
        by=by,
        patient_id=stop.patient_id,
        subject=review,
        outcome=review.get_outcome_display().lower(),
    )
    return review


def _has_more(stop: PathwayStop, seen: Collection[UUID]) -> bool:
    current = PathwayStop.objects.get(pk=stop.pk)
    decided = set(current.reviews.values_list("pk", flat=True))
    return bool((current.evidence | decided) - set(seen))
