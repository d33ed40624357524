"""Sums about centrifuges, platelets and anaesthetics: pure functions, every unit in the name.

Sources are public: the conversion of centrifuge speed is the textbook one, the platelet measures
are those in which the PRP literature reports, and the maximum doses of lidocaine are those that
product information and surgical guidance give for adults.
"""

from decimal import ROUND_HALF_UP, Decimal

RCF_FACTOR = Decimal("0.00001118")
ONE_PLACE = Decimal("0.1")

PLAIN_MG_PER_KG, PLAIN_CAP_MG = Decimal(3), Decimal(200)
ADRENALINE_MG_PER_KG, ADRENALINE_CAP_MG = Decimal(7), Decimal(500)


def rcf_g(rpm: int, rotor_radius_cm: Decimal | None) -> Decimal:
    """Return the relative centrifugal force in g, to one decimal: 1.118e-5 × r(cm) × rpm².

    Raises `ValueError` without a radius, or where a figure is not above nought: a speed alone is
    not a force and is never converted.
    """
    if rotor_radius_cm is None:
        raise ValueError("A speed in rpm needs the rotor radius: without it, rpm is not a g-force.")
    _positive(rpm=Decimal(rpm), rotor_radius_cm=rotor_radius_cm)
    force = RCF_FACTOR * rotor_radius_cm * Decimal(rpm) ** 2
    return force.quantize(ONE_PLACE, rounding=ROUND_HALF_UP)


def platelet_fold(blood_e9_per_l: Decimal, prp_e9_per_l: Decimal) -> Decimal:
    """Return how many times more platelets PRP holds than blood, both in 10⁹/L (= 10³/µL).

    Raises `ValueError` where a count is not above nought.
    """
    _positive(blood_e9_per_l=blood_e9_per_l, prp_e9_per_l=prp_e9_per_l)
    return prp_e9_per_l / blood_e9_per_l


def platelet_dose_e9(prp_e9_per_l: Decimal, injected_ml: Decimal) -> Decimal:
    """Return the platelets injected in 10⁹: count (10⁹/L) × volume (mL) ÷ 1000 mL/L.

    Raises `ValueError` where a figure is not above nought.
    """
    _positive(prp_e9_per_l=prp_e9_per_l, injected_ml=injected_ml)
    return prp_e9_per_l * injected_ml / 1000


def platelet_recovery_percent(
    *, blood_e9_per_l: Decimal, blood_ml: Decimal, prp_e9_per_l: Decimal, prp_ml: Decimal
) -> Decimal:
    """Return what part of the blood's platelets is in the PRP, in per cent.

    PRP count × PRP mL ÷ (blood count × blood mL). Above 100 % something was measured wrongly;
    the figure is returned all the same, for a person to judge. Raises `ValueError` where a figure
    is not above nought.
    """
    _positive(
        blood_e9_per_l=blood_e9_per_l, blood_ml=blood_ml, prp_e9_per_l=prp_e9_per_l, prp_ml=prp_ml
    )
    return 100 * prp_e9_per_l * prp_ml / (blood_e9_per_l * blood_ml)


def lidocaine_mg(strength_percent: Decimal, volume_ml: Decimal) -> Decimal:
    """Return the dose of lidocaine in mg: 1 % is 10 mg/mL.

    Raises `ValueError` where a figure is not above nought.
    """
    _positive(strength_percent=strength_percent, volume_ml=volume_ml)
    return strength_percent * 10 * volume_ml


def lidocaine_maximum_mg(weight_kg: Decimal, with_adrenaline: bool) -> Decimal:
    """Return the most lidocaine for one visit, in mg.

    Plain: the lower of 3 mg/kg and 200 mg. With adrenaline: the lower of 7 mg/kg and 500 mg.
    Raises `ValueError` where the weight is not above nought.
    """
    _positive(weight_kg=weight_kg)
    if with_adrenaline:
        return min(ADRENALINE_MG_PER_KG * weight_kg, ADRENALINE_CAP_MG)
    return min(PLAIN_MG_PER_KG * weight_kg, PLAIN_CAP_MG)


def lidocaine_cap_mg(with_adrenaline: bool) -> Decimal:
    """Return the most lidocaine for anybody, in mg, whatever the weight."""
    return ADRENALINE_CAP_MG if with_adrenaline else PLAIN_CAP_MG


def _positive(**figures: Decimal) -> None:
    for name, figure in figures.items():
        if not (figure.is_finite() and figure > 0):
            raise ValueError(f"{name} must be above nought, not {figure}.")
