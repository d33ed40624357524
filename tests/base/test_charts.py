"""Geometry of line charts."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from clinic.base.charts import Reading, Series, line_chart

readings = st.builds(
    Reading,
    weeks=st.floats(-300, 300, allow_nan=False),
    value=st.decimals(0, 1000, places=1, allow_nan=False),
)


def series(*pairs, name="Vertex"):
    return Series(name, tuple(Reading(weeks, Decimal(value)) for weeks, value in pairs))


def test_one_reading_makes_no_line():
    assert line_chart([series((0, 120))]) is None
    assert line_chart([]) is None


def test_more_series_than_inks_are_refused():
    with pytest.raises(ValueError, match="three"):
        line_chart([series((0, 1), (1, 2))] * 4)


def test_higher_stands_higher_and_later_stands_right():
    chart = line_chart([series((-10, 100), (23, 130), (44, 120))])
    first, second, third = chart.lines[0].points
    assert first.x < second.x < third.x
    assert second.y < third.y < first.y
    assert chart.lines[0].path.startswith(f"M{first.x} {first.y} L")


def test_the_axis_starts_at_nought_and_ends_above_the_highest_value():
    chart = line_chart([series((0, 148), (10, 150.8))])
    assert [tick.label for tick in chart.y_ticks] == ["0", "50", "100", "150", "200"]
    assert chart.y_ticks[0].at == chart.bottom


def test_weeks_before_the_day_carry_a_real_minus_sign():
    chart = line_chart([series((-52, 100), (26, 110))])
    assert "−26" in [tick.label for tick in chart.x_ticks]
    assert chart.day_x == next(tick.at for tick in chart.x_ticks if tick.label == "0")


def test_of_two_lines_the_lower_one_has_its_values_below():
    chart = line_chart([series((0, 120), (9, 130)), series((0, 110), (9, 111), name="Temple")])
    upper, lower = chart.lines
    assert all(point.label_y < point.y for point in upper.points)
    assert all(point.label_y > point.y for point in lower.points)


@given(st.lists(st.lists(readings, min_size=1, max_size=8), min_size=1, max_size=3))
def test_every_point_lies_inside_the_axes(several):
    chart = line_chart([Series(str(n), tuple(rows)) for n, rows in enumerate(several)])
    if chart is None:
        assert all(len(rows) == 1 for rows in several)
        return
    for line in chart.lines:
        for point in line.points:
            assert chart.left <= point.x <= chart.right
            assert chart.top - 0.1 <= point.y <= chart.bottom + 0.1


def test_on_screen_it_carries_no_inline_style():
    svg = render_to_string(
        "components/chart_line.html",
        {"chart": line_chart([series((0, 120), (9, 130.5))]), "title": "Density", "alt": "Rising"},
    )
    assert "<style" not in svg
    assert "style=" not in svg
    assert "<title>Rising</title>" in svg
    assert ">130.5<" in svg
