"""Blood results, as a laboratory reported them. One found to be wrong is withdrawn, never lost."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.templatetags.anagen import measure
from clinic.base.triggers import (
    append_only,
    never_changes,
    never_changes_after,
    never_deleted,
    not_truncated,
    same_patient,
)
from clinic.staff.keys import by_staff
from patients.analytes import (
    MEASURED,
    SCALES,
    SEROLOGY,
    Analyte,
    Unit,
    in_usual_unit,
    is_plausible,
    usual_unit,
)
from patients.models.patient import Patient


class BloodSample(Record):
    """One sample that a laboratory reported on."""

    told_as = ("blood sample", "blood samples")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="blood_samples", db_index=False
    )
    taken_date = models.DateField()
    laboratory = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = by_staff()

    class Meta:
        ordering = ["-taken_date", "-recorded_at", "-id"]
        indexes = [models.Index(fields=["patient", "-taken_date"], name="blood_sample_latest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Blood taken {self.taken_date}"


class BloodResultQuerySet(models.QuerySet["BloodResult"]):
    """Blood results, with names for the ways to narrow them."""

    def standing(self) -> "BloodResultQuerySet":
        """Return results that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def newest_first(self) -> "BloodResultQuerySet":
        """Return results by the day the blood was taken, the last day first."""
        return self.order_by("-sample__taken_date", "-sample__recorded_at", "-id")

    def latest_of(self, patient_id: UUID, analyte: str) -> "BloodResult | None":
        """Return the last standing result of an analyte with its sample, or None."""
        rows = self.standing().filter(patient=patient_id, analyte=analyte)
        return rows.select_related("sample").newest_first().first()


def _is_of(kind: Q, *filled: str) -> Q:
    """Return the condition that of the ways to give a result these are filled, and no others."""
    numbers = ("value", "reference_low", "reference_high")
    texts = ("unit", "comparator", "finding", "text", "other_name")
    empty = Q(**{f"{name}__isnull": True for name in numbers if name not in filled})
    empty &= Q(**{name: "" for name in texts if name not in filled})
    return kind & empty


def _accepted_units() -> Q:
    accepted = ~Q(analyte__in=MEASURED)
    for analyte, scales in SCALES.items():
        accepted |= Q(analyte=analyte, unit__in=[scale.unit for scale in scales])
    return accepted


def _plausible_or_meant() -> Q:
    found = Q(is_confirmed=True) | ~Q(analyte__in=MEASURED)
    for analyte, scales in SCALES.items():
        for scale in scales:
            found |= Q(
                analyte=analyte,
                unit=scale.unit,
                value__gte=scale.lowest,
                value__lte=scale.highest,
            )
    return found


