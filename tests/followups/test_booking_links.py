"""The links that book a review open on a day when it can take place."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from followups.views import board
from tests.factories.followups import ReviewFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("due", "opens_on"),
    [
        ("2026-11-20", "2026-11-23"),  # overdue: today, which is a Sunday, so the Monday
        ("2026-12-09", "2026-12-09"),
        ("2026-12-12", "2026-12-14"),  # due on a Saturday
    ],
)
def test_booking_a_review_opens_on_the_first_working_day_from_its_due_date(due, opens_on):
    review = ReviewFactory(due_date=date.fromisoformat(due))
    with time_machine.travel(datetime(2026, 11, 22, 9, tzinfo=UTC), tick=False):
        assert f"date={opens_on}" in board.booking_url(review, None)
