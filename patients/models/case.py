"""One course of care, from first visit to discharge, and what was diagnosed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import append_only, never_changes, not_truncated
from patients.models.patient import Patient
from patients.triggers import closed_until_reopened


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, with names for the ways to narrow them."""

    def open(self) -> "CaseQuerySet":
        """Return cases that are not closed."""
        return self.filter(closed_at__isnull=True)

    def open_first(self) -> "CaseQuerySet":
        """Return the open case first, then the others, the one closed last before earlier ones."""
        return self.order_by(F("closed_at").desc(nulls_first=True), "-opened_at")


@tracked()
class Case(Record):
    """A patient's case. A patient has one open case at most; its stage is derived from facts."""

    class Outcome(models.TextChoices):
        DISCHARGED = "discharged", "Discharged"
        DECLINED = "declined", "Declined treatment"
        LOST = "lost", "Lost to follow-up"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cases")
    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            paired("patients_case", "closed"),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(closed_at__isnull=True),
                name="patients_one_open_case",
                violation_error_message="This patient already has an open case.",
            ),
            models.CheckConstraint(
                name="patients_case_outcome_when_closed",
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                violation_error_message="A closed case has an outcome, an open one has none.",
            ),
        ]
        triggers = [
            never_changes("patient"),
            closed_until_reopened(),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return f"Case of {self.patient}"


class Reopening(Record):
    """A closing that was taken back, with what the closing said. The case goes on as it was."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=12, choices=Case.Outcome)
    reopened_at = models.DateTimeField()
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-reopened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "closed_at"], name="patients_closing_taken_back_once"
            ),
            models.CheckConstraint(
                name="patients_reopening_has_reason",
                condition=Q(reason__regex=r"\S"),
                violation_error_message="Write why the case is opened again.",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Reopened: {self.reason}"


class Diagnosis(Record):
    """What was found, by which scale. The newest is the present one; earlier ones stay."""

    class Condition(models.TextChoices):
        AGA_MALE = "aga_male", "Androgenetic alopecia, male pattern"
        AGA_FEMALE = "aga_female", "Androgenetic alopecia, female pattern"
        TELOGEN_EFFLUVIUM = "telogen_effluvium", "Telogen effluvium"
        AREATA = "areata", "Alopecia areata"
        TRACTION = "traction", "Traction alopecia"
        SCARRING = "scarring", "Scarring alopecia"
        OTHER = "other", "Other"

    class Scale(models.TextChoices):
        NORWOOD = "norwood", "Norwood-Hamilton"
        LUDWIG = "ludwig", "Ludwig"
        SINCLAIR = "sinclair", "Sinclair"

    GRADES: dict[str, tuple[str, ...]] = {
        Scale.NORWOOD: (
            *("I", "II", "IIa", "III", "IIIa", "III-vertex"),
            *("IV", "IVa", "V", "Va", "VI", "VII"),
        ),
        Scale.LUDWIG: ("I", "II", "III"),
        Scale.SINCLAIR: ("1", "2", "3", "4", "5"),
    }

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="diagnoses")
    condition = models.CharField(max_length=20, choices=Condition)
    scale = models.CharField(max_length=10, choices=Scale, blank=True)
    grade = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name_plural = "diagnoses"
        constraints = [
            models.CheckConstraint(
                name="patients_diagnosis_grade_of_scale",
                condition=Q(scale="", grade="")
                | Q(
                    scale="norwood",
                    grade__in=[
                        *("I", "II", "IIa", "III", "IIIa", "III-vertex"),
                        *("IV", "IVa", "V", "Va", "VI", "VII"),
                    ],
                )
                | Q(scale="ludwig", grade__in=["I", "II", "III"])
                | Q(scale="sinclair", grade__in=["1", "2", "3", "4", "5"]),
                violation_error_message="Choose a grade that belongs to the scale.",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        grade = f", {self.get_scale_display()} {self.grade}" if self.grade else ""
        return f"{self.get_condition_display()}{grade}"
