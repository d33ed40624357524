"""Consent: information first, time to reflect, then two signatures; withdrawal at any time."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextField

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import locked_when_signed, never_changes
from clinic.staff.keys import by_staff
from patients.models.case import Case
from patients.models.consent_constraints import (
    FIRST_PROCESS,
    PRESENT_PROCESS,
    by_staff_or_patient,
    clinician_signs_whole,
    identity_checked,
    of_the_discussion,
)
from patients.models.consent_template import ConsentTemplate
from patients.models.patient import Patient
from patients.triggers import of_its_case_and_published_text, signed_by_somebody_born

if TYPE_CHECKING:
    from patients.models.consent_changes import ConsentQuestion

# When the patient was informed and how long they were to reflect is written once.
_INFORMATION = ("information_given_at", "information_given_by", "reflect_until")
# What may still be added, once each, to what the patient has signed.
_ADDED_LATER = (
    *("clinician_signed_at", "clinician_signed_by_id", "clinician_name", "clinician_statement"),
    *("withdrawn_at", "withdrawn_by_id", "withdrawn_how", "withdrawn_reason"),
)
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


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents, with names for the ways to narrow them."""

    def signed(self) -> "ConsentQuerySet":
        """Return what patients signed and did not take back, the clinician's signature or not."""
        return self.filter(signed_at__isnull=False, withdrawn_at__isnull=True)

    def whole(self) -> "ConsentQuerySet":
        """Return consents with both signatures that were not withdrawn, expired ones too."""
        return self.signed().filter(Q(clinician_signed_at__isnull=False) | Q(process=FIRST_PROCESS))

    def standing_at(self, moment: datetime) -> "ConsentQuerySet":
        """Return consents that can be relied on at a moment.

        They are whole, not expired by then, and under a text of which no newer version, published
        by then, asks everybody to sign anew.
        """
        return self.whole().filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=moment), ~Exists(_asks_anew(moment))
        )

    def for_treatment(self, technique: str) -> "ConsentQuerySet":
        """Return consents to one technique."""
        return self.filter(
            template__purpose=ConsentTemplate.Purpose.TREATMENT, template__technique=technique
        )


def _asks_anew(moment: datetime) -> models.QuerySet[ConsentTemplate]:
    return ConsentTemplate.objects.filter(
        purpose=OuterRef("template__purpose"),
        technique=OuterRef("template__technique"),
        version__gt=OuterRef("template__version"),
        earlier_consents=ConsentTemplate.Earlier.ANEW,
        published_at__lte=moment,
    )


