"""Which reviews keep a case open, and which stop with it."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from clinic.base.templatetags.anagen import day
from clinic.booking.models import Status
from followups.models import Review
from patients.closing import Obstacle
from patients.models import Case

_TO_COME = (Status.BOOKED, Status.CONFIRMED)


def seen_but_not_written_up(case: Case, now: datetime) -> Iterator[Obstacle]:
    """Yield the reviews that took place, as far as the diary knows, and of which nothing is kept.

    Unlike `Review.seen_but_not_recorded` it grants no day for writing up: once the case is closed
    nobody is reminded of it. A visit that is still to come is for `booking` to name.
    """
    reviews = Review.objects.outstanding().filter(case=case, appointment__isnull=False)
    for review in reviews.select_related("appointment__site"):
        visit = review.live_appointment
        if visit is None or (visit.status in _TO_COME and visit.ends_at > now):
            continue
        yield Obstacle(
            f"The {review.label} review was seen on {day(visit.local_date)}, and nothing is written"
            " down. Write it up, or record in the diary that the patient did not come.",
            page="Write it up",
            url=reverse("followups:review", args=[review.patient_id, review.pk]),
        )


def reviews_that_stop(case: Case) -> Iterator[str]:
    """Yield the reviews that are planned and would be given up, the next one first."""
    reviews = Review.objects.outstanding().filter(case=case)
    for review in reviews.select_related("step__protocol").order_by("due_date", "pk"):
        technique = review.step.protocol.get_technique_display()
        yield f"{review.label} after {technique}, due {day(review.due_date)}"
