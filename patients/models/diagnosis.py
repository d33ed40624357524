"""What was diagnosed: pattern or cause, and how far it has gone by which scale."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from clinic.base.models import Record, between
from clinic.base.triggers import append_only, same_case
from clinic.staff.keys import by_staff
from patients import scales
from patients.models.case import Case

_LISTED = {
    scale: tuple(scales.LISTED[scale])
    for scale in (
        scales.Scale.NORWOOD,
        scales.Scale.LUDWIG,
        scales.Scale.SINCLAIR,
        scales.Scale.SAVIN,
    )
}


def _grade_of_scale() -> Q:
    """Return that a grade is one of its scale; SALT has its four areas in its place."""
    no_salt = Q(
        salt_vertex_percent__isnull=True,
        salt_back_percent__isnull=True,
        salt_left_percent__isnull=True,
        salt_right_percent__isnull=True,
    )
    whole_salt = Q(
        salt_vertex_percent__isnull=False,
        salt_back_percent__isnull=False,
        salt_left_percent__isnull=False,
        salt_right_percent__isnull=False,
    )
    graded = Q(scale="", grade="") | Q(scale="basp", grade__regex=scales.BASP_PATTERN)
    for scale, grades in _LISTED.items():
        graded |= Q(scale=str(scale), grade__in=list(grades))
    return (graded & no_salt) | (Q(scale="salt", grade="") & whole_salt)


class DiagnosisQuerySet(models.QuerySet["Diagnosis"]):
    """Diagnoses, with a name for those that still say something."""

    def standing(self) -> "DiagnosisQuerySet":
        """Return diagnoses that were neither corrected by another nor entered by mistake."""
        return self.filter(replaced_by__isnull=True, withdrawal__isnull=True)


class Diagnosis(Record):
    """What was found, by which scale. All stay; of those that stand the newest day's is present.

    A correction of the visit is a row of its own, which names the one that it replaces.
    """

    told_as = ("diagnosis", "diagnoses")

    class Condition(models.TextChoices):
        AGA_MALE = "aga_male", "Androgenetic alopecia, male pattern"
        AGA_FEMALE = "aga_female", "Androgenetic alopecia, female pattern"
        TELOGEN_EFFLUVIUM = "telogen_effluvium", "Telogen effluvium"
        ANAGEN_EFFLUVIUM = "anagen_effluvium", "Anagen effluvium"
        AREATA = "areata", "Alopecia areata"
        TRACTION = "traction", "Traction alopecia"
        TRICHOTILLOMANIA = "trichotillomania", "Trichotillomania"
        TINEA = "tinea", "Tinea capitis"
        SCARRING = "scarring", "Scarring alopecia"
        OTHER = "other", "Other"

    Scale = scales.Scale
    GRADES: dict[str, tuple[str, ...]] = {str(scale): _LISTED[scale] for scale in _LISTED}

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="diagnoses")
    condition = models.CharField(max_length=20, choices=Condition)
    scale = models.CharField(max_length=10, choices=scales.Scale, blank=True)
    grade = models.CharField(max_length=12, blank=True)
    salt_vertex_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    salt_back_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    salt_left_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    salt_right_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    salt_percent = models.GeneratedField(
        expression=(
            F("salt_vertex_percent") * Decimal("0.40")
            + F("salt_back_percent") * Decimal("0.24")
            + F("salt_left_percent") * Decimal("0.18")
            + F("salt_right_percent") * Decimal("0.18")
        ),
        output_field=models.DecimalField(max_digits=5, decimal_places=2),
        db_persist=True,
    )
    note = models.TextField(blank=True)
    found_date = models.DateField("day it was found")
    made_at = models.DateTimeField()
    made_by = by_staff()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = DiagnosisQuerySet.as_manager()

    class Meta:
        ordering = ["-found_date", "-made_at", "-id"]
        verbose_name_plural = "diagnoses"
        constraints = [
            models.CheckConstraint(
                name="patients_diagnosis_grade_of_scale",
                condition=_grade_of_scale(),
                violation_error_message="Choose a grade that belongs to the scale.",
            ),
            *(
                between("patients_diagnosis", f"salt_{area}_percent", 0, 100)
                for area in scales.SALT_WEIGHTS
            ),
        ]
        triggers = [*append_only(), same_case(("patients_diagnosis", "replaces_id"))]

    def __str__(self) -> str:
        return f"{self.get_condition_display()}{f', {self.graded}' if self.graded else ''}"

    @property
    def stands(self) -> bool:
        """Whether it was neither corrected by another nor entered by mistake."""
        return not (hasattr(self, "replaced_by") or hasattr(self, "withdrawal"))

    @property
    def graded(self) -> str:
        """The scale and the grade, such as “Norwood-Hamilton III” or “SALT 38.4 % (S2)”."""
        if self.scale == scales.Scale.SALT:
            score = self.salt_score_percent
            return f"SALT {score.normalize():f} % ({scales.salt_group(score)})"
        return f"{self.get_scale_display()} {self.grade}" if self.grade else ""

    @property
    def salt_lost_percent(self) -> dict[str, int]:
        """How much is lost of each area, in percent of that area; of a SALT score only."""
        return {area: getattr(self, f"salt_{area}_percent") for area in scales.SALT_WEIGHTS}

    @property
    def salt_score_percent(self) -> Decimal:
        """The SALT score, as the database works it out, too."""
        return scales.salt_percent(self.salt_lost_percent)

    @property
    def described(self) -> str:
        """What is bald at this grade, in plain words."""
        return scales.described(self.scale, self.grade)
