"""What was found and counted.

One model at baseline and at each review, so that outcomes subtract like from like.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Round

from clinic.base.history import tracked
from clinic.base.models import Record, between
from clinic.base.triggers import never_changes, not_truncated, same_case, same_patient
from clinic.photos.models import PhotoSet
from clinic.staff.keys import by_staff
from followups.models.review import Review
from patients.models import Case, Diagnosis, Patient, SignsStatement


@tracked()
class TargetArea(Record):
    """A named spot on the scalp that is counted again at each visit.

    0.65 cm² is a circle of radius 4.549 mm.
    """

    told_as = ("spot where hairs are counted", "spots where hairs are counted")

    class Side(models.TextChoices):
        LEFT = "left", "Left"
        MIDLINE = "midline", "Midline"
        RIGHT = "right", "Right"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="target_areas")
    name = models.CharField(max_length=60)
    side = models.CharField(max_length=8, choices=Side, default=Side.MIDLINE)
    landmark = models.CharField(
        "how to find it again", max_length=200, help_text="Distances from landmarks, or the dot."
    )
    area_cm2 = models.DecimalField(
        "counted area, cm²", max_digits=5, decimal_places=3, default=Decimal("0.650")
    )

    class Meta:
        ordering = ["created_at"]
        constraints = [
            between("followups_target_area", "area_cm2", Decimal("0.05"), 25),
            models.UniqueConstraint(
                models.functions.Lower("name"),
                "patient",
                name="followups_target_area_once",
                violation_error_message="This patient already has a target area of that name.",
            ),
        ]
        triggers = [never_changes("patient"), not_truncated()]

    def __str__(self) -> str:
        return self.name


@tracked()
class Examination(Record):
    """The findings of one visit: the baseline, or a review."""

    told_as = ("examination", "examinations")

    class Kind(models.TextChoices):
        BASELINE = "baseline", "Baseline"
        REVIEW = "review", "Review"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="examinations")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="examinations")
    kind = models.CharField(max_length=8, choices=Kind)
    review = models.OneToOneField(
        Review, on_delete=models.PROTECT, null=True, blank=True, related_name="examination"
    )
    photo_set = models.ForeignKey(
        PhotoSet, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    diagnosis = models.ForeignKey(
        Diagnosis, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signs = models.ForeignKey(
        SignsStatement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    examined_date = models.DateField()
    pull_days_since_wash = models.PositiveSmallIntegerField(
        "pull test: days since the hair was washed", null=True, blank=True
    )
    wash_hairs_counted = models.PositiveIntegerField(
        "wash test: hairs counted", null=True, blank=True
    )
    wash_days_since_wash = models.PositiveSmallIntegerField(
        "wash test: days without a wash before it", null=True, blank=True
    )
    satisfaction = models.PositiveSmallIntegerField(
        "satisfaction, 0 (not at all) to 10 (fully)", null=True, blank=True
    )
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = by_staff()
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["examined_date", "created_at"]
        constraints = [
            between("followups_examination", "satisfaction", 0, 10),
            between("followups_examination", "pull_days_since_wash", 0, 60),
            between("followups_examination", "wash_hairs_counted", 0, 5000),
            between("followups_examination", "wash_days_since_wash", 0, 60),
            models.CheckConstraint(
                name="followups_examination_of_review",
                condition=Q(kind="baseline", review__isnull=True)
                | Q(kind="review", review__isnull=False),
                violation_error_message="A review examination belongs to a review.",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(kind="baseline"),
                name="followups_one_baseline_a_case",
                violation_error_message="This case already has a baseline.",
            ),
        ]
        triggers = [
            never_changes("patient", "case"),
            same_patient(("patients_case", "case_id"), ("patients_signsstatement", "signs_id")),
            same_case(
                ("followups_review", "review_id"),
                ("photos_photoset", "photo_set_id"),
                ("patients_diagnosis", "diagnosis_id"),
            ),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.examined_date:%d-%b-%Y}"


@tracked(exclude=("density_per_cm2",))
class Measurement(Record):
    """A hair count in a target area.

    Count, counted area and a device's density are three facts; `density_per_cm2` is worked out
    from the clinic's own count and area, by the database.
    """

    examination = models.ForeignKey(
        Examination,
        on_delete=models.PROTECT,
        related_name="measurements",
        db_index=False,
    )
    target_area = models.ForeignKey(
        TargetArea, on_delete=models.PROTECT, related_name="measurements"
    )
    hair_count = models.PositiveIntegerField()
    counted_area_cm2 = models.DecimalField("counted area, cm²", max_digits=5, decimal_places=3)
    reported_density_per_cm2 = models.DecimalField(
        "density shown by the device, hairs/cm²",
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
    )
    device = models.CharField(max_length=60, blank=True)
    density_per_cm2 = models.GeneratedField(
        expression=Round(
            Cast(F("hair_count"), models.DecimalField(max_digits=12, decimal_places=3))
            / F("counted_area_cm2"),
            1,
        ),
        output_field=models.DecimalField(max_digits=8, decimal_places=1),
        db_persist=True,
    )

    class Meta:
        ordering = ["target_area__created_at"]
        constraints = [
            between("followups_measurement", "hair_count", 0, 20000),
            between("followups_measurement", "counted_area_cm2", Decimal("0.05"), 25),
            between("followups_measurement", "reported_density_per_cm2", 0, 1000),
            models.UniqueConstraint(
                fields=["examination", "target_area"], name="followups_area_counted_once"
            ),
        ]
        triggers = [
            same_patient(
                ("followups_examination", "examination_id"),
                ("followups_targetarea", "target_area_id"),
            ),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.hair_count} hairs in {self.counted_area_cm2} cm²"
