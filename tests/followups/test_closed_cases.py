"""A closed case is not chased."""

import pytest
from django.utils import timezone

from followups.models import Review
from tests.factories.followups import ReviewFactory

pytestmark = pytest.mark.django_db


def test_the_reviews_of_a_closed_case_are_not_outstanding():
    review = ReviewFactory()
    assert review in Review.objects.outstanding()
    review.case.closed_at, review.case.closed_by = timezone.now(), review.case.clinician
    review.case.outcome = "discharged"
    review.case.save()
    assert review not in Review.objects.outstanding()
