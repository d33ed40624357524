"""The plan: exact dates, the last session, what stays untouched, and bookings."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from clinic.audit.models import Event
from clinic.booking.actions import after_booking
from clinic.practice.models import Technique
from followups.actions.protocols import install_shipped_protocols
from followups.actions.reviews import attach_booking, plan_reviews, record_contact
from followups.models import ContactAttempt, Protocol, ProtocolStep, Review, ReviewStatus
from tests.factories.booking import AppointmentFactory
from tests.factories.followups import ReviewFactory
from tests.factories.patients import CaseFactory, PatientFactory, SignedConsentFactory
from tests.factories.treatments import signed_session
from treatments.actions.signing import after_signing

pytestmark = pytest.mark.django_db

SIGNED_ON = date(2026, 3, 2)


@pytest.fixture
def protocols(db):
    install_shipped_protocols()


def session_on(case, day: date, *, number: int = 1, technique: str = Technique.MICROGRAFT):
    consent = case.consents.filter(template__technique=technique).first()
    if consent is None:
        consent = SignedConsentFactory(case=case, template__technique=technique)
    return signed_session(technique, case=case, performed_date=day, number=number, consent=consent)


def dates(case) -> list[date]:
    return list(Review.objects.filter(case=case).values_list("due_date", flat=True))


def weeks_after(day: date, *weeks: int) -> list[date]:
    return [day + timedelta(days=7 * week) for week in weeks]


def test_the_shipped_protocols_are_those_of_the_field(protocols):
    steps = ProtocolStep.objects.order_by("protocol__technique", "weeks_after_last_session")
    assert list(steps.values_list("protocol__technique", "weeks_after_last_session")) == [
        *((Technique.MICROGRAFT, week) for week in (23, 44, 58, 113)),
        *((Technique.PRP, week) for week in (12, 24, 48)),
    ]
    assert {(step.window_weeks_before, step.window_weeks_after) for step in steps} == {(2, 2)}


def test_installing_twice_changes_nothing_and_keeps_what_the_clinic_changed(protocols):
    Protocol.objects.filter(technique=Technique.PRP).update(is_active=False)
    install_shipped_protocols()
    assert Protocol.objects.count() == 2
    assert not Protocol.objects.get(technique=Technique.PRP).is_active


def test_signing_a_session_plans_its_reviews():
    assert plan_reviews in after_signing


def test_booking_ties_itself_to_a_review():
    assert attach_booking in after_booking


@pytest.mark.parametrize(
    ("technique", "weeks"),
    [(Technique.MICROGRAFT, (23, 44, 58, 113)), (Technique.PRP, (12, 24, 48))],
)
def test_reviews_are_due_whole_weeks_after_the_session_with_two_weeks_either_side(
    protocols, clinician, technique, weeks
):
    case = CaseFactory()
    session = session_on(case, SIGNED_ON, technique=technique)
    plan_reviews(session, by=clinician)
    assert dates(case) == weeks_after(SIGNED_ON, *weeks)
    for review in Review.objects.all():
        assert review.window_starts_date == review.due_date - timedelta(days=14)
        assert review.window_ends_date == review.due_date + timedelta(days=14)
        assert review.after_session == session
        assert review.patient == case.patient


def test_planning_is_an_event_once(protocols, clinician):
    session = session_on(CaseFactory(), SIGNED_ON)
    plan_reviews(session, by=clinician)
    plan_reviews(session, by=clinician)
    event = Event.objects.get(kind="followups.reviews_planned")
    assert event.sentence == "planned 4 reviews after Micrograft"
    assert event.patient_id == session.patient_id
    assert Review.objects.count() == 4


def test_the_next_session_moves_what_was_not_held_and_nothing_else(protocols, clinician):
    case = CaseFactory()
    plan_reviews(session_on(case, SIGNED_ON), by=clinician)
    held = Review.objects.get(label="23 weeks")
    Review.objects.filter(pk=held.pk).update(held_at=timezone.now())
    later = SIGNED_ON + timedelta(days=45)
    second = session_on(case, later, number=2)
    plan_reviews(second, by=clinician)
    assert dates(case) == [*weeks_after(SIGNED_ON, 23), *weeks_after(later, 44, 58, 113)]
    held.refresh_from_db()
    assert held.after_session.performed_date == SIGNED_ON
    assert Review.objects.filter(after_session=second).count() == 3


def test_a_session_signed_late_does_not_pull_the_reviews_back(protocols, clinician):
    """The second session was signed first; the first one's signature changes nothing."""
    case = CaseFactory()
    later = SIGNED_ON + timedelta(days=45)
    plan_reviews(session_on(case, later, number=2), by=clinician)
    plan_reviews(session_on(case, SIGNED_ON, number=1), by=clinician)
    assert dates(case) == weeks_after(later, 23, 44, 58, 113)
    assert Event.objects.filter(kind="followups.reviews_planned").count() == 1


