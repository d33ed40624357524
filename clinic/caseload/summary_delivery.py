"""Asking for a treatment summary, and telling the patient where to open it."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clinic.caseload.summary import NOTHING_SIGNED, signed_sessions
from clinic.documents import actions as documents
from clinic.documents.models import Document
from clinic.messaging import actions as messaging
from clinic.messaging.models import Message
from clinic.practice.models import Site
from clinic.staff.models import User
from patients.models import Case, Patient
from patients.phone import readable

NOT_REACHABLE = (
    "There is no way to send a link: record an e-mail address or a phone number, "
    "and that the patient may be written to."
)
NOTHING_ISSUED = "There is nothing to open yet: no document has been issued to this patient."
SUBJECT = "Something from the clinic for you to read"


@transaction.atomic
def ask_for_summary(*, by: User, case: Case, send_link: bool, now: datetime) -> Document:
    """Ask for the treatment summary of a case.

    Raises `ValidationError` when no session is signed, when one is being made, or when a link is
    wanted and the patient cannot be reached.
    """
    if not signed_sessions(case).exists():
        raise ValidationError(NOTHING_SIGNED)
    if send_link and not messaging.channels_of(case.patient, Message.Purpose.SUMMARY_READY):
        raise ValidationError(NOT_REACHABLE)
    return documents.request_document(
        by=by,
        patient=case.patient,
        kind=Document.Kind.TREATMENT_SUMMARY,
        title="Treatment summary",
        subject_id=case.pk,
        send_link=send_link,
        now=now,
    )


def tell_patient(document: Document) -> None:
    """Send the link of an issued document, where that was asked for."""
    if document.send_link:
        site = _site_of(document)
        send_link(
            by=document.requested_by,
            patient=document.patient,
            site=site,
            key=f"document:{document.pk}",
            now=timezone.now(),
        )


@transaction.atomic
def send_link(*, by: User, patient: Patient, site: Site, key: str, now: datetime) -> int:
    """Make a private link and queue the message that carries it; return how many messages.

    Raises `ValidationError` when nothing is issued, and when the patient cannot be reached.
    """
    if not patient.documents.issued().exists():
        raise ValidationError(NOTHING_ISSUED)
    if not messaging.channels_of(patient, Message.Purpose.SUMMARY_READY):
        raise ValidationError(NOT_REACHABLE)
    way = messaging.way_of_link(patient, Message.Purpose.SUMMARY_READY)
    link, secret = documents.create_link(by=by, patient=patient, way=way, now=now)
    about = {
        "patient": patient,
        "link": link,
        "address": settings.PUBLIC_URL + reverse("portal:enter", args=[secret]),
        "site": site,
        "clinic_name": settings.CLINIC_NAME,
        "phone": readable(site.phone),
    }
    with timezone.override(site.zone):
        queued = messaging.queue(
            by=by,
            patient=patient,
            purpose=Message.Purpose.SUMMARY_READY,
            key=key,
            due_at=now,
            subject=SUBJECT,
            body=render_to_string("emails/summary_ready.txt", about).strip(),
            sms_body=render_to_string("emails/summary_ready_sms.txt", about).strip(),
            useless_after=link.expires_at,
        )
    return len(queued)


def _site_of(document: Document) -> Site:
    case = Case.objects.get(pk=document.subject_id)
    last = signed_sessions(case).select_related("site").last()
    if last is None:
        raise ValueError("A summary was issued of a case without a signed session.")
    return last.site
