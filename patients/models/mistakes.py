"""What was concluded by mistake: for another patient, at another visit, or never."""

from django.db import models
from django.db.models import Q

from clinic.base.models import Record
from clinic.base.triggers import append_only
from clinic.staff.keys import by_staff
from patients.models.diagnosis import Diagnosis
from patients.models.pathway import SignsStatement


class FindingWithdrawal(Record):
    """A diagnosis, or a statement on warning signs, was entered by mistake. The row stays."""

    diagnosis = models.OneToOneField(
        Diagnosis, on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawal"
    )
    signs = models.OneToOneField(
        SignsStatement, on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawal"
    )
    reason = models.CharField(max_length=300)
    withdrawn_at = models.DateTimeField()
    withdrawn_by = by_staff()

    class Meta:
        ordering = ["-withdrawn_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="patients_withdrawal_of_one_finding",
                condition=Q(diagnosis__isnull=True, signs__isnull=False)
                | Q(diagnosis__isnull=False, signs__isnull=True),
            ),
            models.CheckConstraint(
                name="patients_withdrawal_has_reason",
                condition=Q(reason__regex=r"\S"),
                violation_error_message="Write why it was a mistake.",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Entered by mistake: {self.reason}"
