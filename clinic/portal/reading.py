"""What a patient reads about themselves, behind the link."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from clinic.booking.models import Appointment
from clinic.documents.models import Document
from clinic.practice.models import Site
from followups.models import Review
from patients.models import Patient
from treatments.models import Session

MOST = 20


@dataclass(frozen=True)
class Home:
    """The patient's own page."""

    patient: Patient
    site: Site | None
    visits: list[Appointment]
    reviews: list[Review]
    documents: list[Document]
    sessions: list[Session]
    today: date


def home_of(patient: Patient, *, now: datetime, proved: bool) -> Home:
    """Gather what was done, what comes next, and what there is to read.

    Signed consents are among it for who has `proved` by a code who they are, as on every page
    about a consent: what is read behind a date of birth alone is known to a whole family.
    """
    visits = list(_visits(patient, now))
    sessions = _sessions(patient)
    site = _site(patient, visits, sessions)
    documents = patient.documents.issued().order_by("-issued_at")
    if not proved:
        documents = documents.exclude(kind=Document.Kind.SIGNED_CONSENT)
    return Home(
        patient=patient,
        site=site,
        visits=visits,
        reviews=_reviews(patient),
        documents=list(documents[:MOST]),
        sessions=sessions,
        today=timezone.localdate(now, timezone=site.zone if site else None),
    )


def _reviews(patient: Patient) -> list[Review]:
    waiting = Review.objects.outstanding().not_booked().filter(patient=patient)
    return list(waiting.select_related("after_session")[:MOST])


def _visits(patient: Patient, now: datetime) -> list[Appointment]:
    coming = Appointment.objects.live().filter(patient=patient, starts_at__gt=now)
    return list(coming.select_related("service", "site", "practitioner").order_by("starts_at"))


def _sessions(patient: Patient) -> list[Session]:
    standing = Session.objects.standing().filter(patient=patient)
    return list(standing.select_related("site", "operator").order_by("-performed_date")[:MOST])


def site_of(patient: Patient) -> Site | None:
    """Return the site where a patient was registered first, or None."""
    first = patient.registrations.select_related("site").order_by("created_at").first()
    return first.site if first else None


def _site(patient: Patient, visits: list[Appointment], sessions: list[Session]) -> Site | None:
    """Return the site to call: of the next visit, else of the last session, else the first."""
    if visits:
        return visits[0].site
    if sessions:
        return sessions[0].site
    return site_of(patient)
