"""The only ways to a review: what a person may not see does not exist for them."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404

from clinic.practice.models import Service, Site
from clinic.staff.models import User
from followups.models import ContactAttempt, Review
from followups.models.review import ReviewQuerySet
from patients.models import Patient, SiteRegistration


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
    """Return these reviews as `to_reach` orders them, with what their line on the list shows.

    What few rows share (steps, sites) is fetched apart: a join of nine tables takes PostgreSQL
    longer to plan than to make.
    """
    reviews = Review.objects.filter(pk__in=ids).order_by("window_starts_date", "pk")
    return list(
        reviews.select_related(
            "patient", "case__clinician", "appointment", "after_session"
        ).prefetch_related("step__protocol", "after_session__site", "contact_attempts")
    )


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
