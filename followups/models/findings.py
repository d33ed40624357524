"""What was found in a region of the scalp at a visit: pull tests and trichoscopy.

Nothing here is required, and what was not measured is empty, never 0.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.db.models import F, Q

from clinic.base.history import tracked
from clinic.base.models import Record, between
from clinic.base.triggers import not_truncated
from followups.models.examination import Examination

POSITIVE_ABOVE_PERCENT = 10
"""A pull test is positive where more than this share of the hairs came out."""

UNITS_DIFFER_BY = Decimal("0.1")
"""By how many hairs a stated number of hairs in each unit may depart from the computed one."""


class Region(models.TextChoices):
    """A region of the scalp."""

    FRONTAL = "frontal", "Frontal"
    MID_SCALP = "mid_scalp", "Mid-scalp"
    VERTEX = "vertex", "Vertex"
    TEMPORAL_LEFT = "temporal_left", "Temporal, left"
    TEMPORAL_RIGHT = "temporal_right", "Temporal, right"
    PARIETAL_LEFT = "parietal_left", "Parietal, left"
    PARIETAL_RIGHT = "parietal_right", "Parietal, right"
    OCCIPITAL = "occipital", "Occipital"


@tracked()
class PullTest(Record):
    """Hairs pulled in a region, 50 to 60 as a rule, and how many of them came out."""

    examination = models.ForeignKey(
        Examination,
        on_delete=models.PROTECT,
        related_name="pull_tests",
        db_index=False,
    )
    region = models.CharField(max_length=14, choices=Region)
    hairs_pulled = models.PositiveSmallIntegerField()
    hairs_out = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            between("followups_pulltest", "hairs_pulled", 10, 200),
            models.CheckConstraint(
                name="followups_pulltest_out_of_pulled",
                condition=Q(hairs_out__lte=F("hairs_pulled")),
                violation_error_message="No more hairs can come out than were pulled.",
            ),
            models.UniqueConstraint(
                fields=["examination", "region"],
                name="followups_region_pulled_once",
                violation_error_message="The same region is in two pull tests.",
            ),
        ]
        triggers = [not_truncated()]

    def __str__(self) -> str:
        verdict = "positive" if self.is_positive else "negative"
        return f"{self.hairs_out} of {self.hairs_pulled} hairs, {self.out_percent} %: {verdict}"

    @property
    def out_percent(self) -> Decimal:
        """The share of the hairs that came out, in percent, to one decimal."""
        share = Decimal(self.hairs_out) / self.hairs_pulled * 100
        return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    @property
    def is_positive(self) -> bool:
        """Whether more than 10 % of the hairs came out: judged exactly, not as rounded."""
        return self.hairs_out * 100 > self.hairs_pulled * POSITIVE_ABOVE_PERCENT


_PERCENTS = (
    *("terminal_percent", "vellus_percent", "anagen_percent", "telogen_percent"),
    *("thin_percent", "diameter_diversity_percent"),
)


def _not_over_the_whole(first: str, second: str, words: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"followups_trichoscopy_{first}_whole",
        condition=Q(**{f"{first}__isnull": True})
        | Q(**{f"{second}__isnull": True})
        | Q(**{f"{first}__lte": 100 - F(second)}),
        violation_error_message=f"{words} cannot be more than 100 % together.",
    )


@tracked()
class Trichoscopy(Record):
    """What the dermatoscope or a device showed in one region."""

    QUANTITIES = (
        *("hairs_per_cm2", "units_per_cm2", "hairs_per_unit", "mean_shaft_um"),
        *_PERCENTS,
    )

    examination = models.ForeignKey(
        Examination,
        on_delete=models.PROTECT,
        related_name="trichoscopies",
        db_index=False,
    )
    region = models.CharField(max_length=14, choices=Region)
    hairs_per_cm2 = models.DecimalField(
        "hairs, per cm²", max_digits=5, decimal_places=1, null=True, blank=True
    )
    units_per_cm2 = models.DecimalField(
        "follicular units, per cm²", max_digits=5, decimal_places=1, null=True, blank=True
    )
    hairs_per_unit = models.DecimalField(
        "hairs in each unit, as stated", max_digits=4, decimal_places=2, null=True, blank=True
    )
    mean_shaft_um = models.DecimalField(
        "mean shaft diameter, µm", max_digits=5, decimal_places=1, null=True, blank=True
    )
    terminal_percent = models.DecimalField(
        "terminal hairs, %", max_digits=4, decimal_places=1, null=True, blank=True
    )
    vellus_percent = models.DecimalField(
        "vellus hairs, %", max_digits=4, decimal_places=1, null=True, blank=True
    )
    anagen_percent = models.DecimalField(
        "anagen hairs, %", max_digits=4, decimal_places=1, null=True, blank=True
    )
    telogen_percent = models.DecimalField(
        "telogen hairs, %", max_digits=4, decimal_places=1, null=True, blank=True
    )
    thin_percent = models.DecimalField(
        "thin hairs (under 30 µm), %", max_digits=4, decimal_places=1, null=True, blank=True
    )
    diameter_diversity_percent = models.DecimalField(
        "diameter diversity, %", max_digits=4, decimal_places=1, null=True, blank=True
    )
    device = models.CharField(max_length=60, blank=True)
    magnification = models.PositiveSmallIntegerField("magnification, ×", null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "trichoscopies"
        constraints = [
            between("followups_trichoscopy", "hairs_per_cm2", 0, 1000),
            between("followups_trichoscopy", "units_per_cm2", 0, 500),
            between("followups_trichoscopy", "hairs_per_unit", 1, 10),
            between("followups_trichoscopy", "mean_shaft_um", 5, 200),
            *(between("followups_trichoscopy", name, 0, 100) for name in _PERCENTS),
            between("followups_trichoscopy", "magnification", 1, 1000),
            _not_over_the_whole("terminal_percent", "vellus_percent", "Terminal and vellus hairs"),
            _not_over_the_whole("anagen_percent", "telogen_percent", "Anagen and telogen hairs"),
            models.UniqueConstraint(
                fields=["examination", "region"],
                name="followups_region_looked_at_once",
                violation_error_message="The same region is in two rows of the trichoscopy.",
            ),
        ]
        triggers = [not_truncated()]

    def __str__(self) -> str:
        return f"Trichoscopy, {self.get_region_display().lower()}"

    @property
    def computed_hairs_per_unit(self) -> Decimal | None:
        """Hairs ÷ follicular units, to two decimals; None unless both are known."""
        if self.hairs_per_cm2 is None or not self.units_per_cm2:
            return None
        ratio = Decimal(self.hairs_per_cm2) / Decimal(self.units_per_cm2)
        return ratio.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

    @property
    def stated_units_differ(self) -> bool:
        """Whether the stated hairs in each unit depart from hairs ÷ units by more than 0.1."""
        computed = self.computed_hairs_per_unit
        if computed is None or self.hairs_per_unit is None:
            return False
        return abs(Decimal(self.hairs_per_unit) - computed) > UNITS_DIFFER_BY

    @property
    def terminal_to_vellus(self) -> Decimal | None:
        """Terminal ÷ vellus hairs, to one decimal; None unless both are known, and some vellus."""
        if self.terminal_percent is None or not self.vellus_percent:
            return None
        ratio = Decimal(self.terminal_percent) / Decimal(self.vellus_percent)
        return ratio.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
