"""Why a consent cannot be signed by a link: in words for the patient, and for staff."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from clinic.consenting.models import SigningRequest
from clinic.documents.models import PrivateLink
from clinic.messaging import actions as messaging
from clinic.messaging.models import Message
from clinic.staff.permissions import Permission
from patients.banner import ADULT_AGE_YEARS
from patients.consent.rules import is_replaced, obstacle_to_signing
from patients.contraindications.of_consent import evaluation_of, obstacle_in
from patients.models import Consent, Merge, Patient

TAKEN_BACK = "The clinic has taken this back. There is nothing to sign here now."
RECORD_CHANGED = "Your record at the clinic was changed. Please call us before you sign."
CASE_CLOSED = "Your treatment at the clinic was ended, so there is nothing to sign now."
NOT_OLD_ENOUGH = "You can sign from your 18th birthday on. Before that we cannot treat you."
NEW_TEXT = "There is a newer version of this text. Please read the new one first. We will send it."
TALK_FIRST = "We want to talk with you before you sign. Please call us."
TALK_AGAIN = "We want to talk with you once more before you decide. Please call us."
NOT_NOW = "This cannot be signed here now. Please call us."

ANEW = "Hold the talk anew, then send the link."
NOT_REACHABLE = (
    "There is no way to send the link: record an e-mail address, and that the patient may be "
    "written to about their care. Text messages need a provider."
)


def refusal(consent: Consent, request: SigningRequest | None, *, now: datetime) -> str:
    """Return why a patient cannot sign this by a link, in words for them, or "".

    `now` is in the clinic's zone. The time to reflect is no refusal (`opens_at`). What speaks
    against the treatment is for a talk, and not for a page.
    """
    today = now.date()
    if request is None or request.revoked_at is not None:
        return TAKEN_BACK
    merged = Merge.objects.standing().filter(survivor=consent.patient_id)
    if merged.filter(merged_at__gte=request.sent_at).exists():
        return RECORD_CHANGED
    if consent.case.closed_at is not None:
        return CASE_CLOSED
    age_years = consent.patient.age_on(today)
    if age_years is not None and age_years < ADULT_AGE_YEARS:
        return NOT_OLD_ENOUGH
    if is_replaced(consent.template):
        return NEW_TEXT
    if consent.discussed_at is None:
        return TALK_FIRST
    no_longer = nobody_signs_for(consent) or consent.lacks_capacity
    if no_longer or obstacle_in(evaluation_of(consent, now)):
        return TALK_AGAIN
    return NOT_NOW if obstacle_to_signing(consent, today=today) else ""


def nobody_signs_for(consent: Consent) -> bool:
    """Say whether who held the talk, and is to sign for it, works here no more or may not."""
    by = consent.discussed_by
    return by is None or not by.can(Permission.TAKE_CONSENT)


def opens_at(consent: Consent, request: SigningRequest, now: datetime) -> datetime | None:
    """Return until when the patient thinks it over before they can sign, or None if they can."""
    is_early = consent.is_early_at(now) and not request.early_reason
    return consent.reflect_until if is_early else None


def obstacle_to_sending(consent: Consent, *, now: datetime, zone: ZoneInfo) -> str:
    """Return why a link to sign cannot be sent, in a sentence for staff, or ""."""
    if consent.signed_at is not None:
        return "The patient has signed this already."
    if obstacle := obstacle_to_signing(consent, today=timezone.localdate(now, zone)):
        return obstacle
    if nobody_signs_for(consent):
        return f"{consent.discussed_by}, who held the talk, cannot sign for it any more. {ANEW}"
    if obstacle := obstacle_in(evaluation_of(consent, now.astimezone(zone))):
        return obstacle
    return "" if channels_of(consent.patient) else NOT_REACHABLE


def channels_of(patient: Patient) -> list[str]:
    """Return the ways by which a link, and a code, can be sent to a patient."""
    return messaging.channels_of(patient, Message.Purpose.CONSENT)


def code_channel(patient: Patient, way: str) -> str:
    """Return the way by which a code goes: another than its link's `way`, or "" where none is left.

    Whoever holds the phone or reads the mailbox to which the link went would have the code too;
    where there is no other way, staff make sure who it is and tell the code. A link of which it is
    not known how it went may have gone by every way.
    """
    if way == PrivateLink.Way.UNKNOWN:
        return ""
    left = [each for each in channels_of(patient) if each != way]
    return str(Message.Channel.SMS) if Message.Channel.SMS in left else "".join(left)


def contact_changed(link: PrivateLink) -> bool:
    """Say whether the e-mail address or the phone number is newer than a link, or what it is for.

    Whoever has somebody's link, and has the clinic write another address into the record, would
    be sent the code. Staff send the link again, and ask.
    """
    patient = Patient.objects.get(pk=link.patient_id)
    waiting = SigningRequest.objects.with_patient().filter(patient=patient)
    sent = [link.created_at, *waiting.values_list("sent_at", flat=True)]
    versions: QuerySet[Any] = patient.past_versions  # type: ignore[attr-defined]
    changed = versions.filter(pgh_created_at__gt=min(sent))
    before = changed.exclude(email=patient.email, phone=patient.phone)
    return bool(before.exists())
