"""Documents for patients, and the private links that open them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import append_only, never_changes, not_truncated, same_patient
from clinic.documents.triggers import locked_when_issued
from clinic.staff.keys import by_staff
from patients.models import Patient


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents, with names for the ways to narrow them."""

    def issued(self) -> "DocumentQuerySet":
        """Return documents that can be opened."""
        return self.filter(issued_at__isnull=False)

    def in_the_making(self) -> "DocumentQuerySet":
        """Return documents that were asked for and are neither issued nor failed."""
        return self.filter(issued_at__isnull=True, failed_at__isnull=True)


@tracked()
class Document(Record):
    """A PDF, asked for by a person and made by the worker. An issued one never changes.

    With `send_link` the patient is sent a private link once the document is issued.
    """

    told_as = ("document", "documents")

    class Kind(models.TextChoices):
        TREATMENT_SUMMARY = "treatment_summary", "Treatment summary"
        SIGNED_CONSENT = "signed_consent", "Signed consent"

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=120)
    requested_at = models.DateTimeField()
    requested_by = by_staff()
    subject_id = models.UUIDField(help_text="What the document is about: a case, a session.")
    send_link = models.BooleanField(default=False)
    file = models.FileField(upload_to="documents/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    page_count = models.PositiveSmallIntegerField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at"]
        indexes = [
            models.Index(
                fields=["requested_at"],
                condition=Q(issued_at__isnull=True, failed_at__isnull=True),
                name="documents_in_the_making",
            ),
            models.Index(fields=["patient", "-requested_at"], name="documents_of_patient"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(issued_at__isnull=True, failed_at__isnull=True),
                name="documents_made_once_at_a_time",
                violation_error_message="This document is already being made.",
            ),
            models.CheckConstraint(
                name="documents_issued_whole",
                condition=Q(issued_at__isnull=True)
                | (~Q(file="") & Q(sha256__regex="^[0-9a-f]{64}$") & Q(failed_at__isnull=True)),
                violation_error_message="An issued document has a file and its checksum.",
            ),
        ]
        triggers = [locked_when_issued(), never_changes("patient"), not_truncated()]

    def __str__(self) -> str:
        return self.title

    @property
    def status(self) -> str:
        """Where the document stands, in a word."""
        if self.issued_at:
            return "issued"
        return "failed" if self.failed_at else "in the making"


class PrivateLinkQuerySet(models.QuerySet["PrivateLink"]):
    """Private links, with names for the ways to narrow them."""

    def open_at(self, now: datetime) -> "PrivateLinkQuerySet":
        """Return links that still open: not expired, not revoked, not locked by wrong answers."""
        return self.filter(
            revoked_at__isnull=True,
            expires_at__gt=now,
            wrong_answers__lt=settings.LINK_MAX_ATTEMPTS,
        )


@tracked()
class PrivateLink(Record):
    """A patient's way in: a secret address together with the date of birth, for a limited time.

    Only the SHA-256 of the secret is stored. The secret goes one way, so that a code can go
    another: `way` is written when the link is made, and messages follow it.
    """

    told_as = ("private link", "private links")

    class Way(models.TextChoices):
        EMAIL = "email", "E-mail"
        SMS = "sms", "Text message"
        HERE = "here", "Opened on the clinic's device"
        UNKNOWN = "unknown", "Not known"  # made before the way was kept; nothing makes one now

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="links")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    way = models.CharField(max_length=8, choices=Way)
    expires_at = models.DateTimeField()
    wrong_answers = models.PositiveSmallIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = by_staff(optional=True)

    objects = PrivateLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            paired("documents_link", "revoked"),
            models.CheckConstraint(
                name="documents_link_way_known",
                condition=Q(way__in=["email", "sms", "here", "unknown"]),
            ),
        ]
        triggers = [never_changes("patient", "way"), not_truncated()]

    def __str__(self) -> str:
        return f"Private link of {self.patient}"

    def status_at(self, now: datetime) -> str:
        """Return whether the link opens, in a word: open, expired, locked or revoked."""
        if self.revoked_at:
            return "revoked"
        if self.wrong_answers >= settings.LINK_MAX_ATTEMPTS:
            return "locked"
        return "expired" if self.expires_at <= now else "open"


class Opening(Record):
    """One opening of a document, by a patient through a link or by staff."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="openings")
    link = models.ForeignKey(
        PrivateLink, on_delete=models.PROTECT, null=True, related_name="openings"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="documents_opened_by_one",
                condition=Q(link__isnull=False, opened_by__isnull=True)
                | Q(link__isnull=True, opened_by__isnull=False),
            )
        ]
        triggers = [
            *append_only(),
            same_patient(
                ("documents_document", "document_id"), ("documents_privatelink", "link_id")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} opened"
