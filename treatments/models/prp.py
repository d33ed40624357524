"""How the platelet-rich plasma was prepared."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from clinic.base.history import tracked
from clinic.base.models import Record, between
from clinic.base.triggers import locked_with_parent
from treatments.formulas import RCF_FACTOR
from treatments.models.session import Session


@tracked()
class PrpPreparation(Record):
    """Blood drawn, plasma obtained, counts in 10⁹ per litre (10³ per µL is the same number)."""

    class Anticoagulant(models.TextChoices):
        ACD_A = "acd_a", "ACD-A"
        SODIUM_CITRATE = "sodium_citrate", "Sodium citrate"
        EDTA = "edta", "EDTA"
        NONE = "none", "None"

    class Activator(models.TextChoices):
        NONE = "none", "Not activated"
        CALCIUM_CHLORIDE = "calcium_chloride", "Calcium chloride"
        CALCIUM_GLUCONATE = "calcium_gluconate", "Calcium gluconate"
        THROMBIN = "thrombin", "Thrombin"

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="prp")
    drawn_at = models.DateTimeField(null=True, blank=True)
    blood_ml = models.DecimalField(
        "blood drawn, mL", max_digits=5, decimal_places=1, null=True, blank=True
    )
    anticoagulant = models.CharField(max_length=16, choices=Anticoagulant, blank=True)
    prp_ml = models.DecimalField(
        "PRP obtained, mL", max_digits=5, decimal_places=2, null=True, blank=True
    )
    blood_platelets = models.DecimalField(
        "platelets in blood, ×10⁹/L", max_digits=6, decimal_places=1, null=True, blank=True
    )
    prp_platelets = models.DecimalField(
        "platelets in PRP, ×10⁹/L", max_digits=6, decimal_places=1, null=True, blank=True
    )
    activator = models.CharField(max_length=20, choices=Activator, blank=True)

    class Meta:
        constraints = [
            between("treatments_prp", "blood_ml", Decimal("0.1"), 500),
            between("treatments_prp", "prp_ml", Decimal("0.01"), 200),
            between("treatments_prp", "blood_platelets", 1, 3000),
            between("treatments_prp", "prp_platelets", 1, 20000),
            models.CheckConstraint(
                name="treatments_prp_not_more_than_blood",
                condition=Q(prp_ml__isnull=True)
                | Q(blood_ml__isnull=True)
                | Q(prp_ml__lte=F("blood_ml")),
                violation_error_message="There cannot be more PRP than blood drawn.",
            ),
        ]
        triggers = locked_with_parent("treatments_session", "session_id")

    def __str__(self) -> str:
        return f"{self.prp_ml or '?'} mL PRP"


_ROUNDING_G = Decimal("0.1")
_FORCE_OF_RPM = RCF_FACTOR * F("rotor_radius_cm") * F("rpm") * F("rpm")


@tracked()
class Spin(Record):
    """One run of the centrifuge: a g-force, or a speed with the rotor's radius."""

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="spins", db_index=False
    )
    order = models.PositiveSmallIntegerField()
    rpm = models.PositiveIntegerField(null=True, blank=True)
    rotor_radius_cm = models.DecimalField(
        "rotor radius, cm", max_digits=4, decimal_places=1, null=True, blank=True
    )
    rcf_g = models.DecimalField("force, g", max_digits=7, decimal_places=1)
    minutes = models.DecimalField(max_digits=4, decimal_places=1)

    class Meta:
        ordering = ["order"]
        constraints = [
            between("treatments_spin", "rpm", 100, 20000),
            between("treatments_spin", "rotor_radius_cm", 1, 40),
            between("treatments_spin", "rcf_g", 1, 30000),
            between("treatments_spin", "minutes", Decimal("0.1"), 120),
            models.UniqueConstraint(fields=["session", "order"], name="treatments_spin_order_once"),
            models.CheckConstraint(
                name="treatments_spin_rpm_with_radius",
                condition=Q(rpm__isnull=True, rotor_radius_cm__isnull=True)
                | Q(rpm__isnull=False, rotor_radius_cm__isnull=False),
                violation_error_message=(
                    "A speed in rpm needs the rotor radius: without it, rpm is not a g-force."
                ),
            ),
            models.CheckConstraint(
                name="treatments_spin_force_of_rpm",
                condition=Q(rpm__isnull=True)
                | Q(rcf_g__gte=_FORCE_OF_RPM - _ROUNDING_G, rcf_g__lte=_FORCE_OF_RPM + _ROUNDING_G),
                violation_error_message="The force in g does not follow from rpm and radius.",
            ),
        ]
        triggers = locked_with_parent("treatments_session", "session_id")

    def __str__(self) -> str:
        return f"{self.rcf_g} g, {self.minutes} min"
