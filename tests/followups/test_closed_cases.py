"""A closed case is not chased, and nothing of it is lost or left to come."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from clinic.booking.models import Appointment
from clinic.staff.permissions import Role
from followups.actions.examinations import Findings, record_examination
from followups.actions.reviews import attach_booking, record_contact
from followups.models import Examination, Review, ReviewStatus
from patients.closing import obstacles_to_closing
from tests.factories.booking import AppointmentFactory
from tests.factories.followups import ReviewFactory
from tests.factories.patients import closed
from tests.factories.staff import UserFactory
from tests.factories.treatments import SessionFactory
from tests.followups.pages import COUNTS
from tests.races import one_after_the_other

pytestmark = pytest.mark.django_db


def _close(review):
    closed(review.case)
    review.refresh_from_db()
    return review


def _visit(review, *, days: float, **times) -> Appointment:
    """Book the review so many days from now."""
    starts_at = timezone.now() + timedelta(days=days)
    appointment = AppointmentFactory(
        patient=review.patient, starts_at=starts_at, room__site=review.after_session.site, **times
    )
    review.appointment = appointment
    review.save()
    appointment.refresh_from_db()
    return appointment


def test_the_reviews_of_a_closed_case_are_given_up():
    review = ReviewFactory()
    assert review in Review.objects.outstanding()
    _close(review)
    assert review not in Review.objects.outstanding()
    assert review.status_at(timezone.now()) == ReviewStatus.STOPPED


def test_the_trail_tells_how_many_reviews_were_given_up():
    review = ReviewFactory()
    ReviewFactory(after_session=review.after_session)
    _close(review)
    event = Event.objects.get(kind="patients.case_closed")
    assert event.details["reviews_given_up"] == 2
    assert event.sentence == "closed the case: lost to follow-up; reviews given up: 2"


def test_a_review_that_was_held_stays_held_when_its_case_is_closed():
    review = ReviewFactory()
    review.held_at = timezone.now()
    review.save()
    assert _close(review).given_up_at is None


def test_nobody_is_called_about_a_review_that_was_given_up():
    review = _close(ReviewFactory())
    with pytest.raises(ValidationError, match="its case closed"):
        record_contact(
            by=UserFactory(roles=[Role.RECEPTION]),
            review=review,
            outcome="no_answer",
            note="",
            now=timezone.now(),
        )


def _write_up(client, review):
    page = reverse("followups:review", args=[review.patient_id, review.pk])
    assert client.get(page).status_code == 200
    typed = {
        "examined_date": timezone.localdate().isoformat(),
        "note": "Seen on the last day, counts on paper lost",
        "record_early": "on",
        "areas-TOTAL_FORMS": "0",
        "areas-INITIAL_FORMS": "0",
        **{f"{part}-{count}_FORMS": "0" for part in ("pulls", "looks") for count in COUNTS},
    }
    return client.post(page, typed)


def test_what_was_found_is_written_down_also_after_the_case_was_closed(client_of, clinician):
    review = _close(ReviewFactory())
    assert _write_up(client_of(clinician), review).status_code == 302
    review.refresh_from_db()
    assert Examination.objects.get(review=review).note.startswith("Seen on the last day")
    assert review.held_at is not None
    assert review.given_up_at is None
    assert review.status_at(timezone.now()) != ReviewStatus.STOPPED


@pytest.mark.parametrize("hours_ago", [2, 30])
def test_a_case_is_not_closed_while_a_review_was_seen_and_not_written_up(
    client_of, clinician, hours_ago
):
    review = ReviewFactory()
    visit = _visit(review, days=-hours_ago / 24)
    with pytest.raises(ValidationError, match="nothing is written down"):
        _close(review)
    review.refresh_from_db()
    assert review.given_up_at is None
    assert _write_up(client_of(clinician), review).status_code == 302
    assert Appointment.objects.get(pk=visit.pk).cancelled_at is None
    assert _close(review).given_up_at is None


def test_a_visit_to_which_nobody_came_keeps_no_case_open():
    review = ReviewFactory()
    _visit(review, days=-2, no_show_at=timezone.now())
    assert _close(review).given_up_at is not None


def test_a_case_is_not_closed_while_a_visit_is_still_to_come(client_of, clinician):
    review = ReviewFactory()
    visit = _visit(review, days=7)
    AppointmentFactory(patient=review.patient, starts_at=timezone.now() + timedelta(days=40))
    address = reverse("patients:case", args=[review.patient_id])
    client = client_of(clinician)
    page = client.get(address).content.decode()
    assert page.count("is still to come") == 2
    assert reverse("booking:appointment", args=[visit.pk]) in page
    answer = client.post(
        reverse("patients:close_case", args=[review.patient_id]), {"outcome": "lost"}
    )
    assert answer.status_code == 422
    assert answer.content.decode().count("is still to come") == 2
    review.case.refresh_from_db()
    assert review.case.closed_at is None


def test_who_is_late_is_still_to_come_and_who_was_seen_is_not():
    case = ReviewFactory().case
    late = AppointmentFactory(patient=case.patient, starts_at=timezone.now() - timedelta(minutes=5))
    assert obstacles_to_closing(case, timezone.now())
    late.arrived_at = late.in_room_at = late.done_at = timezone.now()
    late.save()
    assert not obstacles_to_closing(case, timezone.now())


def test_each_thing_that_keeps_a_case_open_leads_to_where_it_is_finished(client_of, clinician):
    review = ReviewFactory()
    _visit(review, days=-3)
    draft = SessionFactory(
        case=review.case, patient=review.patient, site=review.after_session.site, number=2
    )
    page = client_of(clinician).get(reverse("patients:case", args=[review.patient_id]))
    text = page.content.decode()
    assert reverse("followups:review", args=[review.patient_id, review.pk]) in text
    assert reverse("treatments:session", args=[review.patient_id, draft.pk]) in text
    assert "Lost to follow-up" not in text, "nothing can be chosen yet"


@pytest.mark.django_db(transaction=True)
def test_a_booking_made_while_the_case_is_being_closed_is_not_overwritten():
    """Both wait for each other at the review: who comes second reads what the first wrote."""
    review = ReviewFactory()

    def attach():
        visit = AppointmentFactory(
            patient=review.patient, starts_at=timezone.now() + timedelta(days=9)
        )
        attach_booking(visit, by=UserFactory(), context={"review": str(review.pk)})
        return visit

    visit, refusal = one_after_the_other(attach, lambda: closed(review.case))
    review.refresh_from_db()
    assert review.appointment == visit
    assert review.given_up_at is None
    assert "still to come" in refusal.messages[0]


def test_writing_up_keeps_the_booking_that_was_made_since_the_page_was_opened(client_of, clinician):
    stale = ReviewFactory()
    visit = _visit(Review.objects.get(pk=stale.pk), days=9)
    record_examination(
        by=clinician,
        case=stale.case,
        review=stale,
        findings=Findings(examined_date=timezone.localdate(), note="Came early"),
        now=timezone.now(),
    )
    assert Review.objects.get(pk=stale.pk).appointment == visit
