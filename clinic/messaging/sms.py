"""Text messages: one protocol, and its adapters."""

import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class SmsRefusedError(Exception):
    """The provider will never deliver this message; the text says why, without patient data."""


class SmsUnavailableError(Exception):
    """The provider cannot be reached at present; the text says why, without patient data."""


class SmsBackend(Protocol):
    """What a provider of text messages must do."""

    def send(self, *, recipient: str, body: str, reference: str) -> None:
        """Hand one text message over.

        `recipient` is in E.164; `reference` is the same for the same message each time, so that a
        provider can drop a repetition. Raises `SmsRefusedError` or `SmsUnavailableError`.
        """


class ConsoleSms:
    """Writes text messages to standard output, for development."""

    def send(self, *, recipient: str, body: str, reference: str) -> None:
        """Print the message."""
        sys.stdout.write(f"SMS {reference} to {recipient}: {body}\n")


class FileSms:
    """Writes each text message into `settings.EMAIL_FILE_PATH`, beside the mails, for the demo."""

    def send(self, *, recipient: str, body: str, reference: str) -> None:
        """Write the message as a file in the form of a mail."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        text = EmailMessage()
        text["To"] = recipient
        text["Date"] = datetime.now(UTC)
        text["Message-ID"] = f"<{reference}>"
        text.set_content(body, charset="utf-8")
        (folder / f"{reference}.sms").write_bytes(bytes(text))


def backend() -> SmsBackend:
    """Return the adapter that the settings name."""
    return cast(SmsBackend, import_string(settings.SMS_BACKEND)())
