"""What the tests of the pages of consent share."""

import html
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from patients.models import Consent
from tests.patients.consents import SIGNATURE, discussed, informed, signed

DAYS_AGO_20 = timedelta(days=20)
GOOD = {"agrees": "on", "signed_name": "Ada Okoro", "signature": SIGNATURE}


def given(case, template=None, ago=DAYS_AGO_20) -> Consent:
    """The consent of a patient who was given the information some time ago."""
    return informed(case.clinician, case, template=template, now=timezone.now() - ago)


def talked(case, template=None, ago=DAYS_AGO_20) -> Consent:
    """The consent of a patient with whom it was talked over after the information."""
    consent = given(case, template, ago)
    return discussed(case.clinician, consent, now=consent.information_given_at)


def taken(consent, **values) -> Consent:
    """The consent, signed just now."""
    values.setdefault("early_reason", "For this test.")
    return signed(consent.case.clinician, consent, now=timezone.now(), **values)


def url(name: str, case, *rest) -> str:
    """The address of a page about the patient, or about one of their consents or texts."""
    return reverse(f"patients:{name}", args=[case.patient_id, *(each.pk for each in rest)])


def page(response, status: int = 200) -> str:
    """What a page says, where it answers as expected."""
    assert response.status_code == status
    return html.unescape(response.content.decode())
