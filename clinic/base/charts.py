"""Line charts as plain geometry: data in, coordinates out. A template turns them into SVG."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

LEFT, RIGHT, TOP, BOTTOM = 48.0, 20.0, 28.0, 52.0
LABEL_HEIGHT = 16.0
LABEL_WIDTH = 40.0
_INKS = ("", "second", "third")
_WEEK_STEPS = (1, 2, 4, 8, 13, 26, 52, 104, 208, 520)


@dataclass(frozen=True)
class Reading:
    """One measured value, so many weeks after (or, below nought, before) a day."""

    weeks: float
    value: Decimal


@dataclass(frozen=True)
class Series:
    """The readings of one thing, by name."""

    name: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Tick:
    """A mark on an axis and its words."""

    at: float
    label: str


@dataclass(frozen=True)
class Point:
    """A reading's place, and the place of its value."""

    x: float
    y: float
    label: str
    label_y: float


@dataclass(frozen=True)
class Line:
    """A series as an SVG path; `ink` is the CSS class beside `line` and `point`."""

    name: str
    ink: str
    path: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class LineChart:
    """Everything that an SVG needs, in its own units."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    day_x: float
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]

    @property
    def middle(self) -> float:
        """The middle of the horizontal axis."""
        return (self.left + self.right) / 2


def line_chart(
    series: Sequence[Series], *, width: float = 640, height: float = 280
) -> LineChart | None:
    """Return the chart of up to three series over weeks, or None where there is no line to draw.

    The vertical axis starts at nought, so that a small change looks small. Raises `ValueError` for
    more than three series: there are no more inks that can be told apart.
    """
    if len(series) > len(_INKS):
        raise ValueError("A chart shows three series at most.")
    if not any(len(one.readings) > 1 for one in series):
        return None
    weeks = [reading.weeks for one in series for reading in one.readings]
    top_value = _nice_top(max(reading.value for one in series for reading in one.readings))
    scale = _Scale(
        first_week=min(0.0, *weeks),
        last_week=max(0.0, *weeks),
        top_value=top_value,
        width=width,
        height=height,
    )
    return LineChart(
        width=width,
        height=height,
        left=LEFT,
        right=width - RIGHT,
        top=TOP,
        bottom=height - BOTTOM,
        day_x=scale.x(0),
        x_ticks=tuple(Tick(scale.x(week), _number(week)) for week in scale.week_marks()),
        y_ticks=tuple(Tick(scale.y(value), _number(value)) for value in _value_marks(top_value)),
        lines=tuple(_lines(series, scale)),
    )


@dataclass(frozen=True)
class _Scale:
    first_week: float
    last_week: float
    top_value: float
    width: float
    height: float

    def x(self, week: float) -> float:
        span = (self.last_week - self.first_week) or 1
        # Room at both ends, so that values stand clear of the axes.
        across = 0.04 + 0.92 * (week - self.first_week) / span
        return round(LEFT + across * (self.width - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(self.height - BOTTOM - (value / self.top_value) * self._tall, 1)

    @property
    def _tall(self) -> float:
        return self.height - TOP - BOTTOM

    def week_marks(self) -> Iterable[int]:
        span = self.last_week - self.first_week
        step = next((step for step in _WEEK_STEPS if span / step <= 7), _WEEK_STEPS[-1])
        return range(math.ceil(self.first_week / step) * step, math.floor(self.last_week) + 1, step)


def _lines(series: Sequence[Series], scale: _Scale) -> Iterable[Line]:
    places = [
        [(scale.x(reading.weeks), scale.y(float(reading.value)), reading) for reading in readings]
        for readings in (sorted(one.readings, key=lambda r: r.weeks) for one in series)
    ]
    taken: list[tuple[float, float]] = []
    for one, ink, line in zip(series, _INKS, places, strict=False):
        others = [(x, y) for other in places if other is not line for x, y, _ in other]
        points = []
        for x, y, reading in line:
            label_y = _free_place(x, y, others, taken)
            taken.append((x, label_y))
            points.append(Point(x=x, y=y, label=_number(reading.value), label_y=label_y))
        path = " ".join(f"{'L' if n else 'M'}{p.x} {p.y}" for n, p in enumerate(points))
        yield Line(name=one.name, ink=ink, path=path, points=tuple(points))


def _free_place(
    x: float, y: float, others: list[tuple[float, float]], taken: list[tuple[float, float]]
) -> float:
    """Return the height for a value: above the highest line hereabouts, below the others."""
    is_highest = all(other_y >= y for other_x, other_y in others if abs(other_x - x) < LABEL_WIDTH)
    places = [y - 10, y + 21, y - 26, y + 37] if is_highest else [y + 21, y + 37, y - 10, y + 53]
    nearby = [other_y for other_x, other_y in taken if abs(other_x - x) < LABEL_WIDTH]
    free = (p for p in places if all(abs(p - other) >= LABEL_HEIGHT for other in nearby))
    return round(next(free, places[0]), 1)


def _nice_top(value: Decimal) -> float:
    """Return a round number at or above the value, with four steps of a round size below it."""
    wanted = max(float(value), 1.0) / 4
    magnitude = 10 ** math.floor(math.log10(wanted))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= wanted)
    return step * 4


def _value_marks(top: float) -> list[float]:
    return [top * part / 4 for part in range(5)]


def _number(value: Decimal | float) -> str:
    """Write a number without needless decimals, with a real minus sign."""
    text = f"{Decimal(str(value)):.1f}".removesuffix(".0")
    return text.replace("-", "\u2212")
