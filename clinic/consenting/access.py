"""The only ways to what a patient signs by their own link."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from clinic.base.templatetags.anagen import day
from clinic.consenting.models import SigningRequest
from clinic.documents.models import PrivateLink
from patients.consent.overview import PEOPLE
from patients.models import Consent, Patient


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


def said_on_the_list(patient: Patient) -> Mapping[UUID, str]:
    """Return of each consent that is with the patient how far it is, for the list of consents."""
    return {
        each.consent_id: f"Opened {day(each.opened_at)}"
        if each.opened_at
        else f"Sent {day(each.sent_at)}, not opened yet"
        for each in requests_with(patient)
    }
