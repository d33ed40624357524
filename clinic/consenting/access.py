"""The only ways to what a patient signs by their own link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404

from clinic.base.templatetags.anagen import day
from clinic.consenting.models import SigningRequest
from clinic.consenting.refusals import obstacle_to_sending, refusal
from clinic.documents.models import PrivateLink
from clinic.staff.models import User
from patients.consent.overview import PEOPLE
from patients.models import Consent, Patient

SEND_ANEW = "The record was made one with another since the link was sent. Send a new link."


def request_of(consent: Consent) -> SigningRequest | None:
    """Return the request to sign this consent that was not taken back, or None."""
    rows = SigningRequest.objects.select_related("link", "sent_by", "patient", "identity")
    return rows.filter(consent=consent, revoked_at__isnull=True).first()


def requests_with(patient: Patient) -> QuerySet[SigningRequest]:
    """Return what a patient can still sign by a link, the newest first."""
    waiting = SigningRequest.objects.with_patient().filter(patient=patient)
    return waiting.select_related("consent__template", "consent__case", "patient")


def wanted_until(patient: Patient) -> list[datetime]:
    """Return until when each consent that is with the patient wants a link that opens."""
    return list(requests_with(patient).values_list("link__expires_at", flat=True))


def newest_link(patient: Patient, now: datetime) -> PrivateLink | None:
    """Return the link that was sent to a patient last and opens, or None.

    One that is open on the clinic's own device comes after those that were sent.
    """
    links = PrivateLink.objects.open_at(now).filter(patient=patient).select_related("patient")
    sent_first = ExpressionWrapper(Q(way=PrivateLink.Way.HERE), BooleanField())
    return links.order_by(sent_first, "-created_at").first()


def has_to_sign(link: PrivateLink) -> bool:
    """Say whether the patient of this link has something to sign."""
    return requests_with(link.patient).exists()


def consents_behind(link: PrivateLink) -> QuerySet[Consent]:
    """Return what the link's own patient was asked to sign by a link, or has signed anywhere."""
    asked = Q(signing_requests__isnull=False)
    rows = Consent.objects.filter(asked | Q(signed_at__isnull=False), patient=link.patient_id)
    return rows.select_related("template", "case", "patient", *PEOPLE).distinct()


def consent_behind(link: PrivateLink, consent_id: UUID) -> Consent:
    """Return one of them, or raise `Http404`."""
    found = consents_behind(link).filter(pk=consent_id).first()
    if found is None:
        raise Http404("There is no such consent behind this link.")
    return found


@dataclass(frozen=True)
class HeldUp:
    """A consent that its patient opened and cannot sign by the link, and why, for staff."""

    consent: Consent
    why: str


def held_up_for(user: User, *, now: datetime, zone: ZoneInfo) -> list[HeldUp]:
    """Return what patients read on their page and cannot sign, of talks that this person held.

    What they asked first is not among it: their questions are listed by themselves.
    """
    opened = SigningRequest.objects.with_patient().filter(
        consent__discussed_by=user, opened_at__isnull=False, consent__case__closed_at=None
    )
    opened = opened.filter(patient__in=PrivateLink.objects.open_at(now).values("patient"))
    rows = opened.select_related(
        "consent__template", "consent__case", "consent__patient", "consent__discussed_by"
    )
    here = now.astimezone(zone)
    return [
        HeldUp(each.consent, obstacle_to_sending(each.consent, now=now, zone=zone) or SEND_ANEW)
        for each in rows.order_by("opened_at")
        if refusal(each.consent, each, now=here)
    ]


def said_on_the_list(patient: Patient) -> Mapping[UUID, str]:
    """Return of each consent that is with the patient how far it is, for the list of consents."""
    return {
        each.consent_id: f"Opened {day(each.opened_at)}"
        if each.opened_at
        else f"Sent {day(each.sent_at)}, not opened yet"
        for each in requests_with(patient)
    }
