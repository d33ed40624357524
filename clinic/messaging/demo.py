"""The demo's letter box: the mails and text messages that were really written to files."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

MOST = 50
# Django's file backend puts a line of dashes after each mail.
_RULE = b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Letter:
    """One message as it left the house."""

    is_text: bool
    to: str
    subject: str
    sent_at: datetime | None
    body: str
    attachments: list[str]


def letters() -> list[Letter]:
    """Return the newest messages on file, the newest first; none when there is no folder."""
    folder = Path(settings.EMAIL_FILE_PATH) if settings.EMAIL_FILE_PATH else None
    if folder is None or not folder.is_dir():
        return []
    files = [path for path in folder.iterdir() if path.suffix in (".log", ".sms")]
    newest = sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)[:MOST]
    found = [letter for path in newest for letter in reversed(_read(path))]
    return sorted(
        found[:MOST],
        key=lambda letter: letter.sent_at.timestamp() if letter.sent_at else 0,
        reverse=True,
    )


def _read(path: Path) -> list[Letter]:
    parts = path.read_bytes().split(_RULE)
    return [_letter(part, path.suffix == ".sms") for part in parts if part.strip()]


def _letter(raw: bytes, is_text: bool) -> Letter:
    message = email.message_from_bytes(raw.lstrip(b"\n"), policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101  # what this policy makes
    body = message.get_body(("plain",))
    date = message["Date"]
    return Letter(
        is_text=is_text,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=date.datetime if date else None,
        body=str(body.get_content()) if body else "",
        attachments=[str(part.get_filename() or "") for part in message.iter_attachments()],
    )
