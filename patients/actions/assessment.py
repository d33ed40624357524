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
from clinic.base.templatetags.anagen import day
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.actions.cases import ensure_case, lead_if_nobody_does
from patients.actions.stops import is_reviewed, stop_of
from patients.models import (
    Case,
    CauseStatement,
    Diagnosis,
    FindingWithdrawal,
    PathwayStop,
    Patient,
    SignsStatement,
    StopReview,
)
from patients.models.pathway import DIAGNOSED, Weight
from patients.pathway import CAUSE_OF
from patients.turns import take_turn
from patients.visits import visits_of


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
    *,
    by: User,
    case: Case,
    graded: Graded,
    found_date: date,
    replaces: Diagnosis | None = None,
    now: datetime,
) -> Diagnosis:
    """Record what was found on a day of a case; that of the newest day is the present one.

    Scarring, infection and areata stop the AGA pathway. Who makes it is responsible for a case
    that nobody leads. `replaces` is what was written at the same visit before it was corrected.
    """
    take_turn(case.patient_id)
    diagnosis = Diagnosis.check_and_create(
        case=case,
        found_date=found_date,
        replaces=replaces,
        made_at=now,
        made_by=by,
        **graded.columns,
    )
    audit.record(
        Kind.DIAGNOSIS_MADE,
        by=by,
        patient_id=case.patient_id,
        subject=diagnosis,
        diagnosis=str(diagnosis),
    )
    lead_if_nobody_does(by=by, case=case)
    cause = CAUSE_OF.get(Diagnosis.Condition(graded.condition))
    if cause and not (replaces and replaces.condition == graded.condition):
        weighed = {cause.value: Weighed(Weight.LIKELY, note=DIAGNOSED)}
        weigh_causes(by=by, case=case, weighed=weighed, found_date=found_date, now=now)
    return diagnosis


