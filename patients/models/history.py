"""What the patient brings: history, medicines, allergies. Entries are withdrawn, never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import append_only, never_changes, not_truncated
from patients.models.patient import Patient


class HistoryEntry(Record):
    """One dated statement in the history. The newest of a topic is the present one."""

    class Topic(models.TextChoices):
        HAIR = "hair", "Hair loss"
        MEDICAL = "medical", "Medical"
        FAMILY = "family", "Family"
        PREVIOUS_TREATMENT = "previous", "Previous treatment elsewhere"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="history_entries")
    topic = models.CharField(max_length=10, choices=Topic)
    text = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-recorded_at", "-id"]
        verbose_name_plural = "history entries"
        indexes = [models.Index(fields=["patient", "topic", "-recorded_at"], name="history_latest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.text}"


@tracked()
class Medicine(Record):
    """A medicine that the patient takes or took."""

    class Group(models.TextChoices):
        MINOXIDIL_TOPICAL = "minoxidil_topical", "Minoxidil, topical"
        MINOXIDIL_ORAL = "minoxidil_oral", "Minoxidil, oral"
        FINASTERIDE = "finasteride", "Finasteride"
        DUTASTERIDE = "dutasteride", "Dutasteride"
        SPIRONOLACTONE = "spironolactone", "Spironolactone"
        ANTICOAGULANT = "anticoagulant", "Anticoagulant"
        ANTIPLATELET = "antiplatelet", "Antiplatelet"
        NSAID = "nsaid", "NSAID"
        ISOTRETINOIN = "isotretinoin", "Isotretinoin"
        STEROID = "steroid", "Steroid"
        OTHER = "other", "Other"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="medicines")
    group = models.CharField(max_length=20, choices=Group)
    name = models.CharField(max_length=80)
    dose = models.CharField(max_length=80, blank=True)
    started_date = models.DateField("started", null=True, blank=True)
    stopped_date = models.DateField("stopped", null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="patients_medicine_dates_in_order",
                condition=Q(started_date__isnull=True)
                | Q(stopped_date__isnull=True)
                | Q(stopped_date__gte=F("started_date")),
                violation_error_message="A medicine cannot be stopped before it was started.",
            )
        ]
        triggers = [never_changes("patient"), not_truncated()]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.dose]))


class AllergyQuerySet(models.QuerySet["Allergy"]):
    """Allergies, with a name for the way to narrow them."""

    def standing(self) -> "AllergyQuerySet":
        """Return allergies that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@tracked()
class Allergy(Record):
    """An allergy; one found to be wrong is withdrawn and stays readable."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=80)
    reaction = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AllergyQuerySet.as_manager()

    class Meta:
        ordering = ["substance"]
        verbose_name_plural = "allergies"
        constraints = [
            paired("patients_allergy", "withdrawn"),
            models.UniqueConstraint(
                models.functions.Lower("substance"),
                "patient",
                condition=Q(withdrawn_at__isnull=True),
                name="patients_allergy_once",
                violation_error_message="This allergy is already recorded.",
            ),
        ]
        triggers = [never_changes("patient"), not_truncated()]

    def __str__(self) -> str:
        return f"{self.substance} ({self.reaction})" if self.reaction else self.substance


class NoKnownAllergies(Record):
    """Somebody's dated statement that no allergies are known. An allergy recorded later wins."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-stated_at"]
        verbose_name_plural = "statements of no known allergies"
        indexes = [models.Index(fields=["patient", "-stated_at"], name="no_allergies_latest")]
        triggers = append_only()

    def __str__(self) -> str:
        return "No known allergies"
