"""What was agreed to be done."""

from django.db import models
from django.db.models import Q

from clinic.base.history import tracked
from clinic.base.models import Record, between, paired
from clinic.base.triggers import never_changes, not_truncated
from clinic.practice.models import Technique
from clinic.staff.keys import by_staff
from patients.models import Case
from treatments.triggers import pathway_open_when_extended, pathway_open_when_planned


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans, with names for the ways to narrow them."""

    def standing(self) -> "PlanQuerySet":
        """Return plans that were not cancelled."""
        return self.filter(cancelled_at__isnull=True)


@tracked()
class Plan(Record):
    """A course of one technique: so many sessions, so many days apart."""

    told_as = ("course of treatment", "courses of treatment")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plans")
    technique = models.CharField(max_length=12, choices=Technique)
    sessions_planned = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True)
    planned_at = models.DateTimeField()
    planned_by = by_staff()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = by_staff(optional=True)

    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["planned_at"]
        constraints = [
            between("treatments_plan", "sessions_planned", 1, 24),
            between("treatments_plan", "interval_days", 1, 400),
            paired("treatments_plan", "cancelled"),
            models.UniqueConstraint(
                fields=["case", "technique"],
                condition=Q(cancelled_at__isnull=True),
                name="treatments_one_plan_a_technique",
                violation_error_message="This case already has a plan for this technique.",
            ),
        ]
        triggers = [
            *(never_changes("case"), not_truncated()),
            *(pathway_open_when_planned(), pathway_open_when_extended()),
        ]

    def __str__(self) -> str:
        return f"{self.sessions_planned} × {self.get_technique_display()}"
