"""What of the assessment was not known when a course was planned, and why it was planned."""

from django.db import models
from django.db.models import Q

from clinic.base.models import Record
from clinic.base.triggers import append_only, same_patient
from clinic.practice.models import Technique
from clinic.staff.keys import by_staff
from patients.models.case import Case
from patients.models.patient import Patient
from patients.reasons import SHORTEST_REASON


class Lack(models.TextChoices):
    """What a course is not planned without, unless somebody says why."""

    SIGNS = "signs", "Warning signs were not asked"
    BASELINE = "baseline", "No baseline count"


class PlannedWithout(Record):
    """Why a course was planned although something of the assessment was not known; frozen.

    `about_id` is the plan.
    """

    told_as = (
        "reason to plan before the assessment was complete",
        "reasons to plan before the assessment was complete",
    )

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    technique = models.CharField(max_length=12, choices=Technique)
    about_id = models.UUIDField()
    lack = models.CharField(max_length=10, choices=Lack)
    reason = models.CharField(max_length=300)
    planned_at = models.DateTimeField()
    planned_by = by_staff()

    class Meta:
        ordering = ["-planned_at", "lack", "-id"]
        verbose_name_plural = "planned without"
        constraints = [
            models.CheckConstraint(
                name="patients_plannedwithout_known", condition=Q(lack__in=["signs", "baseline"])
            ),
            models.CheckConstraint(
                name="patients_plannedwithout_why",
                condition=Q(reason__regex=r"^\S.{8,}\S$"),
                violation_error_message=f"Write the reason in {SHORTEST_REASON} letters or more.",
            ),
            models.UniqueConstraint(fields=["about_id", "lack"], name="planned_without_once"),
        ]
        triggers = [*append_only(), same_patient(("patients_case", "case_id"))]

    def __str__(self) -> str:
        return f"{self.get_lack_display()}: {self.reason}"
