"""How the micrografts were harvested and processed."""

from decimal import Decimal

from django.db import models

from clinic.base.history import tracked
from clinic.base.models import Record, between
from clinic.base.triggers import locked_with_parent
from treatments.models.session import Session


@tracked()
class MicrograftPreparation(Record):
    """Harvest by punch biopsy, then mechanical processing in saline."""

    class DonorSite(models.TextChoices):
        BEHIND_LEFT_EAR = "behind_left_ear", "Behind the left ear"
        BEHIND_RIGHT_EAR = "behind_right_ear", "Behind the right ear"
        OCCIPITAL = "occipital", "Occipital"

    class Closure(models.TextChoices):
        NONE = "none", "Left open, dressed"
        SUTURE = "suture", "Suture"
        GLUE = "glue", "Tissue glue"

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="micrograft")
    donor_site = models.CharField(max_length=20, choices=DonorSite, blank=True)
    punches = models.PositiveSmallIntegerField("number of punches", null=True, blank=True)
    punch_diameter_mm = models.DecimalField(
        "punch diameter, mm", max_digits=3, decimal_places=1, default=Decimal("2.0")
    )
    punch_depth_mm = models.DecimalField(
        "punch depth, mm", max_digits=3, decimal_places=1, null=True, blank=True
    )
    closure = models.CharField(max_length=8, choices=Closure, blank=True)
    harvested_at = models.DateTimeField(null=True, blank=True)
    saline_ml = models.DecimalField(
        "saline, mL", max_digits=5, decimal_places=2, null=True, blank=True
    )
    device = models.CharField("processing device", max_length=60, blank=True)
    processing_minutes = models.DecimalField(
        "processing time, minutes", max_digits=4, decimal_places=1, null=True, blank=True
    )
    suspension_ml = models.DecimalField(
        "suspension obtained, mL", max_digits=5, decimal_places=2, null=True, blank=True
    )

    class Meta:
        constraints = [
            between("treatments_micrograft", "punches", 1, 60),
            between("treatments_micrograft", "punch_diameter_mm", Decimal("0.5"), 6),
            between("treatments_micrograft", "punch_depth_mm", Decimal("0.5"), 10),
            between("treatments_micrograft", "saline_ml", Decimal("0.1"), 100),
            between("treatments_micrograft", "processing_minutes", Decimal("0.1"), 120),
            between("treatments_micrograft", "suspension_ml", Decimal("0.1"), 100),
        ]
        triggers = locked_with_parent("treatments_session", "session_id")

    def __str__(self) -> str:
        return f"{self.punches or '?'} punches"
