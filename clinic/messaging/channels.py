"""The ways out: e-mail by Django's mail backend, text messages by the adapter of the settings."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.message import BadHeaderError

from clinic.messaging import sms
from clinic.messaging.models import Message

# For each step of the conversation with the mail server; all of them fit into a worker's lease.
MAIL_TIMEOUT_SECONDS = 10


class RefusedError(Exception):
    """The message will never be delivered; the text says why, without patient data."""


def send(message: Message) -> None:
    """Hand one message to its provider.

    Raises `RefusedError` when trying again is of no use; any other error means: later.
    """
    if message.channel == Message.Channel.SMS:
        _send_sms(message)
    else:
        _send_email(message)


def _send_sms(message: Message) -> None:
    try:
        sms.backend().send(
            recipient=message.recipient, body=message.body, reference=reference(message)
        )
    except sms.SmsRefusedError as refusal:
        raise RefusedError(str(refusal)) from refusal


def _send_email(message: Message) -> None:
    try:
        as_email(message).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        if any(code < 500 for code in codes):
            raise
        raise RefusedError(f"The mail server refused the address (code {max(codes)}).") from refusal
    except (BadHeaderError, UnicodeError) as error:
        raise RefusedError("The address or the subject cannot be written in an e-mail.") from error


def as_email(message: Message) -> EmailMessage:
    """Return the e-mail; its Message-ID is the same each time it is tried."""
    sender_domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    email = EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[message.recipient],
        headers={
            "Message-ID": f"<{reference(message)}@{sender_domain}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=get_connection(timeout=MAIL_TIMEOUT_SECONDS),
    )
    if message.attachment_name:
        kind = "text/calendar" if message.attachment_name.endswith(".ics") else "text/plain"
        email.attach(message.attachment_name, message.attachment_text, kind)
    return email


def reference(message: Message) -> str:
    """Return what names the message to a provider."""
    return f"message-{message.pk}"
