"""What follows from the figures of one session: doses, totals, concentrations. Nothing is stored.

Every function reads rows that are already loaded (`Session.objects.with_everything()`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from clinic.practice.models import Technique
from treatments import formulas
from treatments.models import Anaesthetic, PrpPreparation, Session

_SHARE_PLACES = Decimal("0.000001")
_USUAL_ML_PER_CM2 = (Decimal("0.05"), Decimal("0.1"))


@dataclass(frozen=True)
class LidocaineTotal:
    """All lidocaine of one visit against the maximum.

    Plain and with adrenaline fill one maximum, each by its share: 50 % and 50 % is all of it.
    """

    dose_mg: Decimal
    maximum_mg: Decimal | None  # None when plain and adrenaline-containing are mixed.
    share: Decimal
    weight_kg: Decimal | None

    @property
    def mg_per_kg(self) -> Decimal | None:
        """The dose for each kilogram, where the weight is known."""
        return self.dose_mg / self.weight_kg if self.weight_kg else None

    @property
    def share_percent(self) -> Decimal:
        """How much of the maximum is used, in per cent, to one decimal."""
        return (self.share * 100).quantize(Decimal("0.1"))

    @property
    def is_over(self) -> bool:
        """Whether the maximum is exceeded."""
        return self.share > 1


def lidocaine_total(
    given: Iterable[Anaesthetic], weight_kg: Decimal | None
) -> LidocaineTotal | None:
    """Sum the lidocaine of a visit, or return None when there was none.

    Without a weight only the caps that hold for everybody (200 and 500 mg) can be checked.
    """
    doses = [
        (formulas.lidocaine_mg(row.strength_percent, row.volume_ml), row.with_adrenaline)
        for row in given
    ]
    if not doses:
        return None
    maxima = {kind: _maximum_mg(weight_kg, kind) for _, kind in doses}
    share = sum((mg / maxima[kind] for mg, kind in doses), Decimal())
    return LidocaineTotal(
        dose_mg=sum((mg for mg, _ in doses), Decimal()),
        maximum_mg=next(iter(maxima.values())) if len(maxima) == 1 else None,
        share=share.quantize(_SHARE_PLACES),
        weight_kg=weight_kg,
    )


def _maximum_mg(weight_kg: Decimal | None, with_adrenaline: bool) -> Decimal:
    if weight_kg is None:
        return formulas.lidocaine_cap_mg(with_adrenaline)
    return formulas.lidocaine_maximum_mg(weight_kg, with_adrenaline)


@dataclass(frozen=True)
class Infiltration:
    """All zones of one session against what was prepared, in mL, cm² and points.

    Zones begun count with what is known of them: what went in went in, also where the area is
    still to be put right. `spread_ml` is the volume of those zones whose area is known.
    """

    volume_ml: Decimal
    spread_ml: Decimal
    area_cm2: Decimal
    points: int
    prepared_ml: Decimal | None

    @property
    def ml_per_cm2(self) -> Decimal | None:
        """The volume for each square centimetre, to three decimals, of zones with both."""
        if not self.spread_ml:
            return None
        return (self.spread_ml / self.area_cm2).quantize(Decimal("0.001"))

    @property
    def is_unusual(self) -> bool:
        """Whether the volume for the area is outside what is usual, 0.05 to 0.1 mL/cm²."""
        lowest, highest = _USUAL_ML_PER_CM2
        return self.ml_per_cm2 is not None and not lowest <= self.ml_per_cm2 <= highest

    @property
    def is_over(self) -> bool:
        """Whether more went in than was prepared."""
        return self.prepared_ml is not None and self.volume_ml > self.prepared_ml


def infiltration(session: Session) -> Infiltration:
    """Sum the zones of a session, those begun among them."""
    zones = list(_zones(session))
    spread = [zone for zone in zones if zone.volume_ml and zone.area_cm2]
    return Infiltration(
        volume_ml=sum((zone.volume_ml for zone in zones), Decimal()),
        spread_ml=sum((zone.volume_ml for zone in spread), Decimal()),
        area_cm2=sum((zone.area_cm2 for zone in spread), Decimal()),
        points=sum(zone.points for zone in zones),
        prepared_ml=prepared_ml(session),
    )


@dataclass(frozen=True)
class _ZoneFigures:
    """What one zone adds; nought where it is not known yet."""

    volume_ml: Decimal
    area_cm2: Decimal
    points: int


def _zones(session: Session) -> Iterator[_ZoneFigures]:
    for zone in session.zones.all():
        yield _ZoneFigures(zone.volume_ml, zone.area_cm2, zone.points)
    for row in session.unfinished.get("zones", []):
        volume_ml, area_cm2 = (Decimal(row.get(name, 0)) for name in ("volume_ml", "area_cm2"))
        yield _ZoneFigures(volume_ml, area_cm2, int(row.get("points", 0)))


def prepared_ml(session: Session) -> Decimal | None:
    """Return the volume obtained, suspension or PRP, in mL; None while not recorded."""
    preparation = session.preparation
    if preparation is None:
        return None
    if isinstance(preparation, PrpPreparation):
        return preparation.prp_ml
    return preparation.suspension_ml


@dataclass(frozen=True)
class Platelets:
    """What the counts of a PRP session say; each figure is None where a count is missing."""

    fold: Decimal | None
    dose_e9: Decimal | None
    recovery_percent: Decimal | None

    @property
    def is_known(self) -> bool:
        """Whether anything can be said at all."""
        return not (self.fold is None and self.dose_e9 is None)


def platelets(session: Session) -> Platelets | None:
    """Return fold, dose injected (10⁹) and recovery (%) of a PRP session; None for others."""
    prp = session.preparation
    if session.technique != Technique.PRP or not isinstance(prp, PrpPreparation):
        return None
    injected_ml = infiltration(session).volume_ml
    blood, plasma = prp.blood_platelets, prp.prp_platelets
    return Platelets(
        fold=formulas.platelet_fold(blood, plasma) if blood and plasma else None,
        dose_e9=formulas.platelet_dose_e9(plasma, injected_ml) if plasma and injected_ml else None,
        recovery_percent=_recovery_percent(prp),
    )


def _recovery_percent(prp: PrpPreparation) -> Decimal | None:
    if not (prp.blood_platelets and prp.blood_ml and prp.prp_platelets and prp.prp_ml):
        return None
    return formulas.platelet_recovery_percent(
        blood_e9_per_l=prp.blood_platelets,
        blood_ml=prp.blood_ml,
        prp_e9_per_l=prp.prp_platelets,
        prp_ml=prp.prp_ml,
    )


__all__ = [
    "Infiltration",
    "LidocaineTotal",
    "Platelets",
    "infiltration",
    "lidocaine_total",
    "platelets",
    "prepared_ml",
]
