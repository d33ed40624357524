"""The arithmetic of outcomes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followups.outcomes import (
    Change,
    change,
    density_per_cm2,
    device_differs_by_percent,
    last_before,
    summarise,
    weeks_between,
)

counts = st.integers(0, 20000)
areas = st.decimals("0.05", "25", places=3)
densities = st.decimals("0", "1000", places=1)


def test_density_is_count_over_area():
    assert density_per_cm2(80, Decimal("0.65")) == Decimal("123.1")
    assert density_per_cm2(0, Decimal("0.65")) == Decimal("0.0")
    assert density_per_cm2(1, Decimal("4")) == Decimal("0.3")  # 0.25 goes up, as in the database


def test_the_published_count_and_density_do_not_convert_and_that_shows():
    """18.0 hairs per 0.65 cm² are 27.7 per cm², not the 23.3 that were printed beside them."""
    assert density_per_cm2(18, Decimal("0.65")) == Decimal("27.7")
    assert device_differs_by_percent(Decimal("23.3"), 18, Decimal("0.65")) == Decimal("-15.9")


@pytest.mark.parametrize(
    ("count", "area"), [(10, Decimal(0)), (10, Decimal("-1")), (-1, Decimal("0.65"))]
)
def test_no_density_without_an_area_or_from_fewer_than_no_hairs(count, area):
    with pytest.raises(ValueError, match="nought"):
        density_per_cm2(count, area)


@given(counts, areas)
def test_a_density_times_its_area_is_the_count(count, area):
    assert abs(density_per_cm2(count, area) * area - count) <= Decimal("0.05") * area


@given(counts, areas, st.integers(1, 50))
def test_more_hairs_in_the_same_area_are_never_less_dense(count, area, more):
    assert density_per_cm2(count + more, area) >= density_per_cm2(count, area)


def test_a_device_that_agrees_within_two_percent_is_left_alone():
    assert device_differs_by_percent(Decimal("100.0"), 100, Decimal(1)) is None
    assert device_differs_by_percent(Decimal("102.0"), 100, Decimal(1)) is None
    assert device_differs_by_percent(Decimal("98.0"), 100, Decimal(1)) is None
    assert device_differs_by_percent(None, 100, Decimal(1)) is None


def test_a_device_that_differs_by_more_is_pointed_out_with_its_sign():
    assert device_differs_by_percent(Decimal("102.1"), 100, Decimal(1)) == Decimal("2.1")
    assert device_differs_by_percent(Decimal("97.9"), 100, Decimal(1)) == Decimal("-2.1")


def test_a_device_that_sees_hairs_where_none_were_counted_differs_entirely():
    assert device_differs_by_percent(Decimal("4.0"), 0, Decimal("0.65")) == Decimal(100)
    assert device_differs_by_percent(Decimal("0.0"), 0, Decimal("0.65")) is None


def test_a_change_is_absolute_and_in_percent_of_the_baseline():
    assert change(Decimal("123.1"), Decimal("150.8")) == Change(Decimal("27.7"), Decimal("22.5"))
    assert change(Decimal("100.0"), Decimal("90.0")) == Change(Decimal("-10.0"), Decimal("-10.0"))


def test_from_nothing_there_is_no_percentage():
    assert change(Decimal("0.0"), Decimal("12.0")) == Change(Decimal("12.0"), None)


@given(densities, densities)
def test_a_change_there_and_back_is_none(one, other):
    assert change(one, other).absolute_per_cm2 == -change(other, one).absolute_per_cm2


@given(st.decimals("0.1", "1000", places=1), densities)
def test_the_percentage_leads_from_the_baseline_to_the_present(baseline, now):
    percent = change(baseline, now).percent
    assert percent is not None
    assert abs(baseline * (1 + percent / 100) - now) <= baseline * Decimal("0.0005") + Decimal(
        "1e-20"
    )


def test_weeks_count_from_the_last_session_that_had_taken_place():
    first = date(2026, 1, 5)
    sessions = [first, first + timedelta(days=45), first + timedelta(days=90)]
    day = sessions[1] + timedelta(weeks=2)
    assert last_before(sessions, day) == sessions[1]
    assert weeks_between(sessions[1], day) == Decimal("2.0")
    assert weeks_between(sessions[2], sessions[2] + timedelta(weeks=23)) == Decimal("23.0")
    assert weeks_between(first, first + timedelta(days=3)) == Decimal("0.4")


def test_before_any_session_there_are_no_weeks():
    assert last_before([date(2026, 1, 5)], date(2026, 1, 4)) is None
    assert weeks_between(None, date(2026, 1, 4)) is None
    assert weeks_between(date(2026, 1, 5), date(2026, 1, 4)) is None


def test_a_mean_says_how_many_it_rests_on_and_how_many_are_missing():
    summary = summarise(
        [Change(Decimal("20.0"), Decimal("20.0")), None, Change(Decimal("10.1"), Decimal("5.0"))]
    )
    assert (summary.n, summary.missing) == (2, 1)
    assert summary.mean_absolute_per_cm2 == Decimal("15.1")
    assert summary.mean_percent == Decimal("12.5")


def test_without_anything_comparable_there_is_no_mean():
    summary = summarise([None])
    assert (summary.n, summary.missing, summary.mean_absolute_per_cm2) == (0, 1, None)
    assert summary.mean_percent is None


def test_a_mean_percentage_is_not_taken_over_some_of_the_areas_only():
    summary = summarise([Change(Decimal("20.0"), Decimal("20.0")), Change(Decimal("10.0"), None)])
    assert summary.mean_absolute_per_cm2 == Decimal("15.0")
    assert summary.mean_percent is None
