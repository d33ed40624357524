"""What came up between the patient's signature and the clinician's. Nothing here writes."""

from datetime import datetime

from django.utils import timezone

from patients.consent.rules import asks_anew
from patients.contraindications.of_consent import evaluation_of, obstacle_in
from patients.models import Consent

_AGAIN = "Give the information again; the patient then signs anew."


def obstacle_to_countersigning(consent: Consent, now: datetime) -> str:
    """Return why the clinician cannot sign any more what the patient signed, as a sentence, or "".

    By a link days can lie between the two. What is not to a treatment stands whatever becomes of
    the case, and only a text that asks everybody to sign anew ends it.
    """
    if newer := asks_anew(consent, now):
        return f"Version {newer.version} of the text asks everybody to sign anew. {_AGAIN}"
    if not consent.template.is_for_treatment:
        return ""
    if consent.case.closed_at is not None:
        return f"The case was closed after the patient signed. Open a new one. {_AGAIN}"
    if found := obstacle_in(evaluation_of(consent, timezone.localtime(now))):
        return f"{found} {_AGAIN}"
    return ""
