"""Codes that prove that who holds a link also reads what is sent to the patient."""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.ids import uuid7
from clinic.consenting.models import MOST_WRONG, IdentityCheck
from clinic.consenting.refusals import code_channel, contact_changed
from clinic.documents.models import PrivateLink
from clinic.messaging import actions as messaging
from clinic.messaging.masking import CODE_IS
from clinic.messaging.models import Message
from clinic.practice.models import Site
from clinic.staff.models import User
from patients.phone import readable
from patients.turns import take_turn

DIGITS = 6
OPEN_FOR = timedelta(minutes=10)
PAUSE = timedelta(seconds=30)
MOST_AN_HOUR = 5
MOST_A_DAY = 15
# Of a million codes, so many can be tried by whoever has a link and the date of birth.
MOST_WRONG_A_LINK = 10
SUBJECT = "Your code"

NO_WAY = (
    "We have no second way to send you a code, beside the one this page came by. Call us, or ask "
    "at the clinic: we make sure that it is you, and tell you a code."
)
NEW_CONTACT = (
    "Your e-mail address or phone number was changed after we sent you this page. Please call us, "
    "and we send you a new one."
)
TOO_SOON = "We have just sent you a code. It can take a minute to arrive."
TOO_MANY = "We have sent you many codes. Wait an hour, or call us."
TOO_MANY_TODAY = "We have sent you many codes today. Please call us."
TOO_MANY_TRIES = "Too many wrong tries lately. Wait ten minutes, then try again, or call us."
CLOSED = "Too many wrong codes. Nothing can be signed by this link any more. Please call us."
WRONG = "That is not the newest code that we sent or told you."
LINK_CLOSED = "No link of this patient opens. Send one first."
CLOSED_FOR_STAFF = "Too many wrong codes were given by this link. Send a new one, then tell a code."
NO_NUMBER = "The record has no phone number. Record it first, or tell the code face to face."
NEW_NUMBER = (
    "The e-mail address or phone number was changed after the link was sent. Tell the code face to "
    "face, or send a new link first."
)
RUN_OUT = "This code has run out. Ask for a new one."


@transaction.atomic
def send_code(*, link: PrivateLink, site: Site, now: datetime) -> IdentityCheck:
    """Send a code to what the record holds, by another way than the link; only it is right then.

    Raises `ValidationError`, in words for the patient, where there is no way to send one, where the
    record's contact is newer than what was sent, after too many codes, and for a link by which too
    many wrong ones were tried.
    """
    take_turn(link.patient_id)
    patient = PrivateLink.objects.select_related("patient").get(pk=link.pk).patient
    channel = code_channel(patient, link.way)
    if not channel:
        raise ValidationError(NO_WAY)
    if contact_changed(link):
        raise ValidationError(NEW_CONTACT)
    _refuse_too_many(link, now)
    check, code = _make(link, now, channel=channel)
    _write(check, code, site)
    _record(Kind.IDENTITY_CODE_SENT, check, channel=check.get_channel_display().lower())
    return check


@transaction.atomic
def tell_code(*, by: User, link: PrivateLink, how: str, now: datetime) -> tuple[IdentityCheck, str]:
    """Make a code for a member of staff to tell, and return it; it is stored nowhere.

    `by` has made sure who the patient is; `how` is an `IdentityCheck.Told`. From then on only this
    code is right. Raises `ValidationError`, in words for staff, where none may be told
    (`obstacle_to_telling`).
    """
    take_turn(link.patient_id)
    link = PrivateLink.objects.select_related("patient").get(pk=link.pk)
    if obstacle := obstacle_to_telling(link, how, now=now):
        raise ValidationError(obstacle)
    check, code = _make(link, now, told_by=by, told_how=how)
    audit.record(
        Kind.IDENTITY_CODE_TOLD,
        by=by,
        patient_id=check.patient_id,
        subject=check,
        how=check.get_told_how_display(),
    )
    return check, code