@transaction.atomic
def weigh_causes(
    *, by: User, case: Case, weighed: Mapping[str, Weighed], found_date: date, now: datetime
) -> list[CauseStatement]:
    """Record how possible causes are seen, by cause; what stood as it was that day is left alone.

    A cause that is scarring, infection or areata and not ruled out stops the AGA pathway. What a
    review of the case accounted for is no news when it is stated again, with whatever note; what a
    review ruled out is.
    """
    take_turn(case.patient_id)
    by_then = CauseStatement.objects.filter(found_date__lte=found_date)
    latest = by_then.newest_of(case.patient_id)
    rows = [
        CauseStatement(
            patient=case.patient,
            case=case,
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
        row.stop = _stop_of_cause(row, latest.get(row.item), by, now) if row.stops else None
        row.full_clean()
        row.save(force_insert=True)
    if rows:
        audit.record(Kind.CAUSES_WEIGHED, by=by, patient_id=case.patient_id, count=len(rows))
    return rows


@transaction.atomic
def redate_causes(
    *, by: User, case: Case, stated: Collection[datetime], found_date: date, now: datetime
) -> list[CauseStatement]:
    """Move what was weighed at a visit to the day on which it took place, as was found out later.

    `stated` are the moments at which the visit was written down. Each statement that has another
    day gets a row that replaces it and says the same, so a review of what it stopped holds.
    """
    take_turn(case.patient_id)
    known = CauseStatement.objects.filter(
        patient=case.patient_id, stated_at__in=stated, replaced_by=None
    )
    rows = [
        CauseStatement(
            patient=case.patient,
            case=case,
            item=row.item,
            weight=row.weight,
            note=row.note,
            found_date=found_date,
            stop=row.stop,
            replaces=row,
            stated_at=now,
            stated_by=by,
        )
        for row in known.exclude(found_date=found_date).order_by("stated_at", "created_at", "id")
    ]
    for row in rows:
        row.full_clean()
        row.save(force_insert=True)
    if rows:
        audit.record(
            Kind.CAUSES_REDATED,
            by=by,
            patient_id=case.patient_id,
            count=len(rows),
            found=str(day(found_date)),
        )
    return rows


def _is_news(row: CauseStatement, latest: CauseStatement | None) -> bool:
    if latest is None or not row.says_the_same(latest):
        return True
    return is_reviewed(latest.stop, StopReview.Outcome.RULED_OUT)


def _stop_of_cause(
    row: CauseStatement, latest: CauseStatement | None, by: User, now: datetime
) -> PathwayStop:
    """Return the stop that accounted for the same in this case; else the one that stands."""
    is_same = latest is not None and (latest.case_id, latest.weight) == (row.case_id, row.weight)
    if latest and is_same and is_reviewed(latest.stop, StopReview.Outcome.ACCOUNTED):
        return latest.stop  # type: ignore[return-value]
    return stop_of(by=by, case=row.case, raised_by=by, grounds=str(row), now=now)  # type: ignore[arg-type]


@transaction.atomic
def look_for_signs(
    *,
    by: User,
    case: Case,
    signs: Signs,
    found_date: date,
    replaces: SignsStatement | None = None,
    now: datetime,
) -> SignsStatement:
    """Record that all warning signs were looked for, and which were seen: any stops the pathway.

    `replaces` is what was written at the same visit before it was corrected: where only the day
    was, the review holds. Signs that a review of the case accounted for are no news, either.
    """
    take_turn(case.patient_id)
    row = SignsStatement(
        patient=case.patient,
        case=case,
        present=sorted(set(signs.present)),
        note=signs.note.strip(),
        found_date=found_date,
        replaces=replaces,
        stated_at=now,
        stated_by=by,
    )
    row.stop = _stop_of_signs(row, by, now) if row.present else None
    row.full_clean()
    row.save(force_insert=True)
    audit.record(
        Kind.SIGNS_LOOKED_FOR,
        by=by,
        patient_id=case.patient_id,
        subject=row,
        found="; ".join(row.signs_in_words) or "none",
    )
    return row


def _stop_of_signs(row: SignsStatement, by: User, now: datetime) -> PathwayStop:
    """Return the stop whose review covers these signs; else the one that stands, or a new one."""
    before = row.replaces
    if before and before.stop and before.note == row.note and before.covers(row):
        return before.stop
    stops = PathwayStop.objects.filter(patient=row.patient_id, case=row.case_id)
    newest = stops.filter(signs__present__contains=row.present).first()
    if newest and is_reviewed(newest, StopReview.Outcome.ACCOUNTED):
        return newest
    return stop_of(by=by, case=row.case, raised_by=by, grounds=str(row), now=now)  # type: ignore[arg-type]


@transaction.atomic
def take_off(
    *, by: User, finding: Diagnosis | SignsStatement, reason: str, now: datetime
) -> FindingWithdrawal:
    """Record that a diagnosis or what was said of signs was entered by mistake, and why.

    The row stays; it is no longer the present one. What it stopped stays stopped until a clinician
    reviews it. Raises `ValidationError` without a reason, or when that was recorded already.
    """
    diagnosis = finding if isinstance(finding, Diagnosis) else None
    signs = finding if isinstance(finding, SignsStatement) else None
    patient_id = finding.case.patient_id if isinstance(finding, Diagnosis) else finding.patient_id
    take_turn(patient_id)
    withdrawal = FindingWithdrawal.check_and_create(
        diagnosis=diagnosis,
        signs=signs,
        reason=reason.strip(),
        withdrawn_at=now,
        withdrawn_by=by,
    )
    audit.record(
        Kind.FINDING_WITHDRAWN,
        by=by,
        patient_id=patient_id,
        subject=withdrawal,
        finding="the diagnosis" if diagnosis else "warning signs",
    )
    return withdrawal


@transaction.atomic
def withdraw_diagnosis(
    *, by: User, diagnosis: Diagnosis, reason: str, now: datetime
) -> FindingWithdrawal:
    """Take back a diagnosis that was made outside a visit, as entered by mistake.

    The one before it is the present one again; what it stopped stays stopped. Raises
    `ValidationError` without a reason, for one that says nothing any more, and for one of a visit:
    that is taken off there, so that the visit no longer shows it.
    """
    take_turn(diagnosis.case.patient_id)
    if visit := visits_of([diagnosis]).get(diagnosis.pk):
        raise ValidationError(f"This was found at {visit.words}. Take it off there.")
    if not Diagnosis.objects.standing().filter(pk=diagnosis.pk).exists():
        raise ValidationError("This diagnosis was corrected or taken back meanwhile.")
    return take_off(by=by, finding=diagnosis, reason=reason, now=now)


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
