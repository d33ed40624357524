"""Delivery of the outbox: claim, commit the claim, send once, write down what became of it.

A claim is a lease (`claimed_until`) and a count (`attempts`). The lease of a worker that died runs
out and the next one takes the message over; the count tells a worker whose lease ran out that the
message is no longer its own. No transaction is open while a provider is called.
"""

import random
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.messaging import channels
from clinic.messaging.models import Message, MessageQuerySet

logger = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
BATCH = 10
MOST_A_RUN = 500
MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=30)

TOO_LATE = "Not sent: the time for it had passed."
NO_ADDRESS = "Not sent: the patient has no such address or number any more."
NOT_WANTED = "Not sent: the patient does not want messages this way any more."
INTERRUPTED = "Delivery was interrupted each time it was tried."


def send_due() -> int:
    """Send every message that is due, until none is left; return how many went out."""
    sent = seen = 0
    while seen < MOST_A_RUN and (batch := _claim(timezone.now())):
        seen += len(batch)
        for message in batch:
            sent += _deliver(message)
    return sent


@transaction.atomic
def _claim(now: datetime) -> list[Message]:
    """Take a batch of due messages for this worker; other workers skip them."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    due = Message.objects.waiting().filter(free, due_at__lte=now).order_by("due_at", "pk")
    batch = []
    for message in due.select_for_update(skip_locked=True)[:BATCH]:
        if message.attempts >= MAX_ATTEMPTS:
            _end(message, now, "failed_at", INTERRUPTED)
            continue
        message.attempts += 1
        message.claimed_until = now + LEASE
        message.save(update_fields=["attempts", "claimed_until"])
        batch.append(message)
    return batch


def _deliver(claimed: Message) -> bool:
    """Send one claimed message; say whether it went out."""
    message = _take_up(claimed, timezone.now())
    if message is None:
        return False
    try:
        channels.send(message)
    except channels.RefusedError as refusal:
        _settle(message, _refused, str(refusal))
        return False
    except Exception as error:  # whatever happened, the other messages must still go out
        logger.warning(
            "message_not_sent",
            message_id=str(message.pk),
            attempt=message.attempts,
            error=type(error).__name__,
        )
        _settle(message, _put_off, _reason(error))
        return False
    _settle(message, _sent)
    return True


def _own(message: Message) -> MessageQuerySet:
    """Return the row as a query, as long as no other worker has taken it over."""
    return Message.objects.filter(pk=message.pk, attempts=message.attempts)


@transaction.atomic
def _take_up(claimed: Message, now: datetime) -> Message | None:
    """Read the message again right before it is sent, and begin a fresh lease.

    Returns None when it was cancelled or taken over meanwhile, or is of no use any more.
    """
    rows = _own(claimed).waiting().select_related("patient")
    message = rows.select_for_update(of=("self",)).first()
    if message is None:
        return None
    if message.useless_after and message.useless_after <= now:
        _end(message, now, "cancelled_at", TOO_LATE)
        return None
    if not message.is_wanted:
        _end(message, now, "cancelled_at", NOT_WANTED)
        return None
    if not (present := _present_address(message)):
        _end(message, now, "cancelled_at", NO_ADDRESS)
        return None
    if present != message.recipient:
        message.recipient = present
        _record(Kind.MESSAGE_READDRESSED, message)
    message.claimed_until = now + LEASE
    message.save(update_fields=["claimed_until", "recipient"])
    return message


def _present_address(message: Message) -> str:
    """Return where the patient is reached now: details may have been put right since queueing."""
    patient = message.patient
    return patient.phone if message.channel == Message.Channel.SMS else patient.email


def _settle(message: Message, write: Callable[[Message, str], None], reason: str = "") -> None:
    """Write down, in a transaction of its own, what became of a message that was tried."""
    with transaction.atomic():
        row = Message.objects.select_for_update().get(pk=message.pk)
        overtaken = row.attempts != message.attempts and write is not _sent
        if row.sent_at is None and not overtaken:
            write(row, reason)


def _sent(row: Message, _: str) -> None:
    # Cancelled or failed in the very moment of sending: what counts is that the patient has it.
    row.sent_at, row.cancelled_at, row.failed_at = timezone.now(), None, None
    row.claimed_until, row.failure, row.body = None, "", row.text_to_show
    row.save(
        update_fields=[
            *("sent_at", "cancelled_at", "failed_at"),
            *("claimed_until", "failure", "body"),
        ]
    )
    _record(Kind.MESSAGE_SENT, row)


def _refused(row: Message, reason: str) -> None:
    _end(row, timezone.now(), "failed_at", reason)


def _put_off(row: Message, reason: str) -> None:
    """Try again later, each time after a longer pause; give up after the last attempt."""
    now = timezone.now()
    if row.cancelled_at:
        return
    if row.attempts >= MAX_ATTEMPTS:
        _end(row, now, "failed_at", f"{reason} Tried {row.attempts} times.")
        return
    row.due_at, row.claimed_until, row.failure = now + pause_after(row.attempts), None, reason
    row.save(update_fields=["due_at", "claimed_until", "failure"])


def pause_after(attempts: int) -> timedelta:
    """Return the pause before the next attempt: 30 s, 2 min, 8 min, 32 min, 2 h.

    Each is up to a quarter longer, so that what failed together does not all come back together.
    """
    return FIRST_PAUSE * 4 ** (attempts - 1) * random.uniform(1, 1.25)  # noqa: S311


def _end(row: Message, now: datetime, ending: str, failure: str) -> None:
    if row.cancelled_at:
        return
    setattr(row, ending, now)
    row.claimed_until, row.failure, row.body = None, failure[:200], row.text_to_show
    row.save(update_fields=[ending, "claimed_until", "failure", "body"])
    _record(Kind.MESSAGE_FAILED if ending == "failed_at" else Kind.MESSAGE_CANCELLED, row)


def _reason(error: Exception) -> str:
    """Say what went wrong; the words of a provider may repeat an address, so they are left out."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server answered with code {error.smtp_code}."
    if isinstance(error, OSError):
        return f"The provider could not be reached ({type(error).__name__})."
    return f"It could not be handed over ({type(error).__name__})."


def _record(kind: Kind, message: Message) -> None:
    audit.record(
        kind,
        by=None,
        patient_id=message.patient_id,
        subject=message,
        purpose=message.get_purpose_display(),
        channel=message.get_channel_display(),
    )