def test_each_technique_counts_from_its_own_sessions(protocols, clinician):
    case = CaseFactory()
    plan_reviews(session_on(case, SIGNED_ON), by=clinician)
    later = SIGNED_ON + timedelta(days=30)
    plan_reviews(session_on(case, later, technique=Technique.PRP), by=clinician)
    assert sorted(dates(case)) == sorted(
        [*weeks_after(SIGNED_ON, 23, 44, 58, 113), *weeks_after(later, 12, 24, 48)]
    )


def test_a_record_that_replaces_another_is_the_one_that_counts(protocols, clinician):
    """The first record had the wrong day; the one that amends it has the right one."""
    case = CaseFactory()
    wrong = session_on(case, SIGNED_ON)
    plan_reviews(wrong, by=clinician)
    right = signed_session(
        case=case, performed_date=SIGNED_ON - timedelta(days=7), consent=wrong.consent, amends=wrong
    )
    plan_reviews(right, by=clinician)
    assert dates(case) == weeks_after(SIGNED_ON - timedelta(days=7), 23, 44, 58, 113)


def test_a_new_version_of_the_protocol_takes_over_what_it_names_and_keeps_the_rest(
    protocols, clinician
):
    case = CaseFactory()
    plan_reviews(session_on(case, SIGNED_ON), by=clinician)
    newer = Protocol.check_and_create(technique=Technique.MICROGRAFT, version=2, name="Ours")
    for week in (23, 80):
        ProtocolStep.check_and_create(
            protocol=newer, label=f"{week} w", weeks_after_last_session=week, window_weeks_after=4
        )
    later = SIGNED_ON + timedelta(days=45)
    plan_reviews(session_on(case, later, number=2), by=clinician)
    assert dates(case) == weeks_after(later, 23, 44, 58, 80, 113)
    moved = Review.objects.get(due_date=later + timedelta(weeks=23))
    assert moved.step.protocol == newer
    assert moved.window_ends_date == moved.due_date + timedelta(weeks=4)


def test_without_a_protocol_the_signature_still_stands(clinician):
    plan_reviews(session_on(CaseFactory(), SIGNED_ON), by=clinician)
    assert not Review.objects.exists()


def test_a_protocol_that_is_not_in_force_plans_nothing(protocols, clinician):
    Protocol.objects.update(is_active=False)
    plan_reviews(session_on(CaseFactory(), SIGNED_ON), by=clinician)
    assert not Review.objects.exists()


def test_a_booked_review_keeps_its_appointment_and_is_flagged_outside_its_window(
    protocols, clinician
):
    case = CaseFactory()
    plan_reviews(session_on(case, SIGNED_ON), by=clinician)
    review = Review.objects.get(label="23 weeks")
    starts_at = datetime.combine(review.due_date, datetime.min.time(), UTC) + timedelta(hours=10)
    appointment = AppointmentFactory(patient=case.patient, starts_at=starts_at)
    Review.objects.filter(pk=review.pk).update(appointment=appointment)
    review.refresh_from_db()
    assert not review.out_of_window
    plan_reviews(session_on(case, SIGNED_ON + timedelta(days=45), number=2), by=clinician)
    review.refresh_from_db()
    assert review.appointment == appointment
    assert review.out_of_window
    appointment.cancelled_at, appointment.cancelled_by = timezone.now(), clinician
    appointment.save()
    assert not Review.objects.get(pk=review.pk).out_of_window


def test_the_window_ends_with_the_day_at_the_site_not_in_utc(protocols, clinician):
    """23:30 in UTC on the last day is past midnight in an English summer."""
    review = ReviewFactory(after_session=session_on(CaseFactory(), SIGNED_ON))
    Review.objects.filter(pk=review.pk).update(
        due_date=date(2026, 8, 10),
        window_starts_date=date(2026, 8, 1),
        window_ends_date=date(2026, 8, 15),
    )
    late = AppointmentFactory(
        patient=review.patient, starts_at=datetime(2026, 8, 15, 23, 30, tzinfo=UTC)
    )
    Review.objects.filter(pk=review.pk).update(appointment=late)
    assert Review.objects.get(pk=review.pk).out_of_window


def at(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12)


def test_the_status_follows_the_calendar():
    review = ReviewFactory()
    start, end = review.window_starts_date, review.window_ends_date
    day = timedelta(days=1)
    assert review.status_at(at(start - day)) == ReviewStatus.PLANNED
    assert review.status_at(at(start)) == ReviewStatus.DUE
    assert review.status_at(at(end)) == ReviewStatus.DUE
    assert review.status_at(at(end + day)) == ReviewStatus.OVERDUE


def test_the_status_changes_at_midnight_at_the_site():
    review = ReviewFactory()
    review.window_starts_date = review.due_date = date(2026, 8, 10)
    before_midnight_in_utc = datetime(2026, 8, 9, 23, 30, tzinfo=UTC)
    assert review.status_at(before_midnight_in_utc) == ReviewStatus.DUE


def test_a_live_appointment_makes_it_booked_and_a_cancelled_or_missed_one_does_not(clinician):
    review = ReviewFactory()
    now = at(review.window_starts_date)
    review.appointment = AppointmentFactory(
        patient=review.patient, starts_at=now + timedelta(days=3)
    )
    assert review.status_at(now) == ReviewStatus.BOOKED
    review.appointment.no_show_at = now
    assert review.status_at(now) == ReviewStatus.DUE
    review.appointment.no_show_at, review.appointment.cancelled_at = None, now
    assert review.status_at(now) == ReviewStatus.DUE