@tracked()
class Consent(Record):
    """One patient's consent to one text. `information_given_at` starts the cooling-off clock.

    `signed_at` is the patient's signature and locks the row in the database; only the clinician's
    own signature and a withdrawal can be added after it.
    """

    told_as = ("consent", "consents")

    class Capacity(models.TextChoices):
        ASSUMED = "assumed", "No reason for doubt"
        ASSESSED = "assessed", "In doubt, so it was assessed"

    class How(models.TextChoices):
        IN_PERSON = "in_person", "In person"
        PHONE = "phone", "By phone"
        WRITING = "writing", "In writing"
        OWN_PAGE = "own_page", "On their own page"

    class Way(models.TextChoices):
        TABLET = "tablet", "At the clinic"
        LINK = "link", "By the patient's own link"

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="consents", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    template = models.ForeignKey(ConsentTemplate, on_delete=models.PROTECT, related_name="+")
    information_given_at = models.DateTimeField()
    information_given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reflect_until = models.DateTimeField()
    process = models.PositiveSmallIntegerField(default=PRESENT_PROCESS, editable=False)
    # Not known of information given before this was asked.
    interpreter_needed = models.BooleanField(null=True, blank=True)
    interpreter = models.CharField("interpreter's name or service", max_length=120, blank=True)
    questions = models.TextField("the patient's questions", blank=True)
    matters = models.TextField("what matters to the patient", blank=True)
    discussed_at = models.DateTimeField(null=True, blank=True)
    discussed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    risks_discussed = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    risks_added = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    no_treatment_discussed = models.BooleanField(default=False)
    alternatives_discussed = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    capacity = models.CharField(max_length=8, choices=Capacity, blank=True)
    can_understand = models.BooleanField(null=True, blank=True)
    can_retain = models.BooleanField(null=True, blank=True)
    can_weigh = models.BooleanField(null=True, blank=True)
    can_communicate = models.BooleanField(null=True, blank=True)
    capacity_note = models.TextField("how capacity was assessed", max_length=1000, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    # The member of staff who took the signature, or held the talk before one by the patient's own
    # link; the signature is the patient's.
    signed_by = by_staff(optional=True)
    # By the patient's own link nobody sees them sign, so their identity is checked instead.
    signed_way = models.CharField(max_length=8, choices=Way, default=Way.TABLET)
    identity_check = models.CharField("how identity was checked", max_length=300, blank=True)
    identity_checked_at = models.DateTimeField(null=True, blank=True)
    signed_name = models.CharField("name as signed", max_length=160, blank=True)
    name_reason = models.CharField("why another name was signed", max_length=200, blank=True)
    signature_png = models.TextField(blank=True, help_text="A PNG data URL; empty when typed.")
    early_reason = models.TextField("why before the time to reflect was over", blank=True)
    photo_scopes = ArrayField(
        models.CharField(max_length=12, choices=PhotoScope), default=list, blank=True
    )
    signed_text = models.TextField(blank=True)
    signed_text_sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # Empty until then: what a signed row may still take is filled once, from NULL.
    clinician_signed_at = models.DateTimeField(null=True, blank=True)
    clinician_signed_by = by_staff(optional=True)
    clinician_name = models.CharField(max_length=160, null=True, blank=True)  # noqa: DJ001
    clinician_statement = models.TextField(null=True, blank=True)  # noqa: DJ001
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = by_staff(optional=True)
    withdrawn_how = models.CharField(max_length=10, choices=How, null=True, blank=True)  # noqa: DJ001
    withdrawn_reason = models.TextField(null=True, blank=True)  # noqa: DJ001

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-information_given_at"]
        indexes = [
            models.Index(fields=["patient", "signed_at"], name="patients_consent_signed"),
            models.Index(
                fields=["-withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False),
                name="patients_consent_withdrawals",
            ),
            models.Index(
                fields=["signed_by"],
                condition=Q(
                    process=PRESENT_PROCESS,
                    signed_at__isnull=False,
                    clinician_signed_at__isnull=True,
                    withdrawn_at__isnull=True,
                ),
                name="patients_consent_to_sign",
            ),
        ]
        constraints = [
            paired("patients_consent", "signed"),
            by_staff_or_patient("patients_consent", "withdrawn"),
            paired("patients_consent", "discussed"),
            paired("patients_consent", "clinician_signed"),
            *of_the_discussion(),
            clinician_signs_whole(),
            identity_checked(),
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
                condition=Q(
                    withdrawn_at__isnull=True,
                    withdrawn_reason__isnull=True,
                    withdrawn_how__isnull=True,
                )
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
            never_changes("patient", "case", "template", "process", *_INFORMATION),
            *locked_when_signed(*_ADDED_LATER),
        ]

    def __str__(self) -> str:
        return str(self.template)

    @property
    def is_whole(self) -> bool:
        """Whether it has every signature that it needs, withdrawn or not."""
        is_first = self.process == FIRST_PROCESS
        return self.signed_at is not None and (is_first or self.clinician_signed_at is not None)

    @property
    def is_valid(self) -> bool:
        """Whether it is whole and was not withdrawn; it may be expired or under a blocked text."""
        return self.is_whole and self.withdrawn_at is None

    @property
    def awaits_clinician(self) -> bool:
        """Whether the patient signed, and the clinician who took it did not yet."""
        is_signed = self.signed_at is not None and self.withdrawn_at is None
        return is_signed and not self.is_whole

    def is_expired_at(self, moment: datetime) -> bool:
        """Say whether its time has run out."""
        return self.expires_at is not None and self.expires_at <= moment

    def is_early_at(self, moment: datetime) -> bool:
        """Whether a signature at that moment would cut the time to reflect short."""
        return moment < self.reflect_until

    @property
    def lacks_capacity(self) -> bool:
        """Whether capacity was assessed, and one of the four parts was not met."""
        parts = (self.can_understand, self.can_retain, self.can_weigh, self.can_communicate)
        return self.capacity == self.Capacity.ASSESSED and not all(parts)

    @property
    def photo_uses(self) -> list[str]:
        """What photographs may be used for by this consent, in words."""
        return [scope.label for scope in PhotoScope if scope in self.photo_scopes]

    @property
    def photo_scopes_left(self) -> list[str]:
        """What photographs may be used for still: as signed, without what was taken back since."""
        if not self.photo_scopes:
            return []
        gone = {use for each in self.narrowings.all() for use in each.uses}
        return [scope.value for scope in PhotoScope if scope in set(self.photo_scopes) - gone]

    @property
    def photo_uses_left(self) -> list[str]:
        """What photographs may be used for still, in words."""
        return [str(PhotoScope(scope).label) for scope in self.photo_scopes_left]

    @property
    def withdrawn_words(self) -> str:
        """Who recorded the withdrawal and how the patient said so, in words."""
        if self.withdrawn_by is None:
            return "by the patient, on their own page"
        said = f", said {self.get_withdrawn_how_display().lower()}" if self.withdrawn_how else ""
        return f"recorded by {self.withdrawn_by}{said}"

    @property
    def questions_open(self) -> "list[ConsentQuestion]":
        """What the patient asked before signing and after the last talk, the oldest first."""
        asked = self.asked.all()
        return [
            each for each in asked if not self.discussed_at or each.asked_at > self.discussed_at
        ]
