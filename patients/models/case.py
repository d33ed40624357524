"""One course of care, from first visit to discharge."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import append_only, never_changes, not_truncated
from clinic.staff.keys import by_staff
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

    told_as = ("case", "cases")

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
    closed_by = by_staff(optional=True)
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

    told_as = ("reopening of a case", "reopenings of a case")

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="reopenings", db_index=False
    )
    closed_at = models.DateTimeField()
    closed_by = by_staff()
    outcome = models.CharField(max_length=12, choices=Case.Outcome)
    reopened_at = models.DateTimeField()
    reopened_by = by_staff()
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