def test_a_visit_that_nobody_wrote_up_comes_back_after_a_day():
    review = ReviewFactory()
    appointment = AppointmentFactory(
        patient=review.patient, starts_at=at(review.window_starts_date)
    )
    review.appointment = appointment
    review.save()
    soon = appointment.ends_at + timedelta(hours=2)
    late = appointment.ends_at + timedelta(hours=25)
    assert review.status_at(soon) == ReviewStatus.BOOKED
    assert not review.seen_but_not_recorded(soon)
    assert not Review.objects.not_booked(soon).exists()
    assert review.status_at(late) == ReviewStatus.DUE
    assert review.seen_but_not_recorded(late)
    assert Review.objects.not_booked(late).get() == review


def test_a_held_review_is_held_in_or_out_of_its_window():
    review = ReviewFactory()
    review.held_at = at(review.due_date)
    assert review.status_at(at(review.due_date)) == ReviewStatus.HELD
    review.held_at = at(review.window_ends_date + timedelta(days=1))
    assert review.status_at(review.held_at) == ReviewStatus.HELD_OUT_OF_WINDOW


def test_the_database_refuses_a_window_that_does_not_hold_the_due_date():
    review = ReviewFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(window_ends_date=date(2000, 1, 1))


def test_the_database_refuses_a_step_twice_in_a_case():
    review = ReviewFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewFactory(after_session=review.after_session, step=review.step)


def attach(appointment, review_id, clinician) -> None:
    with transaction.atomic():
        attach_booking(appointment, by=clinician, context={"review": str(review_id)})


def test_a_booking_made_for_a_review_is_tied_to_it(clinician):
    review = ReviewFactory()
    appointment = AppointmentFactory(patient=review.patient)
    attach(appointment, review.pk, clinician)
    review.refresh_from_db()
    assert review.appointment == appointment
    event = Event.objects.get(kind="followups.review_booked")
    assert event.sentence == f"booked the {review.label} review"


def test_a_booking_for_something_else_is_left_alone(clinician):
    appointment = AppointmentFactory()
    attach_booking(appointment, by=clinician, context={})
    assert not Event.objects.filter(kind="followups.review_booked").exists()


def test_another_patients_review_is_never_booked(clinician):
    review = ReviewFactory()
    with pytest.raises(ValidationError, match="not one of this patient"):
        attach(AppointmentFactory(patient=PatientFactory()), review.pk, clinician)
    review.refresh_from_db()
    assert review.appointment is None


@pytest.mark.parametrize("wanted", ["nonsense", "1", str(uuid.UUID(int=7))])
def test_a_review_that_does_not_exist_undoes_the_booking(clinician, wanted):
    with pytest.raises(ValidationError, match="start again from the list"):
        attach(AppointmentFactory(), wanted, clinician)


def test_a_held_review_is_not_booked_again(clinician):
    review = ReviewFactory(held_at=timezone.now())
    with pytest.raises(ValidationError, match="held already"):
        attach(AppointmentFactory(patient=review.patient), review.pk, clinician)


def test_a_booked_review_is_not_booked_twice(clinician):
    review = ReviewFactory()
    first = AppointmentFactory(patient=review.patient)
    attach(first, review.pk, clinician)
    second = AppointmentFactory(
        patient=review.patient, starts_at=first.starts_at + timedelta(days=1)
    )
    with pytest.raises(ValidationError, match="booked already"):
        attach(second, review.pk, clinician)
    first.cancelled_at, first.cancelled_by = timezone.now(), clinician
    first.save()
    attach(second, review.pk, clinician)
    review.refresh_from_db()
    assert review.appointment == second


def test_an_attempt_to_reach_the_patient_is_kept_for_good(reception):
    review = ReviewFactory()
    record_contact(
        by=reception, review=review, outcome="left_message", note=" Rang twice ", now=timezone.now()
    )
    attempt = ContactAttempt.objects.get()
    assert attempt.note == "Rang twice"
    assert attempt.attempted_by == reception
    event = Event.objects.get(kind="followups.contact_attempted")
    assert event.sentence == "tried to reach the patient: left a message"
    with pytest.raises(DatabaseError), transaction.atomic():
        ContactAttempt.objects.update(note="Changed")


def test_what_came_of_a_call_is_one_of_the_known_outcomes(reception):
    with pytest.raises(ValidationError):
        record_contact(
            by=reception, review=ReviewFactory(), outcome="shouted", note="", now=timezone.now()
        )


def test_nobody_is_called_about_a_review_that_was_held(reception):
    review = ReviewFactory(held_at=timezone.now())
    with pytest.raises(ValidationError, match="has been held, or its case closed"):
        record_contact(
            by=reception, review=review, outcome="no_answer", note="", now=timezone.now()
        )


def test_what_is_outstanding_is_found_by_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    waiting = Review.objects.outstanding().begun(date(2026, 1, 1))
    assert "followups_outstanding" in waiting.order_by("window_starts_date", "pk")[:25].explain()
