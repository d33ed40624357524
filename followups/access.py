"""The only ways to a review: what a person may not see does not exist for them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import Http404

from clinic.base.prepared import Prepared, Row, columns, from_row, is_one_of, prepared
from clinic.booking.models import Appointment
from clinic.practice.models import Service, Site
from clinic.staff.models import User
from followups.models import ContactAttempt, Review
from patients.models import Patient, SiteRegistration
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


def to_reach(user: User, *, site: Site | None, today: date, now: datetime, most: int) -> list[UUID]:
    """Return the reviews to book at a site (or all of this person's), the longest waiting first.

    Their window has begun and they are neither held nor booked. Who does not want the review is
    not called again: `declined` has those.
    """
    return _waiting(user, site, today, now, is_declined=False, most=most)


def declined(user: User, *, site: Site | None, today: date, now: datetime, most: int) -> list[UUID]:
    """Return the reviews that the patient does not want, else as `to_reach`."""
    return _waiting(user, site, today, now, is_declined=True, most=most)


def _waiting(
    user: User, site: Site | None, today: date, now: datetime, *, is_declined: bool, most: int
) -> list[UUID]:
    values: dict[str, Any] = {"today": today, "now": now}
    if site is not None:
        values["site_id"] = site.pk
    if user.site_ids:
        values["site_ids"] = list(user.site_ids)
    ask = _waiting_for(frozenset(values), is_declined, most)
    return [pk for (pk,) in ask(**values)]


_TYPES: dict[str, type] = {"today": date, "now": datetime, "site_id": UUID, "site_ids": list}


@cache
def _waiting_for(names: frozenset[str], is_declined: bool, most: int) -> Prepared:
    @prepared(**{name: kind for name, kind in _TYPES.items() if name in names})
    def waiting(
        today: date, now: datetime, site_id: UUID | None = None, site_ids: list[UUID] | None = None
    ) -> QuerySet[Review, Any]:
        reviews = Review.objects.outstanding().begun(today).not_booked(now)
        if site_id:
            reviews = reviews.filter(after_session__site=site_id)
        if site_ids:
            registered = SiteRegistration.objects.filter(is_one_of("site_id", site_ids))
            reviews = reviews.filter(Exists(registered.filter(patient=OuterRef("patient"))))
        wanted = reviews.filter(_has_declined() if is_declined else ~_has_declined())
        return wanted.order_by("window_starts_date", "pk").values_list("pk")[:most]

    return waiting


def _has_declined() -> Exists:
    """The last attempt decides: a slip is undone, and a mind changed, by recording another."""
    attempts = ContactAttempt.objects.filter(review=OuterRef("pk")).order_by()
    later = ContactAttempt.objects.filter(review=OuterRef("review")).filter(
        Q(attempted_at__gt=OuterRef("attempted_at"))
        | Q(attempted_at=OuterRef("attempted_at"), pk__gt=OuterRef("pk"))
    )
    declined = attempts.filter(outcome=ContactAttempt.Outcome.DECLINED)
    return Exists(declined.filter(~Exists(later.order_by())))


@dataclass(frozen=True)
class Line:
    """A review on the list, with the clinician who looks after the case."""

    review: Review
    clinician: User | None


def lines_of(ids: list[UUID]) -> list[Line]:
    """Return these reviews as `to_reach` orders them, with all that their lines show.

    Patient, appointment, technique and site come with each review, and its `contact_attempts`;
    in two queries.
    """
    lines = [_line(row) for row in _lines(ids=ids)]
    prefetch_related_objects([line.review for line in lines], "contact_attempts")
    return lines


# What a line shows: how to get to a row, and the columns of it that are needed (all of a review).
_PARTS: tuple[tuple[str, type[Model], tuple[str, ...]], ...] = (
    ("", Review, ()),
    ("patient", Patient, ("id", "family_name", "given_names", "phone")),
    ("case__clinician", User, ("id", "title", "given_name", "family_name")),
    ("appointment", Appointment, ("id", "ends_at", "cancelled_at", "no_show_at")),
    ("after_session", Session, ("id", "technique", "site_id")),
    ("after_session__site", Site, ("id", "name", "slug", "time_zone")),
)


@prepared(ids=list)
def _lines(ids: list[UUID]) -> QuerySet[Review, Any]:
    names = [name for via, model, only in _PARTS for name in columns(model, via, only)]
    reviews = Review.objects.filter(is_one_of("pk", ids))
    return reviews.order_by("window_starts_date", "pk").values_list(*names)


def _line(row: Row) -> Line:
    found: list[Any] = []
    for _, model, only in _PARTS:
        # A clinician or an appointment that is not there has no identifier either.
        length = len(columns(model, only=only))
        values, row = row[:length], row[length:]
        found.append(from_row(model, values, only) if any(values) else None)
    review, review.patient, clinician, review.appointment, session, session.site = found
    review.after_session = session
    return Line(review, clinician)


def review_service() -> Service | None:
    """Return the service under which reviews are booked, or None where the clinic has none."""
    services = Service.objects.filter(purpose=Service.Purpose.REVIEW, is_active=True)
    return services.order_by("name").first()
