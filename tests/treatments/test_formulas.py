from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from treatments import formulas

counts = st.decimals("1", "20000", places=1)
volumes_ml = st.decimals("0.01", "500", places=2)
weights_kg = st.decimals("30", "300", places=1)
radii_cm = st.decimals("1", "40", places=1)
speeds_rpm = st.integers(100, 20000)


@pytest.mark.parametrize(
    ("radius_cm", "rpm", "force_g"),
    [("10", 3000, "1006.2"), ("15", 1500, "377.3"), ("5", 10000, "5590")],
)
def test_speed_and_radius_make_the_published_force(radius_cm, rpm, force_g):
    assert formulas.rcf_g(rpm, Decimal(radius_cm)) == Decimal(force_g)


def test_a_speed_without_a_radius_is_refused():
    with pytest.raises(ValueError, match="rotor radius"):
        formulas.rcf_g(3000, None)


@given(speeds_rpm, speeds_rpm, radii_cm)
def test_more_speed_never_makes_less_force(slower, faster, radius_cm):
    assume(slower <= faster)
    assert formulas.rcf_g(slower, radius_cm) <= formulas.rcf_g(faster, radius_cm)


@given(st.integers(100, 10000), st.decimals("1", "20", places=1))
def test_twice_the_speed_is_four_times_and_twice_the_radius_twice_the_force(rpm, radius_cm):
    force_g = formulas.rcf_g(rpm, radius_cm)
    rounding = Decimal("0.3")
    assert abs(formulas.rcf_g(2 * rpm, radius_cm) - 4 * force_g) <= rounding
    assert abs(formulas.rcf_g(rpm, 2 * radius_cm) - 2 * force_g) <= rounding


@pytest.mark.parametrize(
    ("weight_kg", "plain_mg", "adrenaline_mg"), [(50, 150, 350), (70, 200, 490), (120, 200, 500)]
)
def test_the_maximum_of_lidocaine_is_the_published_one(weight_kg, plain_mg, adrenaline_mg):
    assert formulas.lidocaine_maximum_mg(Decimal(weight_kg), False) == plain_mg
    assert formulas.lidocaine_maximum_mg(Decimal(weight_kg), True) == adrenaline_mg


@given(weights_kg, weights_kg, st.booleans())
def test_a_heavier_patient_never_gets_a_lower_maximum(lighter, heavier, with_adrenaline):
    assume(lighter <= heavier)
    low = formulas.lidocaine_maximum_mg(lighter, with_adrenaline)
    high = formulas.lidocaine_maximum_mg(heavier, with_adrenaline)
    assert low <= high <= formulas.lidocaine_cap_mg(with_adrenaline)


@given(weights_kg)
def test_adrenaline_raises_the_maximum(weight_kg):
    plain = formulas.lidocaine_maximum_mg(weight_kg, False)
    assert plain < formulas.lidocaine_maximum_mg(weight_kg, True)


def test_one_per_cent_is_ten_milligrams_in_a_millilitre():
    assert formulas.lidocaine_mg(Decimal("1"), Decimal("1")) == 10
    assert formulas.lidocaine_mg(Decimal("2"), Decimal("5")) == 100


def test_fold_dose_and_recovery_of_a_worked_example():
    blood, prp = Decimal("250"), Decimal("1000")
    assert formulas.platelet_fold(blood, prp) == 4
    assert formulas.platelet_dose_e9(prp, Decimal("4")) == 4
    recovery = formulas.platelet_recovery_percent(
        blood_e9_per_l=blood, blood_ml=Decimal("20"), prp_e9_per_l=prp, prp_ml=Decimal("4")
    )
    assert recovery == 80


@given(counts, volumes_ml)
def test_unchanged_blood_is_one_fold_and_recovers_everything(count, volume_ml):
    assert formulas.platelet_fold(count, count) == 1
    recovery = formulas.platelet_recovery_percent(
        blood_e9_per_l=count, blood_ml=volume_ml, prp_e9_per_l=count, prp_ml=volume_ml
    )
    assert recovery == 100


@given(counts, counts, st.decimals("0.1", "100", places=1), st.decimals("0.1", "100", places=1))
def test_recovery_is_fold_times_the_ratio_of_volumes(blood, prp, blood_ml, prp_ml):
    recovery = formulas.platelet_recovery_percent(
        blood_e9_per_l=blood, blood_ml=blood_ml, prp_e9_per_l=prp, prp_ml=prp_ml
    )
    expected = 100 * formulas.platelet_fold(blood, prp) * prp_ml / blood_ml
    assert abs(recovery - expected) <= abs(expected) * Decimal("1e-20")


@pytest.mark.parametrize("bad", [Decimal("0"), Decimal("-1"), Decimal("NaN")])
def test_nought_negative_and_no_number_are_refused_everywhere(bad):
    good = Decimal("1")
    refused = [
        lambda: formulas.rcf_g(3000, bad),
        lambda: formulas.platelet_fold(bad, good),
        lambda: formulas.platelet_fold(good, bad),
        lambda: formulas.platelet_dose_e9(bad, good),
        lambda: formulas.platelet_dose_e9(good, bad),
        lambda: formulas.lidocaine_mg(bad, good),
        lambda: formulas.lidocaine_maximum_mg(bad, True),
    ]
    for sum_of in refused:
        with pytest.raises(ValueError, match="above nought"):
            sum_of()
