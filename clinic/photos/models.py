"""Photographs by standard view."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clinic.base.history import tracked
from clinic.base.models import Record, between, paired
from clinic.base.triggers import never_changes, not_truncated, same_patient
from clinic.staff.keys import by_staff
from patients.models import Case, Consent, Patient


class View(models.TextChoices):
    """The standard views of the scalp."""

    FRONTAL = "frontal", "Frontal"
    MIDLINE = "midline", "Midline, top"
    VERTEX = "vertex", "Vertex"
    TEMPLE_LEFT = "temple_left", "Left temple"
    TEMPLE_RIGHT = "temple_right", "Right temple"
    OCCIPITAL = "occipital", "Occipital"


class Agreement(models.TextChoices):
    """How the patient agreed to be photographed.

    Not known is for what was kept before it was written down; nothing new is kept so.
    """

    ALOUD = "aloud", "aloud"
    IN_WRITING = "in_writing", "in writing"
    NOT_KNOWN = "not_known", "not known"


@tracked()
class PhotoSet(Record):
    """The photographs of one visit."""

    told_as = ("set of photographs", "sets of photographs")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="photo_sets")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="photo_sets")
    taken_at = models.DateTimeField()
    taken_by = by_staff()

    class Meta:
        ordering = ["-taken_at"]
        triggers = [
            never_changes("patient", "case"),
            same_patient(("patients_case", "case_id")),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return f"Photographs of {self.taken_at:%d-%b-%Y}"


class PhotoQuerySet(models.QuerySet["Photo"]):
    """Photographs, with names for the ways to narrow them."""

    def standing(self) -> "PhotoQuerySet":
        """Return photographs that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def given_up(self) -> "PhotoQuerySet":
        """Return those without smaller pictures that are no longer tried."""
        return self.filter(derived_at__isnull=True, derivation__given_up_at__isnull=False)

    def to_derive(self, now: datetime) -> "PhotoQuerySet":
        """Return those without smaller pictures that may be tried, the untried ones first."""
        can_wait = Q(derivation__not_before__gt=now) | Q(derivation__given_up_at__isnull=False)
        return (
            self.filter(derived_at__isnull=True)
            .exclude(can_wait)
            .order_by(F("derivation__not_before").asc(nulls_first=True), "created_at")
        )


# The worker needs seconds; where it is late by minutes, somebody has to look.
LATE_AFTER = timedelta(minutes=5)


@tracked()
class Photo(Record):
    """One photograph, re-encoded without metadata; its derivatives are made by the worker."""

    photo_set = models.ForeignKey(PhotoSet, on_delete=models.PROTECT, related_name="photos")
    view = models.CharField(max_length=14, choices=View)
    original = models.FileField(upload_to="photos/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    agreed = models.CharField(max_length=10, choices=Agreement)
    consent = models.ForeignKey(
        Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    display = models.FileField(upload_to="photos/%Y/%m/", blank=True)
    thumbnail = models.FileField(upload_to="photos/%Y/%m/", blank=True)
    derived_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = by_staff(optional=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["view", "created_at"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(derived_at__isnull=True),
                name="photos_underived",
            )
        ]
        constraints = [
            paired("photos_photo", "withdrawn"),
            between("photos_photo", "width_px", 1, 100_000),
            between("photos_photo", "height_px", 1, 100_000),
            models.CheckConstraint(
                name="photos_photo_agreed",
                condition=Q(agreed=Agreement.IN_WRITING, consent__isnull=False)
                | Q(agreed__in=[Agreement.ALOUD, Agreement.NOT_KNOWN], consent__isnull=True),
                violation_error_message=(
                    "Say how the patient agreed; in writing is by a consent, aloud without one."
                ),
            ),
            models.UniqueConstraint(
                fields=["photo_set", "view"],
                condition=Q(withdrawn_at__isnull=True),
                name="photos_one_a_view",
                violation_error_message="This set already has a photograph of that view.",
            ),
        ]
        triggers = [
            never_changes("photo_set", "agreed", "consent"),
            same_patient(("photos_photoset", "photo_set_id"), ("patients_consent", "consent_id")),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return self.get_view_display()

    @property
    def cannot_be_prepared(self) -> bool:
        """Whether making its smaller pictures was given up."""
        derivation: Derivation | None = getattr(self, "derivation", None)
        return not self.derived_at and bool(derivation and derivation.given_up_at)

    @property
    def is_late(self) -> bool:
        """Whether its smaller pictures should have been there long ago: they take seconds."""
        return not self.derived_at and timezone.now() - self.created_at > LATE_AFTER


class Derivation(Record):
    """How often a photograph's smaller pictures were tried, and what stood in the way.

    Not a part of the record of care: it says only how the machine fared.
    """

    photo = models.OneToOneField(Photo, on_delete=models.PROTECT, related_name="derivation")
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    failure = models.CharField(max_length=200, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.tries} tries"
