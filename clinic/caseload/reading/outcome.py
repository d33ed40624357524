"""The change against the baseline, as the chart page draws it."""

from dataclasses import dataclass

from clinic.base.charts import LineChart, Reading, Series, line_chart
from followups.reading import AreaSeries, Point, density_series
from patients.models import Case

DAYS_A_WEEK = 7
MOST_LINES = 3


@dataclass(frozen=True)
class OutcomeChart:
    """A drawing and its finding in words; n is the number of counts behind the last point."""

    title: str
    chart: LineChart


def outcome_chart_of(case: Case) -> OutcomeChart | None:
    """Return the course of density since the baseline, or None before a second count."""
    areas = [area for area in density_series(case) if area.n > 1 and area.baseline][:MOST_LINES]
    if not areas:
        return None
    chart = line_chart([_series(area) for area in areas])
    return OutcomeChart(title="; ".join(map(_finding, areas)), chart=chart) if chart else None


def _series(area: AreaSeries) -> Series:
    start = area.points[0].examined_date
    return Series(
        name=area.target_area.name,
        readings=tuple(
            Reading((point.examined_date - start).days / DAYS_A_WEEK, point.density_per_cm2)
            for point in area.points
        ),
    )


def _when(point: Point) -> str:
    weeks = point.weeks_since_last_session
    if weeks is None:
        return "before treatment"
    return f"at {weeks.normalize():f} weeks"


def _finding(area: AreaSeries) -> str:
    last = area.points[-1]
    if last.change is None or area.baseline is None:
        return f"{area.target_area}: {last.density_per_cm2} hairs/cm²"
    return (
        f"{area.target_area}: {area.baseline.density_per_cm2} to {last.density_per_cm2} hairs/cm²"
        f" ({last.change.absolute_per_cm2:+} {_when(last)})"
    )
