"""What the tests of signing by a link share."""

from typing import Any

from django.utils import timezone

from clinic.consenting.actions import signing
from patients.models import Consent
from tests.patients.consents import ZONE


def sign(asked: Any, identity: Any, **values: Any) -> Consent:
    """The consent of a request, signed by its patient with their own name."""
    consent = Consent.objects.get(pk=asked.consent_id)
    patient = consent.patient
    values.setdefault("read", signing.shown_digest(consent))
    values.setdefault("signed_name", f"{patient.given_names} {patient.family_name}")
    values.setdefault("now", timezone.now())
    return signing.sign_by_link(request=asked, identity=identity, zone=ZONE, **values)
