"""What came of it: arithmetic on counts. Pure; it asks no database and knows no page.

Densities are derived from the clinic's own count and counted area only. A density that a device
shows is compared with them, never converted into them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")
DAYS_A_WEEK = 7
DEVICE_TOLERANCE_PERCENT = Decimal(2)


def density_per_cm2(hair_count: int, counted_area_cm2: Decimal) -> Decimal:
    """Return hairs per cm² to one decimal, as the database works it out.

    Raises `ValueError` for no area, a negative area or a negative count.
    """
    return _tenth(_exact_density(hair_count, counted_area_cm2))


def _exact_density(hair_count: int, counted_area_cm2: Decimal) -> Decimal:
    if counted_area_cm2 <= 0:
        raise ValueError("A density needs a counted area above nought.")
    if hair_count < 0:
        raise ValueError("A hair count cannot be below nought.")
    return Decimal(hair_count) / counted_area_cm2


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(TENTH, rounding=ROUND_HALF_UP)


def device_differs_by_percent(
    reported_per_cm2: Decimal | None, hair_count: int, counted_area_cm2: Decimal
) -> Decimal | None:
    """Return by how much a device's density departs from count ÷ area, in percent of the latter.

    None where no density was reported, or where both agree within 2 %. A device that reports
    hairs where none were counted departs by 100 %.
    """
    if reported_per_cm2 is None:
        return None
    own = _exact_density(hair_count, counted_area_cm2)
    if own == 0:
        return Decimal(100) if reported_per_cm2 else None
    percent = (reported_per_cm2 - own) / own * 100
    return _tenth(percent) if abs(percent) > DEVICE_TOLERANCE_PERCENT else None


@dataclass(frozen=True)
class Change:
    """A density against the baseline of the same target area."""

    absolute_per_cm2: Decimal
    percent: Decimal | None


def change(baseline_per_cm2: Decimal, now_per_cm2: Decimal) -> Change:
    """Return the change of a density, in hairs per cm² and in percent of the baseline.

    From a bald baseline there is no percentage.
    """
    absolute = now_per_cm2 - baseline_per_cm2
    if baseline_per_cm2 == 0:
        return Change(absolute, None)
    return Change(absolute, _tenth(absolute / baseline_per_cm2 * 100))


def weeks_between(last_session_date: date | None, examined_date: date) -> Decimal | None:
    """Return the weeks since the last session at the time of an examination, to one decimal.

    None before any session.
    """
    if last_session_date is None or examined_date < last_session_date:
        return None
    return _tenth(Decimal((examined_date - last_session_date).days) / DAYS_A_WEEK)


def last_before(session_dates: Sequence[date], examined_date: date) -> date | None:
    """Return the last of the sessions that had taken place when the patient was examined."""
    return max((day for day in session_dates if day <= examined_date), default=None)


@dataclass(frozen=True)
class Summary:
    """The mean change at one examination, with how many areas it rests on."""

    n: int
    missing: int
    mean_absolute_per_cm2: Decimal | None
    mean_percent: Decimal | None


def summarise(changes: Sequence[Change | None]) -> Summary:
    """Return the mean over target areas; None stands for an area that could not be compared.

    Without any comparable area there is no mean. The mean percentage is there only when every
    comparable area has one.
    """
    known = [one for one in changes if one is not None]
    percents = [one.percent for one in known if one.percent is not None]
    return Summary(
        n=len(known),
        missing=len(changes) - len(known),
        mean_absolute_per_cm2=_mean([one.absolute_per_cm2 for one in known]),
        mean_percent=_mean(percents) if len(percents) == len(known) else None,
    )


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return _tenth(sum(values, Decimal(0)) / len(values)) if values else None
