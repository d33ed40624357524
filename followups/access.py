"""The only ways to a review: what a person may not see does not exist for them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.http import Http404

from clinic.base.prepared import Prepared, Row, columns, from_row, is_one_of, prepared
from clinic.booking.models import Appointment
from clinic.practice.models import Service, Site
from clinic.staff.models import User, written_as
from followups.models import ContactAttempt, Review
from patients.models import Patient, SiteRegistration
from patients.models.patient import listed_as
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
    """A review on the list, with whom to call and the clinician who looks after the case."""

    review: Review
    patient: str
    phone: str
    clinician: str


def lines_of(ids: list[UUID]) -> list[Line]:
    """Return these reviews as `to_reach` orders them, with all that their lines show.

    Appointment, technique and site come with each review, and its `contact_attempts`; in two
    queries.
    """
    lines = [_line(row) for row in _lines(ids=ids)]
    prefetch_related_objects([line.review for line in lines], "contact_attempts")
    return lines


_PEOPLE = (
    *("patient__family_name", "patient__given_names", "patient__phone"),
    *("case__clinician__title", "case__clinician__given_name", "case__clinician__family_name"),
)
_APPOINTMENT = ("id", "ends_at", "cancelled_at", "no_show_at")
_SESSION = ("id", "technique", "site_id")
_SITE = ("id", "name", "slug", "time_zone")


@prepared(ids=list)
def _lines(ids: list[UUID]) -> QuerySet[Review, Any]:
    reviews = Review.objects.filter(is_one_of("pk", ids))
    return reviews.order_by("window_starts_date", "pk").values_list(
        *_PEOPLE,
        *columns(Appointment, "appointment", _APPOINTMENT),
        *columns(Session, "after_session", _SESSION),
        *columns(Site, "after_session__site", _SITE),
        *columns(Review),
    )


def _line(row: Row) -> Line:
    family_name, given_names, phone, *clinician = row[: len(_PEOPLE)]
    rest = iter(row[len(_PEOPLE) :])
    appointment, session, site = (
        list(islice(rest, len(names))) for names in (_APPOINTMENT, _SESSION, _SITE)
    )
    review = from_row(Review, tuple(rest))
    if review.appointment_id:
        review.appointment = from_row(Appointment, appointment, _APPOINTMENT)
    review.after_session = from_row(Session, session, _SESSION)
    review.after_session.site = from_row(Site, site, _SITE)
    return Line(review, listed_as(family_name, given_names), phone, written_as(*clinician))


def review_service() -> Service | None:
    """Return the service under which reviews are booked, or None where the clinic has none."""
    services = Service.objects.filter(purpose=Service.Purpose.REVIEW, is_active=True)
    return services.order_by("name").first()
