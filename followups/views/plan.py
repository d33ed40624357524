"""One patient's reviews: what is planned, what was found, how it changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.practice.models import Technique
from clinic.staff.access import require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from followups import access
from followups.actions.examinations import find_examination
from followups.looks import look_of
from followups.models import Review, ReviewStatus
from followups.reading import Outcome, outcome_of
from followups.views.board import booking_url
from patients.access import read_patient, shown_case
from patients.banner import patient_context
from patients.models import Case, Patient
from treatments.models import Session


@dataclass(frozen=True)
class PlannedReview:
    """A review with its status and what may be done about it."""

    review: Review
    kind: str
    words: str
    booking_url: str
    may_record: bool


@require_GET
@require(Permission.VIEW_FOLLOWUPS)
def review_list(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show a patient's reviews; what was measured only to those who may see the record."""
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="the reviews")
    case = shown_case(patient)
    reviews = _planned(user, patient, timezone.now())
    context = {
        **patient_context(patient),
        "reviews": reviews,
        "case": case,
        "unplanned": _techniques_without_plan(patient, reviews),
    }
    if user.can(Permission.VIEW_CLINICAL):
        context["outcome"] = outcome_of(case) if case else Outcome()
        context["baseline"] = find_examination(case, None) if case else None
        context["may_record"] = user.can(Permission.RECORD_CLINICAL) and _is_open(case)
    return render(request, "followups/list.html", context)


def _is_open(case: Case | None) -> bool:
    return case is not None and case.closed_at is None


def _planned(user: User, patient: Patient, now: datetime) -> list[PlannedReview]:
    found = Review.objects.filter(patient=patient).with_words()
    reviews = list(found.select_related("step__protocol").order_by("due_date", "pk"))
    following = next((review for review in reviews if review.is_outstanding), None)
    service = access.review_service()
    return [
        _planned_one(user, review, booking_url(review, service), now, is_next=review is following)
        for review in reviews
    ]


def _planned_one(
    user: User, review: Review, address: str, now: datetime, *, is_next: bool
) -> PlannedReview:
    """A review that is far off is offered for writing only when it is the next one."""
    kind, words = look_of(review, now)
    status = review.status_at(now)
    bookable = status in {ReviewStatus.PLANNED, ReviewStatus.DUE, ReviewStatus.OVERDUE}
    is_time = is_next or status != ReviewStatus.PLANNED
    return PlannedReview(
        review=review,
        kind=kind,
        words=words,
        booking_url=address if bookable and user.can(Permission.BOOK) else "",
        may_record=user.can(Permission.RECORD_CLINICAL) and review.is_outstanding and is_time,
    )


def _techniques_without_plan(patient: Patient, reviews: list[PlannedReview]) -> list[str]:
    """Return techniques that were used and have no review: no protocol is in force for them."""
    planned = {one.review.step.protocol.technique for one in reviews}
    signed = Session.objects.signed().filter(patient=patient).order_by()
    used = signed.values_list("technique", flat=True).distinct()
    return [str(Technique(one).label) for one in used if one not in planned]