def obstacle_to_telling(link: PrivateLink, how: str, *, now: datetime) -> str:
    """Return why no code may be told so, in a sentence for staff, or ""."""
    if link.status_at(now) != "open":
        return LINK_CLOSED
    if is_closed(link):
        return CLOSED_FOR_STAFF
    if how == IdentityCheck.Told.PHONE and not link.patient.phone:
        return NO_NUMBER
    if how == IdentityCheck.Told.PHONE and contact_changed(link):
        return NEW_NUMBER
    return ""


def _make(link: PrivateLink, now: datetime, **values: Any) -> tuple[IdentityCheck, str]:
    code, key = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", uuid7()
    check = IdentityCheck.check_and_create(
        id=key,
        patient=link.patient,
        link=link,
        code_hmac=_digest(key, code),
        sent_at=now,
        expires_at=now + OPEN_FOR,
        **values,
    )
    return check, code


def _refuse_too_many(link: PrivateLink, now: datetime) -> None:
    if is_closed(link):
        raise ValidationError(CLOSED)
    today = IdentityCheck.objects.filter(
        patient=link.patient_id, sent_at__gt=now - timedelta(days=1)
    )
    sent = list(today.order_by("-sent_at").values_list("sent_at", flat=True))
    if sent and sent[0] > now - PAUSE:
        raise ValidationError(TOO_SOON)
    if len(sent) >= MOST_A_DAY:
        raise ValidationError(TOO_MANY_TODAY)
    if sum(moment > now - timedelta(hours=1) for moment in sent) >= MOST_AN_HOUR:
        raise ValidationError(TOO_MANY)


def is_closed(link: PrivateLink) -> bool:
    """Say whether too many wrong codes were given by this link for any other to count."""
    wrong = IdentityCheck.objects.filter(link=link).aggregate(total=Sum("wrong_answers"))
    return (wrong["total"] or 0) >= MOST_WRONG_A_LINK


@transaction.atomic
def check_code(*, link: PrivateLink, code: str, now: datetime) -> tuple[IdentityCheck | None, str]:
    """Return what the code proves, or None and why not; a wrong one is counted.

    Only the newest code of a link is right, once, for ten minutes and few wrong answers.
    """
    take_turn(link.patient_id)
    if is_closed(link):
        return None, CLOSED
    rows = IdentityCheck.objects.filter(link=link).select_for_update(of=("self",))
    check = rows.order_by("-sent_at", "-id").first()
    if check is None or check.passed_at or check.expires_at < now:
        return None, RUN_OUT
    if check.wrong_answers >= MOST_WRONG:
        return None, RUN_OUT
    if not hmac.compare_digest(check.code_hmac, _digest(check.pk, code)):
        check.wrong_answers += 1
        check.check_and_save()
        _record(Kind.IDENTITY_CODE_WRONG, check, who="Somebody")
        return None, CLOSED if is_closed(link) else WRONG
    check.passed_at = now
    check.check_and_save()
    _record(Kind.IDENTITY_CODE_RIGHT, check)
    return check, ""


def _digest(key: UUID, code: str) -> str:
    """Return a keyed digest: without the product's key a million codes could be tried on it."""
    told = f"{key}:{code}"
    return salted_hmac("clinic.consenting.code", told, algorithm="sha256").hexdigest()


def _write(check: IdentityCheck, code: str, site: Site) -> None:
    about = {
        "code_is": CODE_IS,
        "code": code,
        "clinic_name": settings.CLINIC_NAME,
        "site": site,
        "phone": readable(site.phone),
        "minutes": int(OPEN_FOR.total_seconds() // 60),
    }
    with timezone.override(site.zone):
        messaging.queue(
            by=None,
            patient=check.patient,
            purpose=Message.Purpose.IDENTITY_CODE,
            key=f"identity:{check.pk}",
            due_at=check.sent_at,
            subject=SUBJECT,
            body=render_to_string("emails/identity_code.txt", about).strip(),
            sms_body=render_to_string("emails/identity_code_sms.txt", about).strip(),
            useless_after=check.expires_at,
            only_by=[check.channel],
        )


def _record(kind: Kind, check: IdentityCheck, who: str = audit.PATIENT, **details: str) -> None:
    audit.record(
        kind, by=None, actor_label=who, patient_id=check.patient_id, subject=check, **details
    )
