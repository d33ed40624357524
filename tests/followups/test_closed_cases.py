"""A closed case is not chased."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.staff.permissions import Role
from followups.actions.reviews import record_contact
from followups.models import Review, ReviewStatus
from patients.actions.cases import close_case
from tests.factories.followups import ReviewFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db


def _closed(review):
    case = review.case
    close_case(
        by=UserFactory(roles=[Role.CLINICIAN]), case=case, outcome="lost", now=timezone.now()
    )
    review.refresh_from_db()
    return review


def test_the_reviews_of_a_closed_case_are_given_up():
    review = ReviewFactory()
    assert review in Review.objects.outstanding()
    _closed(review)
    assert review not in Review.objects.outstanding()
    assert review.status_at(timezone.now()) == ReviewStatus.NOT_HELD


def test_a_review_that_was_held_stays_held_when_its_case_is_closed():
    review = ReviewFactory()
    review.held_at = timezone.now()
    review.save()
    assert _closed(review).given_up_at is None


def test_nobody_is_called_about_a_review_that_was_given_up():
    review = _closed(ReviewFactory())
    with pytest.raises(ValidationError, match="its case closed"):
        record_contact(
            by=UserFactory(roles=[Role.RECEPTION]),
            review=review,
            outcome="no_answer",
            note="",
            now=timezone.now(),
        )
