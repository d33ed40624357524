"""What was done about the hair elsewhere."""

from django.db import models
from django.db.models import Q

from clinic.base.history import tracked
from clinic.base.models import Record, between, paired
from clinic.base.triggers import never_changes, never_changes_after, never_deleted, not_truncated
from clinic.staff.keys import by_staff
from patients.catalogue import Elsewhere
from patients.models.patient import Patient
from patients.partial_dates import PartialDate, as_exact_as_known, precision_field


class EarlierTreatmentQuerySet(models.QuerySet["EarlierTreatment"]):
    """Treatments elsewhere, with a name for the way to narrow them."""

    def standing(self) -> "EarlierTreatmentQuerySet":
        """Return treatments that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@tracked()
class EarlierTreatment(Record):
    """A treatment elsewhere, as the patient tells it; a wrong entry is withdrawn with a reason."""

    told_as = ("treatment elsewhere", "treatments elsewhere")

    patient = models.ForeignKey(
        Patient,
        on_delete=models.PROTECT,
        related_name="earlier_treatments",
        db_index=False,
    )
    kind = models.CharField(max_length=12, choices=Elsewhere)
    treated_date = models.DateField("when", null=True, blank=True)
    treated_precision = precision_field()
    place = models.CharField("where", max_length=120, blank=True)
    sessions = models.PositiveSmallIntegerField(null=True, blank=True)
    result = models.CharField(max_length=300, blank=True)
    complications = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = by_staff()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = by_staff(optional=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = EarlierTreatmentQuerySet.as_manager()

    class Meta:
        ordering = [models.F("treated_date").desc(nulls_last=True), "-recorded_at", "-id"]
        indexes = [models.Index(fields=["patient"], name="treated_elsewhere")]
        constraints = [
            as_exact_as_known("patients_earlier", "treated"),
            between(
                "patients_earlier",
                "sessions",
                1,
                200,
                message="The number of sessions must be between 1 and 200.",
            ),
            paired("patients_earlier", "withdrawn"),
            models.CheckConstraint(
                name="patients_earlier_withdrawn_why",
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message="Say why the entry is withdrawn.",
            ),
        ]
        triggers = [
            never_changes(
                *("patient", "kind", "treated_date", "treated_precision", "place", "sessions"),
                *("result", "complications", "recorded_at", "recorded_by"),
            ),
            never_changes_after("withdrawn_at", "withdrawn_by", "withdrawn_reason"),
            never_deleted(),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.treated or 'time not known'}"

    @property
    def treated(self) -> PartialDate | None:
        """When, as far as it is known."""
        return PartialDate.of(self, "treated")
