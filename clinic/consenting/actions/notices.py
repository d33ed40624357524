"""Telling the patient what was done on their page, in case it was somebody else."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from clinic.messaging import actions as messaging
from clinic.messaging.models import Message
from patients.models import Consent
from patients.phone import readable

SUBJECT = "Was this you?"
SIGNED, TAKEN_BACK = "signed", "taken back"


def tell_what_was_done(consent: Consent, done: str, *, now: datetime) -> None:
    """Write to the patient, by each way they want, that something was done; not what.

    `done` is `SIGNED` or `TAKEN_BACK`. Who is registered nowhere could call nobody.
    """
    rows = consent.patient.registrations.select_related("site").order_by("created_at")
    first = rows.first()
    if first is None:
        return
    about = {
        "patient": consent.patient,
        "done": done,
        "at": now,
        "site": first.site,
        "clinic_name": settings.CLINIC_NAME,
        "phone": readable(first.site.phone),
    }
    with timezone.override(first.site.zone):
        messaging.queue(
            by=None,
            patient=consent.patient,
            purpose=Message.Purpose.CONSENT,
            key=f"own-page:{consent.pk}:{done}:{now.isoformat()}",
            due_at=now,
            subject=SUBJECT,
            body=render_to_string("emails/consent_done.txt", about).strip(),
            sms_body=render_to_string("emails/consent_done_sms.txt", about).strip(),
        )
