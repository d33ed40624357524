"""Putting a consent before a patient by a link, and taking it back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.consenting.models import SigningRequest
from clinic.consenting.refusals import obstacle_to_sending
from clinic.documents import actions as documents
from clinic.documents.models import PrivateLink
from clinic.messaging import actions as messaging
from clinic.messaging.models import Message
from clinic.practice.models import Site
from clinic.staff.models import User
from patients.models import Consent
from patients.phone import readable
from patients.reasons import SHORTEST_REASON
from patients.turns import take_turn

SUBJECT = "Something to read from the clinic"
TOO_SHORT = f"Write the reason in {SHORTEST_REASON} letters or more, or leave it empty."


@transaction.atomic
def send_link(
    *, by: User, consent: Consent, site: Site, now: datetime, early_reason: str = ""
) -> SigningRequest:
    """Send the patient a link to read and sign this, with a new link where they had one.

    `early_reason` lets them sign before the time to reflect is over; it is dropped where that is
    over. The link is open for `settings.CONSENT_LINK_DAYS` after the time to reflect. Raises
    `ValidationError` where this cannot be signed, or the patient cannot be reached.
    """
    take_turn(consent.patient_id)
    consent = Consent.objects.select_related("template", "case", "patient").get(pk=consent.pk)
    if obstacle := obstacle_to_sending(consent, now=now, zone=site.zone):
        raise ValidationError(obstacle)
    is_early = consent.is_early_at(now)
    reason = early_reason.strip() if is_early else ""
    if reason and len(reason) < SHORTEST_REASON:
        raise ValidationError({"early_reason": TOO_SHORT})
    opens = max(consent.reflect_until - now, timedelta(0))
    link, secret = documents.create_link(
        by=by,
        patient=consent.patient,
        way=messaging.way_of_link(consent.patient, Message.Purpose.CONSENT),
        now=now,
        lasts=opens + timedelta(days=settings.CONSENT_LINK_DAYS),
    )
    request = _ask(by, consent, link, reason, now)
    _write(by, request, secret, site, now)
    _record(Kind.CONSENT_LINK_SENT, request, by)
    return request


@transaction.atomic
def revoke_request(*, by: User, request: SigningRequest, now: datetime) -> None:
    """Take back a request to sign; a second time changes nothing.

    Its link is closed unless something else waits for the patient behind it. Raises
    `ValidationError` once the patient has signed.
    """
    take_turn(request.patient_id)
    row = SigningRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.consent.signed_at:
        raise ValidationError("The patient has signed. A signed consent can be withdrawn.")
    if row.revoked_at:
        return
    row.revoked_at, row.revoked_by = now, by
    row.check_and_save()
    documents.close_unless_wanted(by=by, link=row.link, now=now)
    messaging.cancel_waiting(by=by, key_prefix=_key(row), now=now)
    _record(Kind.CONSENT_LINK_REVOKED, row, by)


def _ask(
    by: User, consent: Consent, link: PrivateLink, reason: str, now: datetime
) -> SigningRequest:
    rows = SigningRequest.objects.with_patient().filter(consent=consent)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        return SigningRequest.check_and_create(
            patient=consent.patient,
            consent=consent,
            link=link,
            early_reason=reason,
            sent_at=now,
            sent_by=by,
        )
    row.link, row.early_reason, row.sent_at, row.sent_by = link, reason, now, by
    row.check_and_save()
    return row


def _key(request: SigningRequest) -> str:
    return f"consent:{request.pk}:"


def _write(by: User, request: SigningRequest, secret: str, site: Site, now: datetime) -> None:
    """Write the link into the outbox; neither subject nor text says what it is about."""
    messaging.cancel_waiting(by=by, key_prefix=_key(request), now=now)
    about = {
        "patient": request.patient,
        "link": request.link,
        "address": settings.PUBLIC_URL + reverse("portal:enter", args=[secret]),
        "site": site,
        "clinic_name": settings.CLINIC_NAME,
        "phone": readable(site.phone),
    }
    with timezone.override(site.zone):
        messaging.queue(
            by=by,
            patient=request.patient,
            purpose=Message.Purpose.CONSENT,
            key=f"{_key(request)}{request.link_id}",
            due_at=now,
            subject=SUBJECT,
            body=render_to_string("emails/consent_link.txt", about).strip(),
            sms_body=render_to_string("emails/consent_link_sms.txt", about).strip(),
            useless_after=request.link.expires_at,
            only_by=[request.link.way],
        )


def _record(kind: Kind, request: SigningRequest, by: User) -> None:
    audit.record(
        kind,
        by=by,
        patient_id=request.patient_id,
        subject=request,
        title=request.consent.template.title,
    )
