"""Asking for documents, making them, and the private links that open them."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base import after_commit
from clinic.base.templatetags.anagen import day
from clinic.documents.models import Document, Opening, PrivateLink
from clinic.documents.rendering import CannotRenderError, Rendered, renderers
from clinic.documents.tasks import render
from clinic.staff.models import User
from patients.models import Patient

logger = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(minutes=30)
MOST_TRIES = 3
SWEEP_AFTER = timedelta(minutes=1)
PROGRAM_FAULT = "The program could not make this document. The fault is on record."
TOO_LONG = "Making this document took too long."
NO_BIRTH_DATE = (
    "The date of birth is not known: a document names it, and a private link asks for it. "
    "Write it into the patient's details first."
)

# What apps above do in the transaction in which a document is issued: each is called with the
# document. One that fails leaves nothing of its own behind, is put on record, and undoes no issue.
after_issuing: list[Callable[[Document], None]] = []


# What apps above wait for a patient to do behind a link: each is called with the patient and
# returns until when a link that opens is wanted for it. None is closed or shortened before that.
wanted_until: list[Callable[[Patient], Iterable[datetime]]] = []


@transaction.atomic
def request_document(
    *,
    by: User,
    patient: Patient,
    kind: str,
    title: str,
    subject_id: UUID,
    now: datetime,
    send_link: bool = False,
) -> Document:
    """Ask for a document; the worker makes it.

    Raises `ValidationError` while the same document is being made already, and where the
    patient's date of birth is not known.
    """
    _require_birth_date(patient)
    try:
        with transaction.atomic():
            document = Document.check_and_create(
                patient=patient,
                kind=kind,
                title=title,
                subject_id=subject_id,
                send_link=send_link,
                requested_at=now,
                requested_by=by,
            )
    except IntegrityError as error:
        raise ValidationError("This document is already being made.") from error
    _record(Kind.DOCUMENT_REQUESTED, document, by=by)
    after_commit.start(render, str(document.pk))
    return document


def _require_birth_date(patient: Patient) -> None:
    if patient.date_of_birth is None:
        raise ValidationError(NO_BIRTH_DATE)


@transaction.atomic
def try_again(*, by: User, document: Document, now: datetime) -> None:
    """Ask once more for a document that failed. Raises `ValidationError` when it did not fail."""
    row = Document.objects.select_for_update().get(pk=document.pk)
    if not row.failed_at:
        raise ValidationError("This document is not one that failed.")
    row.failed_at, row.failure, row.tries = None, "", 0
    row.requested_at, row.requested_by = now, by
    try:
        with transaction.atomic():
            row.check_and_save()
    except IntegrityError as error:
        raise ValidationError("This document is already being made.") from error
    _record(Kind.DOCUMENT_REQUESTED, row, by=by)
    after_commit.start(render, str(row.pk))


def issue(document_id: UUID) -> bool:
    """Make a document that was asked for; say whether this call issued it.

    The row stays locked meanwhile, so that a second worker passes it by. A document that cannot be
    made is marked as failed, with a sentence. Raises `OperationalError` when the database is away.
    """
    try:
        return _count_try(document_id) and _issue(document_id)
    except OperationalError:
        raise
    except CannotRenderError as error:
        _fail(document_id, str(error))
    except Exception:  # whatever went wrong, the person who asked must read that it did
        logger.exception("document_failed", document_id=str(document_id))
        _fail(document_id, PROGRAM_FAULT)
    return False


@transaction.atomic
def _count_try(document_id: UUID) -> bool:
    """Count a try before it begins: one that ends the worker itself counts too."""
    wanted = Document.objects.in_the_making().select_for_update(skip_locked=True)
    row = wanted.filter(pk=document_id).first()
    if row is None:
        return False
    row.tries += 1
    row.save(update_fields=["tries"])
    return True


@transaction.atomic
def _issue(document_id: UUID) -> bool:
    wanted = Document.objects.in_the_making().select_related("patient", "requested_by")
    document = (
        wanted.select_for_update(skip_locked=True, of=("self",)).filter(pk=document_id).first()
    )
    if document is None:
        return False
    rendered = renderers[document.kind](document)
    document.file.save(f"{document.pk}.pdf", ContentFile(rendered.content), save=False)
    try:
        _finish(document, rendered)
    except Exception:
        document.file.storage.delete(document.file.name or "")
        raise
    return True


def _finish(document: Document, rendered: Rendered) -> None:
    document.sha256 = hashlib.sha256(rendered.content).hexdigest()
    document.page_count = rendered.page_count
    document.issued_at = timezone.now()
    document.check_and_save()
    _record(Kind.DOCUMENT_ISSUED, document, by=None)
    for tell in after_issuing:
        _tell(tell, document)


def _tell(tell: Callable[[Document], None], document: Document) -> None:
    try:
        with transaction.atomic():
            tell(document)
    except OperationalError:
        raise
    except Exception as error:  # the document stands; that nobody was told must be seen
        if not isinstance(error, ValidationError):
            logger.exception("document_not_told", document_id=str(document.pk))
        _record(Kind.LINK_NOT_SENT, document, by=None)


@transaction.atomic
def _fail(document_id: UUID, failure: str) -> None:
    row = Document.objects.in_the_making().select_for_update().filter(pk=document_id).first()
    if row is None:
        return
    row.failed_at, row.failure = timezone.now(), failure[:200]
    row.save(update_fields=["failed_at", "failure"])
    _record(Kind.DOCUMENT_FAILED, row, by=None)


def issue_waiting(now: datetime) -> int:
    """Make what was asked for over a minute ago and is still missing; return how many were made.

    What was tried often and for half an hour is given up.
    """
    waiting = Document.objects.in_the_making().order_by("requested_at")
    made = 0
    for document in waiting.filter(requested_at__lte=now - SWEEP_AFTER)[:50]:
        if document.tries >= MOST_TRIES and document.requested_at <= now - GIVE_UP_AFTER:
            _fail(document.pk, TOO_LONG)
        else:
            made += issue(document.pk)
    return made


@transaction.atomic
def create_link(
    *,
    by: User,
    patient: Patient,
    way: str,
    now: datetime,
    lasts: timedelta | None = None,
    closes_earlier: bool = True,
) -> tuple[PrivateLink, str]:
    """Make a private link and return it with its secret, which is stored nowhere.

    `way` is the one `PrivateLink.Way` by which the secret goes to the patient. A code that proves
    who they are goes another.
    Those that were still open are closed: the last one sent is the only one that opens. One that
    is sent to nobody, and opened on the clinic's own device, leaves them open
    (`closes_earlier=False`). Without `lasts` it is open as long as one to a summary; one that takes
    the place of others, as long as what waits behind them (`wanted_until`). Raises
    `ValidationError` where the date of birth, for which a link asks, is not known.
    """
    _require_birth_date(patient)
    expires_at = now + (lasts or timedelta(days=settings.SUMMARY_LINK_DAYS))
    if closes_earlier:
        expires_at = max([expires_at, *_wanted_until(patient)])
        close_links(patient, by=by, now=now)
    secret = secrets.token_urlsafe(32)
    link = PrivateLink.check_and_create(
        patient=patient,
        secret_sha256=sha256_of(secret),
        way=way,
        expires_at=expires_at,
    )
    audit.record(
        Kind.LINK_CREATED,
        by=by,
        patient_id=patient.pk,
        subject=link,
        until=day(link.expires_at),
    )
    return link, secret


@transaction.atomic
def revoke_link(*, by: User, link: PrivateLink, now: datetime) -> None:
    """Close a private link for good; a second time changes nothing."""
    row = PrivateLink.objects.select_for_update().get(pk=link.pk)
    if row.revoked_at:
        return
    row.revoked_at, row.revoked_by = now, by
    row.check_and_save()
    audit.record(Kind.LINK_REVOKED, by=by, patient_id=row.patient_id, subject=row)


def _wanted_until(patient: Patient) -> list[datetime]:
    return [moment for ask in wanted_until for moment in ask(patient)]


@transaction.atomic
def close_unless_wanted(*, by: User, link: PrivateLink, now: datetime) -> None:
    """Close a link for which what it was sent was taken back, unless something else waits."""
    if not _wanted_until(link.patient):
        revoke_link(by=by, link=link, now=now)


@transaction.atomic
def close_links(patient: Patient, *, by: User, now: datetime) -> None:
    """Close every private link of a patient that is open."""
    for link in patient.links.open_at(now):
        revoke_link(by=by, link=link, now=now)


@transaction.atomic
def open_link(*, link: PrivateLink, date_of_birth: object, now: datetime) -> bool:
    """Say whether the answer opens the link, and write the answer down.

    A wrong answer is counted; `settings.LINK_MAX_ATTEMPTS` of them lock the link, a right one
    starts the count again.
    """
    links = PrivateLink.objects.open_at(now).select_related("patient")
    row = links.select_for_update(of=("self",)).filter(pk=link.pk).first()
    if row is None:
        return False
    born = row.patient.date_of_birth
    right = born is not None and born == date_of_birth
    row.wrong_answers = 0 if right else row.wrong_answers + 1
    row.save(update_fields=["wrong_answers"])
    audit.record(
        Kind.LINK_OPENED if right else Kind.LINK_REFUSED,
        by=None,
        actor_label=audit.PATIENT if right else "Somebody",
        patient_id=row.patient_id,
        subject=row,
    )
    return right


@transaction.atomic
def record_opening(
    *, document: Document, by: User | None = None, link: PrivateLink | None = None
) -> None:
    """Record that a document was opened, by staff or by the patient through a link."""
    Opening.objects.create(document=document, opened_by=by, link=link)
    audit.record(
        Kind.DOCUMENT_VIEWED,
        by=by,
        actor_label="" if by else audit.PATIENT,
        patient_id=document.patient_id,
        subject=document,
        title=document.title,
    )


def sha256_of(secret: str) -> str:
    """Return what is stored in place of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(kind: Kind, document: Document, *, by: User | None) -> None:
    audit.record(
        kind, by=by, patient_id=document.patient_id, subject=document, title=document.title
    )