@tracked()
class BloodResult(Record):
    """One result of a sample: a measured value, a finding of serology, or a text.

    `value` and the reference range are in `unit`, which stands beside them, since laboratories
    report in different ones. `is_confirmed`: somebody was asked about a value outside what is
    plausible, and said that the paper says so.
    """

    told_as = ("blood result", "blood results")

    class Finding(models.TextChoices):
        NOT_REACTIVE = "not_reactive", "Not reactive (negative)"
        REACTIVE = "reactive", "Reactive (positive)"
        INDETERMINATE = "indeterminate", "Indeterminate"

    class Comparator(models.TextChoices):
        BELOW = "<", "<"
        ABOVE = ">", ">"

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="blood_results", db_index=False
    )
    sample = models.ForeignKey(BloodSample, on_delete=models.PROTECT, related_name="results")
    analyte = models.CharField(max_length=12, choices=Analyte)
    other_name = models.CharField("name", max_length=80, blank=True)
    comparator = models.CharField(max_length=1, choices=Comparator, blank=True)
    value = models.DecimalField(max_digits=11, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Unit, blank=True)
    reference_low = models.DecimalField(max_digits=11, decimal_places=3, null=True, blank=True)
    reference_high = models.DecimalField(max_digits=11, decimal_places=3, null=True, blank=True)
    finding = models.CharField(max_length=13, choices=Finding, blank=True)
    text = models.CharField(max_length=200, blank=True)
    is_confirmed = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = by_staff()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = by_staff(optional=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = BloodResultQuerySet.as_manager()

    class Meta:
        ordering = ["analyte", "other_name", "id"]
        indexes = [models.Index(fields=["patient", "analyte"], name="blood_result_of")]
        constraints = [
            models.CheckConstraint(
                name="patients_bloodresult_one_kind",
                condition=_is_of(
                    Q(analyte__in=MEASURED, value__isnull=False) & ~Q(unit=""),
                    *("value", "unit", "comparator", "reference_low", "reference_high"),
                )
                | _is_of(Q(analyte__in=SEROLOGY) & ~Q(finding=""), "finding")
                | _is_of(
                    Q(analyte=Analyte.OTHER) & ~Q(other_name="") & ~Q(text=""),
                    *("other_name", "text"),
                ),
                violation_error_message="A result has a value with its unit, a finding, or a text.",
            ),
            models.CheckConstraint(
                name="patients_bloodresult_unit_of_analyte",
                condition=_accepted_units(),
                violation_error_message="Choose a unit in which this is reported.",
            ),
            models.CheckConstraint(
                name="patients_bloodresult_plausible_or_meant",
                condition=_plausible_or_meant(),
                violation_error_message="This value is outside of what is plausible in this unit.",
            ),
            models.CheckConstraint(
                name="patients_bloodresult_not_negative",
                condition=(Q(value__isnull=True) | Q(value__gte=0))
                & (Q(reference_low__isnull=True) | Q(reference_low__gte=0)),
                violation_error_message="A result is never below nought.",
            ),
            models.CheckConstraint(
                name="patients_bloodresult_reference_in_order",
                condition=Q(reference_low__isnull=True)
                | Q(reference_high__isnull=True)
                | Q(reference_high__gte=F("reference_low")),
                violation_error_message="The reference range ends below where it begins.",
            ),
            paired("patients_bloodresult", "withdrawn"),
            models.CheckConstraint(
                name="patients_bloodresult_withdrawn_why",
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                violation_error_message="Say why the result is withdrawn.",
            ),
        ]
        triggers = [
            never_changes(
                *("patient", "sample", "analyte", "other_name", "comparator", "value", "unit"),
                *("reference_low", "reference_high", "finding", "text", "is_confirmed"),
                *("recorded_at", "recorded_by"),
            ),
            never_changes_after("withdrawn_at", "withdrawn_by", "withdrawn_reason"),
            same_patient(("patients_bloodsample", "sample_id")),
            never_deleted(),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.in_words}"

    @property
    def name(self) -> str:
        """What was measured."""
        return self.other_name or self.get_analyte_display()

    @property
    def in_words(self) -> str:
        """The result with its unit, as the laboratory wrote it."""
        if self.value is None:
            return self.text or self.get_finding_display()
        return f"{self.comparator}{measure(self.value, self.get_unit_display())}"

    @property
    def converted(self) -> str:
        """The same in the unit used elsewhere on the page, or "" where it is already, or can't."""
        if self.value is None or self.unit == usual_unit(self.analyte):
            return ""
        usual = in_usual_unit(self.analyte, self.value, self.unit)
        if usual is None:
            return ""
        return f"{self.comparator}{measure(usual, usual_unit(self.analyte).label)}"

    @property
    def reference(self) -> str:
        """The laboratory's reference range in words, or ""."""
        low, high = self.reference_low, self.reference_high
        if low is None and high is None:
            return ""
        unit = self.get_unit_display()
        if high is None:
            return f"from {measure(low, unit)}"
        if low is None:
            return f"up to {measure(high, unit)}"
        return f"{measure(low)} to {measure(high, unit)}"

    @property
    def flag(self) -> str:
        """How the result stands to the laboratory's range, or what a finding means; or "".

        One of "low", "high", "within", "reactive", "indeterminate". A bound such as "<5" is
        judged only where every value that it allows lies on the same side.
        """
        if self.value is None:
            return "" if self.finding == self.Finding.NOT_REACTIVE else self.finding
        if self._is_below(self.value, self.reference_low):
            return "low"
        if self._is_above(self.value, self.reference_high):
            return "high"
        return "within" if self.reference and not self.comparator else ""

    def _is_below(self, value: Decimal, low: Decimal | None) -> bool:
        if low is None or self.comparator == self.Comparator.ABOVE:
            return False
        return value <= low if self.comparator else value < low

    def _is_above(self, value: Decimal, high: Decimal | None) -> bool:
        if high is None or self.comparator == self.Comparator.BELOW:
            return False
        return value >= high if self.comparator else value > high

    @property
    def is_unusual(self) -> bool:
        """Whether the value lies outside what is plausible in its unit."""
        value: Any = self.value
        return value is not None and not is_plausible(self.analyte, value, self.unit)
