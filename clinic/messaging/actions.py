"""What the product wants to tell a patient: written down with its cause, sent by a worker."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base import after_commit
from clinic.messaging.models import Message, MessageQuerySet, is_wanted
from clinic.messaging.tasks import send_due
from clinic.staff.models import User
from patients.consent.rules import may_send_marketing
from patients.models import Consent, ConsentTemplate, Patient
from patients.turns import take_turn


def channels_of(patient: Patient, purpose: str) -> list[str]:
    """Return the ways in which a patient can be and wants to be told this, which may be none."""
    possible = []
    if patient.email:
        possible.append(Message.Channel.EMAIL)
    if patient.phone and settings.SMS_BACKEND != "none":
        possible.append(Message.Channel.SMS)
    return [str(channel) for channel in possible if is_wanted(patient, channel, purpose)]


def way_of_link(patient: Patient, purpose: str) -> str:
    """Return the one way by which a private link goes to a patient, or "" where there is none.

    By e-mail where they can be told this so: a code then goes to their phone. A link that goes
    both ways would leave no other for the code.
    """
    ways = channels_of(patient, purpose)
    return str(Message.Channel.EMAIL) if Message.Channel.EMAIL in ways else "".join(ways)


@transaction.atomic
def queue(
    *,
    by: User | None,
    patient: Patient,
    purpose: str,
    key: str,
    due_at: datetime,
    subject: str,
    body: str,
    sms_body: str = "",
    useless_after: datetime | None = None,
    attachment_name: str = "",
    attachment_text: str = "",
    only_by: Collection[str] | None = None,
) -> list[Message]:
    """Write a message into the outbox, once for each way the patient wants to be reached.

    `key` names the cause: a second call with the same key adds nothing, even when the first
    message was sent or cancelled. A text message is written only where `sms_body` is given;
    `only_by` leaves out other channels than these.
    After `useless_after` the message is not sent any more. News and offers are written only to
    patients who agree to them: for anybody else nothing is added. Returns what was added. Raises
    `ValidationError` where an address or a text cannot be sent.
    """
    if purpose == Message.Purpose.MARKETING and not _agrees_to_news(patient):
        return []
    common = {
        "patient": patient,
        "purpose": purpose,
        "due_at": due_at,
        "useless_after": useless_after,
    }
    email = {
        "recipient": patient.email,
        "subject": " ".join(subject.split()),
        "body": body,
        "attachment_name": attachment_name,
        "attachment_text": attachment_text,
    }
    sms = {"recipient": patient.phone, "body": sms_body}
    by_channel = {Message.Channel.EMAIL: email} | ({Message.Channel.SMS: sms} if sms_body else {})
    ways = channels_of(patient, purpose)
    rows = [
        Message(key=f"{key}:{channel}", channel=channel, **common, **values)
        for channel, values in by_channel.items()
        if channel in ways and (only_by is None or channel in only_by)
    ]
    return _add(rows, by=by)


def _agrees_to_news(patient: Patient) -> bool:
    """Say whether news may be written, and let nobody withdraw it until they are."""
    take_turn(patient.pk)
    return may_send_marketing(patient)


def _add(rows: list[Message], *, by: User | None) -> list[Message]:
    for row in rows:
        row.full_clean(validate_unique=False)
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    there = set(
        Message.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    added = [row for row in rows if row.pk in there]
    for message in added:
        _record(Kind.MESSAGE_QUEUED, message, by=by)
    if any(message.due_at <= timezone.now() for message in added):
        after_commit.start(send_due)
    return added


@transaction.atomic
def cancel_waiting(*, by: User | None, key_prefix: str, now: datetime) -> int:
    """Cancel the messages that are still waiting and whose key starts so; return how many.

    A message that a worker is sending at this very moment may still go out; it is then on record
    as sent.
    """
    if not key_prefix:
        raise ValueError("A prefix is needed: without one, every waiting message would go.")
    waiting = Message.objects.waiting().filter(key__startswith=key_prefix)
    return _cancel(waiting, by=by, now=now)


def stop_marketing(consent: Consent, *, by: User | None, now: datetime) -> None:
    """Cancel the news and offers that wait for a patient who does not want them any more.

    Called in the transaction of a withdrawal; a consent to anything else stops nothing.
    """
    if consent.template.purpose != ConsentTemplate.Purpose.MARKETING:
        return
    waiting = Message.objects.waiting().filter(
        patient=consent.patient_id, purpose=Message.Purpose.MARKETING
    )
    _cancel(waiting, by=by, now=now)


def _cancel(waiting: MessageQuerySet, *, by: User | None, now: datetime) -> int:
    messages = list(waiting.select_for_update().order_by("pk"))
    for message in messages:
        message.cancelled_at, message.body = now, message.text_to_show
        message.save(update_fields=["cancelled_at", "body"])
        _record(Kind.MESSAGE_CANCELLED, message, by=by)
    return len(messages)


def _record(kind: Kind, message: Message, *, by: User | None) -> None:
    audit.record(
        kind,
        by=by,
        patient_id=message.patient_id,
        subject=message,
        purpose=message.get_purpose_display(),
        channel=message.get_channel_display(),
    )
