"""What is measured in blood, in which units, and what each unit makes plausible.

Two units are converted only where the factor is exact by definition: powers of ten, or two
spellings of one unit. Vitamin D in ng/mL and nmol/L is not: the factor depends on the molecule
measured. The plausible range is no reference range: outside of it a value is more likely a slip
or another unit, so the form asks; the laboratory's own reference range is written down beside
the value. Where two units of an analyte are of different size, their plausible ranges do not
overlap, or none of them is suggested.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models


class Analyte(models.TextChoices):
    """What a blood result is of."""

    HAEMOGLOBIN = "haemoglobin", "Haemoglobin"
    PLATELETS = "platelets", "Platelets"
    WBC = "wbc", "White blood cells"
    FERRITIN = "ferritin", "Ferritin"
    TSH = "tsh", "TSH"
    VITAMIN_D = "vitamin_d", "Vitamin D (25-OH)"
    HBSAG = "hbsag", "Hepatitis B surface antigen (HBsAg)"
    ANTI_HCV = "anti_hcv", "Hepatitis C antibody (anti-HCV)"
    HIV = "hiv", "HIV antigen and antibody"
    OTHER = "other", "Other"


class Unit(models.TextChoices):
    """A unit in which laboratories report."""

    G_L = "g/L", "g/L"
    G_DL = "g/dL", "g/dL"
    E9_L = "10^9/L", "×10⁹/L"
    E3_UL = "10^3/uL", "×10³/µL"
    PER_UL = "/uL", "/µL"
    UG_L = "ug/L", "µg/L"
    NG_ML = "ng/mL", "ng/mL"
    MIU_L = "mIU/L", "mIU/L"
    UIU_ML = "uIU/mL", "µIU/mL"
    NMOL_L = "nmol/L", "nmol/L"


@dataclass(frozen=True)
class Scale:
    """One unit of an analyte.

    A value lies plausibly between `lowest` and `highest`, in that unit; `to_usual` is the exact
    factor to the analyte's first unit, None where there is none.
    """

    unit: Unit
    lowest: Decimal
    highest: Decimal
    to_usual: Decimal | None = Decimal(1)


def _scale(unit: Unit, lowest: str, highest: str, to_usual: str | None = "1") -> Scale:
    factor = Decimal(to_usual) if to_usual else None
    return Scale(unit, Decimal(lowest), Decimal(highest), factor)


# The unit that UK laboratories use stands first.
SCALES: dict[str, tuple[Scale, ...]] = {
    Analyte.HAEMOGLOBIN: (_scale(Unit.G_L, "30", "250"), _scale(Unit.G_DL, "3", "25", "10")),
    Analyte.PLATELETS: (
        _scale(Unit.E9_L, "5", "2000"),
        _scale(Unit.E3_UL, "5", "2000"),
        _scale(Unit.PER_UL, "5000", "2000000", "0.001"),
    ),
    Analyte.WBC: (
        _scale(Unit.E9_L, "0.1", "90"),
        _scale(Unit.E3_UL, "0.1", "90"),
        _scale(Unit.PER_UL, "100", "90000", "0.001"),
    ),
    Analyte.FERRITIN: (_scale(Unit.UG_L, "1", "5000"), _scale(Unit.NG_ML, "1", "5000")),
    Analyte.TSH: (_scale(Unit.MIU_L, "0.001", "200"), _scale(Unit.UIU_ML, "0.001", "200")),
    Analyte.VITAMIN_D: (
        _scale(Unit.NMOL_L, "5", "500"),
        _scale(Unit.NG_ML, "2", "200", None),
    ),
}
MEASURED = tuple(SCALES)
SEROLOGY = (Analyte.HBSAG, Analyte.ANTI_HCV, Analyte.HIV)


def scale_of(analyte: str, unit: str) -> Scale | None:
    """Return the scale of an analyte in a unit, or None where it is not reported in that."""
    return next((scale for scale in SCALES.get(analyte, ()) if scale.unit == unit), None)


def in_usual_unit(analyte: str, value: Decimal, unit: str) -> Decimal | None:
    """Return a value in the analyte's first unit, or None where there is no exact factor."""
    scale = scale_of(analyte, unit)
    return value * scale.to_usual if scale and scale.to_usual is not None else None


def usual_unit(analyte: str) -> Unit:
    """Return the unit that results of an analyte are compared in."""
    return SCALES[analyte][0].unit


def suggested_unit(analyte: str) -> str:
    """Return the unit that a form may start with, or "": a slip into another would be noticed."""
    scales = SCALES[analyte]
    return scales[0].unit if all(scale.to_usual is not None for scale in scales) else ""


def is_plausible(analyte: str, value: Decimal, unit: str) -> bool:
    """Return whether a value is one that people have, in this unit."""
    scale = scale_of(analyte, unit)
    return scale is not None and scale.lowest <= value <= scale.highest
