"""What the patient brings: history, medicines, allergies. Entries are withdrawn, never deleted."""

from datetime import date

from django.db import models
from django.db.models import Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import append_only, never_changes, not_truncated
from clinic.staff.keys import by_staff
from patients.models.patient import Patient
from patients.partial_dates import (
    PartialDate,
    as_exact_as_known,
    may_be_in_order,
    may_reach,
    precision_field,
)


class HistoryEntry(Record):
    """One dated statement in the history. The newest of a topic is the present one."""

    told_as = ("note in the history", "notes in the history")

    class Topic(models.TextChoices):
        HAIR = "hair", "Hair loss"
        MEDICAL = "medical", "Medical"
        FAMILY = "family", "Family"
        PREVIOUS_TREATMENT = "previous", "Previous treatment elsewhere"
        GOALS = "goals", "Hopes"

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="history_entries", db_index=False
    )
    topic = models.CharField(max_length=10, choices=Topic)
    text = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = by_staff()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        verbose_name_plural = "history entries"
        indexes = [models.Index(fields=["patient", "topic", "-recorded_at"], name="history_latest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.text}"


def _withdrawn_has_a_time(table: str) -> models.CheckConstraint:
    """Return the constraint that only what was withdrawn has a reason for it."""
    return models.CheckConstraint(
        name=f"{table}_reason_if_withdrawn",
        condition=Q(withdrawn_at__isnull=False) | Q(withdrawn_reason=""),
        violation_error_message="Only what is withdrawn has a reason for that.",
    )


class MedicineQuerySet(models.QuerySet["Medicine"]):
    """Medicines, with names for the ways to narrow them."""

    def standing(self) -> "MedicineQuerySet":
        """Return medicines that were not withdrawn as wrongly recorded."""
        return self.filter(withdrawn_at__isnull=True)

    def taken(self) -> "MedicineQuerySet":
        """Return medicines that are taken now, as far as the record goes."""
        return self.standing().filter(stopped_date__isnull=True)

    def maybe_taken(self, first_day: date, last_day: date) -> "MedicineQuerySet":
        """Return medicines that may have been taken on any of these days.

        A date known by its year or month alone counts as each of its days, a start not known as
        long ago, and the day of stopping as one on which it was taken.
        """
        begun = Q(started_date__isnull=True) | Q(started_date__lte=last_day)
        goes_on = Q(stopped_date__isnull=True) | may_reach("stopped", first_day)
        return self.standing().filter(begun, goes_on)


@tracked()
class Medicine(Record):
    """A medicine that the patient takes or took; one recorded by mistake is withdrawn."""

    told_as = ("medicine", "medicines")

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

    class Route(models.TextChoices):
        MOUTH = "mouth", "By mouth"
        SCALP = "scalp", "On the scalp"
        SKIN = "skin", "On the skin elsewhere"
        INJECTION = "injection", "By injection"
        INHALED = "inhaled", "Inhaled"
        OTHER = "other", "Another way"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="medicines")
    group = models.CharField(max_length=20, choices=Group)
    name = models.CharField(max_length=80)
    dose = models.CharField(max_length=80, blank=True)
    route = models.CharField(max_length=10, choices=Route, blank=True)
    started_date = models.DateField("started", null=True, blank=True)
    started_precision = precision_field()
    stopped_date = models.DateField("stopped", null=True, blank=True)
    stopped_precision = precision_field()
    stop_reason = models.CharField(max_length=200, blank=True)
    stop_recorded_at = models.DateTimeField(null=True, blank=True)
    stop_recorded_by = by_staff(optional=True)
    recorded_at = models.DateTimeField()
    recorded_by = by_staff()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = by_staff(optional=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = MedicineQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="patients_medicine_dates_in_order",
                condition=may_be_in_order("started", "stopped"),
                violation_error_message="A medicine cannot be stopped before it was started.",
            ),
            as_exact_as_known("patients_medicine", "started"),
            as_exact_as_known("patients_medicine", "stopped"),
            models.CheckConstraint(
                name="patients_medicine_stop_details",
                condition=Q(stopped_date__isnull=False)
                | Q(stop_reason="", stop_recorded_at__isnull=True),
                violation_error_message="Only a medicine that was stopped has a reason for that.",
            ),
            paired("patients_medicine", "stop_recorded"),
            paired("patients_medicine", "withdrawn"),
            _withdrawn_has_a_time("patients_medicine"),
        ]
        triggers = [never_changes("patient"), not_truncated()]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.name, self.dose]))

    @property
    def started(self) -> PartialDate | None:
        """Since when it is taken, as far as it is known."""
        return PartialDate.of(self, "started")

    @property
    def stopped(self) -> PartialDate | None:
        """Since when it is no longer taken, as far as it is known."""
        return PartialDate.of(self, "stopped")


class AllergyQuerySet(models.QuerySet["Allergy"]):
    """Allergies, with a name for the way to narrow them."""

    def standing(self) -> "AllergyQuerySet":
        """Return allergies that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@tracked()
class Allergy(Record):
    """An allergy; one found to be wrong is withdrawn and stays readable.

    Certainty and severity are empty where nobody said.
    """

    told_as = ("allergy", "allergies")

    class Certainty(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed by tests or a doctor"
        LIKELY = "likely", "Likely, by the course of events"
        REPORTED = "reported", "Reported by the patient"

    class Severity(models.TextChoices):
        MILD = "mild", "Mild"
        SEVERE = "severe", "Severe"
        ANAPHYLAXIS = "anaphylaxis", "Life-threatening (anaphylaxis)"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=80)
    reaction = models.CharField(max_length=120, blank=True)
    certainty = models.CharField(max_length=10, choices=Certainty, blank=True)
    severity = models.CharField(max_length=12, choices=Severity, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = by_staff()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = by_staff(optional=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = AllergyQuerySet.as_manager()

    class Meta:
        ordering = ["substance"]
        verbose_name_plural = "allergies"
        constraints = [
            paired("patients_allergy", "withdrawn"),
            _withdrawn_has_a_time("patients_allergy"),
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

    told_as = ("answer that no allergies are known", "answers that no allergies are known")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    stated_at = models.DateTimeField()
    stated_by = by_staff()

    class Meta:
        ordering = ["-stated_at"]
        verbose_name_plural = "statements of no known allergies"
        indexes = [models.Index(fields=["patient", "-stated_at"], name="no_allergies_latest")]
        triggers = append_only()

    def __str__(self) -> str:
        return "No known allergies"
