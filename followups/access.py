"""The only ways to a review: what a person may not see does not exist for them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, QuerySet, prefetch_related_objects
from django.http import Http404

from clinic.base.prepared import Row, columns, from_row, is_one_of, prepared
from clinic.booking.models import Appointment
from clinic.practice.models import Service, Site
from clinic.staff.models import User
from followups.models import ContactAttempt, Review
from followups.models.review import ReviewQuerySet
from patients.models import Case, Patient, SiteRegistration
from treatments.models import Session


def get_review(user: User, review_id: UUID, *, patient: Patient | None = None) -> Review:
    """Return a review of a patient whom this person may see, of this patient where one is given.

    Raises `Http404` for any other.
    """
    reviews = Review.objects.filter(pk=review_id).with_words().select_related("patient")
    if patient is not None:
        reviews = reviews.filter(patient=patient)
    found = reviews.first()
    if found is None or not Patient.objects.visible_to(user).filter(pk=found.patient_id).exists():
        raise Http404("There is no such review at your sites.")
    return found


def to_reach(user: User, *, site: Site | None, today: date, now: datetime) -> ReviewQuerySet:
    """Return the reviews to book at a site (or all of this person's), the longest waiting first.

    Their window has begun and they are neither held nor booked. Who does not want the review is
    not called again: `declined` has those.
    """
    return _waiting(user, site, today, now).exclude(_has_declined())


def declined(user: User, *, site: Site | None, today: date, now: datetime) -> ReviewQuerySet:
    """Return the reviews that the patient does not want, else as `to_reach`."""
    return _waiting(user, site, today, now).filter(_has_declined())


def _waiting(user: User, site: Site | None, today: date, now: datetime) -> ReviewQuerySet:
    waiting = Review.objects.outstanding().begun(today).not_booked(now)
    if site is not None:
        waiting = waiting.filter(after_session__site=site)
    if user.site_ids:
        registered = SiteRegistration.objects.filter(
            patient=OuterRef("patient"), site__in=user.site_ids
        )
        waiting = waiting.filter(Exists(registered))
    return waiting.order_by("window_starts_date", "pk")


def lines_of(ids: list[UUID]) -> list[Review]:
    """Return these reviews as `to_reach` orders them, with all that their lines show.

    Patient, clinician, appointment, technique and site come with each, and its
    `contact_attempts`; in two queries.
    """
    reviews = [_line(row) for row in _lines(ids=ids)]
    prefetch_related_objects(reviews, "contact_attempts")
    return reviews


_PARTS: tuple[tuple[str, type[Model]], ...] = (
    ("", Review),
    ("patient", Patient),
    ("case", Case),
    ("case__clinician", User),
    ("appointment", Appointment),
    ("after_session", Session),
    ("after_session__site", Site),
)


@prepared(ids=list)
def _lines(ids: list[UUID]) -> QuerySet[Review, Any]:
    names = [name for via, model in _PARTS for name in columns(model, via)]
    reviews = Review.objects.filter(is_one_of("pk", ids)).order_by("window_starts_date", "pk")
    return reviews.values_list(*names)


def _line(row: Row) -> Review:
    found: list[Any] = []
    for _, model in _PARTS:
        # A clinician or an appointment that is not there has no identifier either.
        values, row = row[: len(columns(model))], row[len(columns(model)) :]
        found.append(from_row(model, values) if any(values) else None)
    review: Review = found[0]
    _, review.patient, review.case, clinician, review.appointment, review.after_session, site = (
        found
    )
    review.case.clinician = clinician
    review.after_session.site = site
    return review


def _has_declined() -> Exists:
    return Exists(
        ContactAttempt.objects.filter(
            review=OuterRef("pk"), outcome=ContactAttempt.Outcome.DECLINED
        ).order_by()
    )


def review_service() -> Service | None:
    """Return the service under which reviews are booked, or None where the clinic has none."""
    services = Service.objects.filter(purpose=Service.Purpose.REVIEW, is_active=True)
    return services.order_by("name").first()
