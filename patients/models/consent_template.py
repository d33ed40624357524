"""Consent texts: a purpose, a version, a language; a published one never changes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic.base.history import tracked
from clinic.base.models import Record, between, paired
from clinic.base.triggers import not_truncated
from clinic.practice.models import Technique
from clinic.staff.keys import by_staff
from patients.triggers import locked_when_published, translates_what_is_published

MOST_MONTHS = 120


class Language(models.TextChoices):
    """The languages in which a text can be given; the English one is the original."""

    ENGLISH = "en", "English"
    ARABIC = "ar", "Arabic"
    BENGALI = "bn", "Bengali"
    FRENCH = "fr", "French"
    GUJARATI = "gu", "Gujarati"
    ITALIAN = "it", "Italian"
    POLISH = "pl", "Polish"
    PORTUGUESE = "pt", "Portuguese"
    PUNJABI = "pa", "Punjabi"
    ROMANIAN = "ro", "Romanian"
    SPANISH = "es", "Spanish"
    TURKISH = "tr", "Turkish"
    URDU = "ur", "Urdu"
    WELSH = "cy", "Welsh"


RIGHT_TO_LEFT = (Language.ARABIC, Language.URDU)


class ConsentTemplateQuerySet(models.QuerySet["ConsentTemplate"]):
    """Consent texts, with names for the ways to narrow them."""

    def published(self) -> "ConsentTemplateQuerySet":
        """Return texts that were published, the replaced ones among them."""
        return self.filter(published_at__isnull=False)

    def drafts(self) -> "ConsentTemplateQuerySet":
        """Return texts that are still being written."""
        return self.filter(published_at__isnull=True)

    def originals(self) -> "ConsentTemplateQuerySet":
        """Return texts in the language that the others are translations of."""
        return self.filter(language=Language.ENGLISH)

    def alike(self, template: "ConsentTemplate") -> "ConsentTemplateQuerySet":
        """Return the texts of the same purpose and technique, in every version and language."""
        return self.filter(purpose=template.purpose, technique=template.technique)

    def current(self) -> "ConsentTemplateQuerySet":
        """Return of each purpose and technique the published original of the highest version."""
        return (
            self.published()
            .originals()
            .order_by("purpose", "technique", "-version")
            .distinct("purpose", "technique")
        )


@tracked()
class ConsentTemplate(Record):
    """A consent text. A published version never changes; a new version is a new row.

    A translation carries the number of the version that it translates. `valid_months` says how
    long a signature under it stands; without a number it stands until it is withdrawn.
    `earlier_consents` says what becomes of signatures under older versions. `revision` counts
    saves of a draft, so that two editors notice each other.
    """

    class Purpose(models.TextChoices):
        TREATMENT = "treatment", "Treatment"
        PHOTOGRAPHS = "photographs", "Photographs"
        MARKETING = "marketing", "News and offers"
        RESEARCH = "research", "Research"
        GP = "gp", "Sharing with the GP"

    class Earlier(models.TextChoices):
        STAND = "stand", "Earlier signatures still stand"
        ANEW = "anew", "Everybody must sign anew"

    purpose = models.CharField(max_length=12, choices=Purpose)
    technique = models.CharField(max_length=12, choices=Technique, blank=True)
    language = models.CharField(max_length=8, choices=Language, default=Language.ENGLISH)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120)
    body = models.TextField(
        help_text="Paragraphs; a line that starts with # is a heading, with - an entry of a list."
    )
    reflection_days = models.PositiveSmallIntegerField(default=0)
    valid_months = models.PositiveSmallIntegerField(null=True, blank=True)
    risks = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    alternatives = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    # What the patient says by signing; empty in English, where the product has the sentences.
    statements = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    earlier_consents = models.CharField(max_length=8, choices=Earlier, default=Earlier.STAND)
    earlier_reason = models.TextField("why everybody must sign anew", max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = by_staff(optional=True)
    # The clinician who stands behind the words, who need not be the one who publishes them.
    approved_by = by_staff(optional=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = by_staff(optional=True)

    objects = ConsentTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["purpose", "technique", "-version", "language"]
        constraints = [
            paired("patients_consent_template", "published"),
            paired("patients_consent_template", "saved"),
            between("patients_consent_template", "valid_months", 1, MOST_MONTHS),
            between("patients_consent_template", "reflection_days", 0, 365),
            models.UniqueConstraint(
                fields=["purpose", "technique", "version", "language"],
                name="patients_template_version_once",
            ),
            models.UniqueConstraint(
                fields=["purpose", "technique", "language"],
                condition=Q(published_at__isnull=True),
                name="patients_template_one_draft",
                violation_error_message="A draft of this text is open already.",
            ),
            models.CheckConstraint(
                name="patients_template_says_why_anew",
                condition=~Q(earlier_consents="anew") | Q(earlier_reason__regex=r"\S"),
                violation_error_message="Say why everybody must sign anew.",
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
        triggers = [locked_when_published(), translates_what_is_published(), not_truncated()]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    @property
    def is_original(self) -> bool:
        """Whether this is no translation."""
        return self.language == Language.ENGLISH

    @property
    def is_for_treatment(self) -> bool:
        """Whether a consent to this text allows a treatment."""
        return self.purpose == self.Purpose.TREATMENT

    @property
    def reads_from_the_right(self) -> bool:
        """Whether the language is written from right to left."""
        return self.language in RIGHT_TO_LEFT

    @property
    def what_for(self) -> str:
        """The purpose in words: of a treatment its technique."""
        if self.technique:
            return f"{self.get_technique_display()} treatment"
        return str(self.get_purpose_display())
