"""Stopping the AGA pathway by what was found."""

from datetime import datetime

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.models import Case, CauseStatement, Diagnosis, PathwayStop, StopReview
from patients.models.pathway import DIAGNOSED, Weight
from patients.pathway import CAUSE_OF


def stop_of(
    *, by: User | None, case: Case, raised_by: User, grounds: str, now: datetime
) -> PathwayStop:
    """Return the stop of a case that stands, or raise one.

    What is found after a review needs another. Each case has its own, so that it goes with its
    case when records that were merged by mistake are two again.
    """
    stops = PathwayStop.objects.filter(patient=case.patient_id, case=case)
    if standing := stops.standing().first():
        return standing
    stop = PathwayStop.check_and_create(
        patient=case.patient, case=case, raised_at=now, raised_by=raised_by
    )
    audit.record(
        Kind.PATHWAY_STOPPED, by=by, patient_id=case.patient_id, subject=stop, grounds=grounds
    )
    return stop


def is_reviewed(stop: PathwayStop | None, outcome: StopReview.Outcome) -> bool:
    """Return whether the newest review of a stop decided this."""
    review = stop.reviews.first() if stop else None
    return review is not None and review.outcome == outcome


def stop_for_diagnosis(*, by: User | None, case: Case, now: datetime) -> None:
    """Stop a case that begins, or goes on, with a diagnosis that stops and never did.

    A diagnosis from before there were stops stops where its case was open then; a case that is
    reopened, and the next case of the patient, come here. It is said in the name of who made it.
    """
    made = Diagnosis.objects.standing().filter(case__patient=case.patient_id)
    present = made.select_related("made_by").first()
    cause = CAUSE_OF.get(Diagnosis.Condition(present.condition)) if present else None
    if present is None or cause is None:
        return
    stated = CauseStatement.objects.filter(patient=case.patient_id, item=cause, stop__isnull=False)
    if stated.exists():
        return
    row = CauseStatement(
        patient=case.patient,
        case=case,
        item=cause.value,
        weight=Weight.LIKELY,
        note=DIAGNOSED,
        found_date=present.found_date,
        stated_at=present.made_at,
        stated_by=present.made_by,
    )
    row.stop = stop_of(by=by, case=case, raised_by=present.made_by, grounds=str(row), now=now)
    row.full_clean()
    row.save(force_insert=True)
