"""Consent: information first, time to reflect, then a signature; withdrawal at any time."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, TextField

from clinic.base.history import tracked
from clinic.base.models import Record, between, paired
from clinic.base.triggers import locked_when_signed, never_changes, not_truncated
from clinic.practice.models import Technique
from patients.models.case import Case
from patients.models.patient import Patient
from patients.triggers import (
    locked_when_published,
    of_its_case_and_published_text,
    signed_by_somebody_born,
)

# When the patient was informed and how long they were to reflect is written once.
_INFORMATION = ("information_given_at", "information_given_by", "reflect_until")
PNG_DATA_URL = "data:image/png;base64,"


class Sha256Hex(Func):
    """SHA-256 over a text's UTF-8 bytes, in lower-case hexadecimal, worked out by the database."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = TextField()


class PhotoScope(models.TextChoices):
    """What photographs may be used for."""

    CLINICAL = "clinical", "My record, and documents given to me"
    WEBSITE = "website", "The clinic's website"
    PUBLICATION = "publication", "Scientific publication"


class ConsentTemplateQuerySet(models.QuerySet["ConsentTemplate"]):
    """Consent texts, with names for the ways to narrow them."""

    def published(self) -> "ConsentTemplateQuerySet":
        """Return texts that were published, the replaced ones among them."""
        return self.filter(published_at__isnull=False)

    def current(self) -> "ConsentTemplateQuerySet":
        """Return of each purpose and technique the published text with the highest version."""
        return (
            self.published()
            .order_by("purpose", "technique", "-version")
            .distinct("purpose", "technique")
        )


@tracked()
class ConsentTemplate(Record):
    """A consent text. A published version never changes; a new version is a new row."""

    class Purpose(models.TextChoices):
        TREATMENT = "treatment", "Treatment"
        PHOTOGRAPHS = "photographs", "Photographs"

    purpose = models.CharField(max_length=12, choices=Purpose)
    technique = models.CharField(max_length=12, choices=Technique, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    body = models.TextField(
        help_text="Paragraphs; a line that starts with # is a heading, with - an entry of a list."
    )
    reflection_days = models.PositiveSmallIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ConsentTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["purpose", "technique", "-version"]
        constraints = [
            paired("patients_consent_template", "published"),
            between("patients_consent_template", "reflection_days", 0, 365),
            models.UniqueConstraint(
                fields=["purpose", "technique", "version"], name="patients_template_version_once"
            ),
            models.CheckConstraint(
                name="patients_template_technique_for_treatment",
                condition=(Q(purpose="treatment") & ~Q(technique=""))
                | (~Q(purpose="treatment") & Q(technique="")),
                violation_error_message="A treatment consent is for one technique.",
            ),
            models.CheckConstraint(
                name="patients_template_has_words",
                condition=Q(title__regex=r"\S") & Q(body__regex=r"\S") & Q(version__gte=1),
                violation_error_message="A consent text needs a title and a body.",
            ),
        ]
        triggers = [locked_when_published(), not_truncated()]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents, with names for the ways to narrow them."""

    def valid(self) -> "ConsentQuerySet":
        """Return signed consents that were not withdrawn."""
        return self.filter(signed_at__isnull=False, withdrawn_at__isnull=True)

    def for_treatment(self, technique: str) -> "ConsentQuerySet":
        """Return consents to one technique."""
        return self.filter(
            template__purpose=ConsentTemplate.Purpose.TREATMENT, template__technique=technique
        )


@tracked()
class Consent(Record):
    """One patient's consent to one text. `information_given_at` starts the cooling-off clock.

    `signed_at` locks the row in the database; only a withdrawal can be added after it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    template = models.ForeignKey(ConsentTemplate, on_delete=models.PROTECT, related_name="+")
    information_given_at = models.DateTimeField()
    information_given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reflect_until = models.DateTimeField()
    questions = models.TextField("the patient's questions and what matters to them", blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    # The member of staff who took the signature; the signature is the patient's.
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_name = models.CharField("name as signed", max_length=160, blank=True)
    name_reason = models.CharField("why another name was signed", max_length=200, blank=True)
    signature_png = models.TextField(blank=True, help_text="A PNG data URL; empty when typed.")
    early_reason = models.TextField("why before the time to reflect was over", blank=True)
    photo_scopes = ArrayField(
        models.CharField(max_length=12, choices=PhotoScope), default=list, blank=True
    )
    signed_text = models.TextField(blank=True)
    signed_text_sha256 = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Empty until then: what a signed row may still take is filled once, from NULL.
    withdrawn_reason = models.TextField(null=True, blank=True)  # noqa: DJ001

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-information_given_at"]
        indexes = [models.Index(fields=["patient", "signed_at"], name="patients_consent_signed")]
        constraints = [
            paired("patients_consent", "signed"),
            paired("patients_consent", "withdrawn"),
            models.CheckConstraint(
                name="patients_consent_reflected",
                condition=Q(signed_at__isnull=True)
                | Q(signed_at__gte=F("reflect_until"))
                | Q(early_reason__regex=r"\S"),
                violation_error_message=(
                    "The time to reflect is not over; give the reason for signing now."
                ),
            ),
            models.CheckConstraint(
                name="patients_consent_informed_first",
                condition=Q(reflect_until__gte=F("information_given_at"))
                & (Q(signed_at__isnull=True) | Q(signed_at__gte=F("information_given_at"))),
                violation_error_message="The information comes before the signature.",
            ),
            models.CheckConstraint(
                name="patients_consent_signed_whole",
                condition=Q(signed_at__isnull=True)
                | (
                    Q(signed_name__regex=r"\S")
                    & ~Q(signed_text="")
                    & Q(signed_text_sha256=Sha256Hex("signed_text"))
                ),
                violation_error_message="A signature needs a name and the text that was signed.",
            ),
            models.CheckConstraint(
                name="patients_consent_withdrawn_after_signing",
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason__isnull=True)
                | Q(
                    signed_at__isnull=False,
                    withdrawn_at__isnull=False,
                    withdrawn_at__gte=F("signed_at"),
                ),
                violation_error_message="Only a signed consent can be withdrawn.",
            ),
            models.CheckConstraint(
                name="patients_consent_signature_form",
                condition=Q(signature_png="") | Q(signature_png__startswith=PNG_DATA_URL),
                violation_error_message="A drawn signature is a PNG picture.",
            ),
            models.CheckConstraint(
                name="patients_consent_scopes_known",
                condition=Q(photo_scopes__contained_by=PhotoScope.values),
                violation_error_message="Choose from the listed uses of photographs.",
            ),
            models.UniqueConstraint(
                fields=["case", "template"],
                condition=Q(signed_at__isnull=True),
                name="patients_consent_informed_once",
                violation_error_message="This information was already given and is not signed yet.",
            ),
        ]
        triggers = [
            of_its_case_and_published_text(),
            signed_by_somebody_born(),
            never_changes("patient", "case", "template", *_INFORMATION),
            *locked_when_signed("withdrawn_at", "withdrawn_by_id", "withdrawn_reason"),
        ]

    def __str__(self) -> str:
        return str(self.template)

    @property
    def is_valid(self) -> bool:
        """Whether this consent stands: signed and not withdrawn."""
        return self.signed_at is not None and self.withdrawn_at is None

    @property
    def photo_uses(self) -> list[str]:
        """What photographs may be used for by this consent, in words."""
        return [scope.label for scope in PhotoScope if scope in self.photo_scopes]
