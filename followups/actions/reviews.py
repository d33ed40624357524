"""The follow-up plan: made by signing, moved by the next session, booked from the diary."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.templatetags.anagen import day
from clinic.booking.models import Appointment
from clinic.staff.models import User
from followups.models import ContactAttempt, Protocol, ProtocolStep, Review
from patients.models import Case
from treatments.models import Session

logger = structlog.get_logger(__name__)


@transaction.atomic
def plan_reviews(session: Session, *, by: User) -> None:
    """Make or move the reviews that the protocol asks for after a signed session.

    They count from the latest signed session of the technique in the case, in whatever order the
    sessions were signed. A review that was held is never touched; one that is booked keeps its
    appointment. Called again, it changes nothing.
    """
    Case.objects.select_for_update(no_key=True).get(pk=session.case_id)
    protocol = newest_protocol(session.technique)
    if protocol is None:
        logger.warning("no_active_protocol", technique=session.technique)
        return
    last = last_session(session)
    known = {
        review.step.weeks_after_last_session: review
        for review in Review.objects.select_for_update(of=("self",))
        .filter(case=session.case_id, step__protocol__technique=session.technique)
        .select_related("step")
    }
    changed = [_place(step, known.pop(_weeks(step), None), last) for step in protocol.steps.all()]
    # What an earlier version of the protocol asked for stays asked for.
    changed += [_place(review.step, review, last) for review in known.values()]
    if count := sum(changed):
        audit.record(
            Kind.REVIEWS_PLANNED,
            by=by,
            patient_id=session.patient_id,
            subject=last,
            count=count,
            technique=session.get_technique_display(),
        )


def newest_protocol(technique: str) -> Protocol | None:
    """Return the protocol in force for a technique, or None."""
    return Protocol.objects.filter(technique=technique, is_active=True).order_by("-version").first()


def last_session(session: Session) -> Session:
    """Return the latest signed session of the same case and technique, this one included.

    A record that was replaced by a later one does not count.
    """
    signed = Session.objects.standing().filter(case=session.case_id, technique=session.technique)
    return signed.order_by("performed_date", "number", "pk").last() or session


def _weeks(step: ProtocolStep) -> int:
    return step.weeks_after_last_session


def _place(step: ProtocolStep, review: Review | None, last: Session) -> bool:
    """Put a review where its step says, and say whether anything changed."""
    if review is not None and review.held_at is not None:
        return False
    wanted = _placement(step, last)
    if review is None:
        Review.check_and_create(patient=last.patient, case=last.case, **wanted)
        return True
    if all(getattr(review, name) == value for name, value in wanted.items()):
        return False
    for name, value in wanted.items():
        setattr(review, name, value)
    review.check_and_save()
    return True


def _placement(step: ProtocolStep, last: Session) -> dict[str, object]:
    due = last.performed_date + timedelta(weeks=step.weeks_after_last_session)
    return {
        "step": step,
        "label": step.label,
        "after_session": last,
        "due_date": due,
        "window_starts_date": due - timedelta(weeks=step.window_weeks_before),
        "window_ends_date": due + timedelta(weeks=step.window_weeks_after),
    }


def attach_booking(appointment: Appointment, *, by: User, context: Mapping[str, str]) -> None:
    """Tie a new appointment to the review that the booking was made for (`context["review"]`).

    Runs in the transaction that books. Raises `ValidationError`, and so undoes the booking, when
    there is no such review of this patient, or when it is held or booked already.
    """
    wanted = context.get("review", "")
    if not wanted:
        return
    review = _review_to_book(wanted, appointment)
    review.appointment = appointment
    review.check_and_save()
    audit.record(
        Kind.REVIEW_BOOKED,
        by=by,
        patient_id=review.patient_id,
        subject=review,
        label=review.label,
        appointment=appointment.pk,
    )


def _review_to_book(wanted: str, appointment: Appointment) -> Review:
    locked = Review.objects.select_for_update(of=("self",)).select_related("appointment__site")
    review = locked.filter(pk=_uuid(wanted), patient=appointment.patient_id).first()
    if review is None:
        raise ValidationError(
            "The review to be booked is not one of this patient. Nothing was booked:"
            " start again from the list of reviews."
        )
    if review.held_at is not None:
        raise ValidationError("This review has been held already. Nothing was booked.")
    if review.given_up_at is not None:
        raise ValidationError("The case of this review is closed. Nothing was booked.")
    other = review.live_appointment
    if other is not None and other.ends_at > appointment.created_at:
        raise ValidationError(
            f"This review is booked already, for {day(other.local_date)}. Move that appointment."
        )
    return review


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValidationError(
            "The address of this page was cut short: start again from the list of reviews."
        ) from error


def give_up_reviews(case: Case, now: datetime) -> dict[str, int]:
    """Chase no review of a case that is being closed any more; return how many are given up.

    Runs in the transaction that closes. The rows are read under lock: a booking made at the same
    moment is either seen here, which raises `ValidationError`, or finds the review given up.
    """
    reviews = list(Review.objects.select_for_update().outstanding().filter(case=case))
    for review in reviews:
        if review.live_appointment is not None:
            raise ValidationError(
                f"The {review.label} review was booked meanwhile and is still to come. Cancel it"
                " first, or close the case after it."
            )
        review.given_up_at = now
        review.check_and_save()
    return {"reviews_given_up": len(reviews)}


@transaction.atomic
def resume_reviews(case: Case, closed_at: datetime) -> dict[str, int]:
    """Plan the reviews again that a closing gave up, once it is taken back; return how many."""
    reviews = list(Review.objects.select_for_update().filter(case=case, given_up_at=closed_at))
    for review in reviews:
        review.given_up_at = None
        review.check_and_save()
    return {"reviews_resumed": len(reviews)}


@transaction.atomic
def record_contact(
    *, by: User, review: Review, outcome: str, note: str, now: datetime
) -> ContactAttempt:
    """Record one attempt to reach the patient about a review that is not held.

    Raises `ValidationError` when it has been held meanwhile, or for an unknown outcome.
    """
    if not Review.objects.outstanding().filter(pk=review.pk).exists():
        raise ValidationError(
            "This review has been held, or its case closed, meanwhile. Nothing was recorded."
        )
    attempt = ContactAttempt.check_and_create(
        review=review, outcome=outcome, note=note.strip(), attempted_at=now, attempted_by=by
    )
    audit.record(
        Kind.CONTACT_ATTEMPTED,
        by=by,
        patient_id=review.patient_id,
        subject=review,
        outcome=attempt.get_outcome_display().lower(),
    )
    return attempt
