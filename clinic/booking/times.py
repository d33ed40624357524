"""Between the clock on the wall and the time in the database."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from clinic.base.templatetags.anagen import clock, day

DIARY_STEP_MINUTES = 5


def at(on: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which a zone's clocks show a time on a day.

    Raises `ValidationError` for a time that the change of clocks leaves out or shows twice.
    """
    first = datetime.combine(on, wall, tzinfo=zone)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(zone).time() != wall:
        sentence = "There is no {} on {}: the clocks go forward. Choose another time."
    else:
        sentence = "{} comes twice on {}: the clocks go back. Choose another time."
    raise ValidationError(sentence.format(clock(wall), day(on)), code="clocks_change")


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clocks of a zone show at a moment, as a time without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def written(moment: datetime, zone: ZoneInfo) -> str:
    """Return 23-Nov-2026 10:00."""
    shown = local(moment, zone)
    return f"{day(shown)} {clock(shown)}"


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Return 10:00–10:30."""
    return f"{clock(local(starts_at, zone))}–{clock(local(ends_at, zone))}"


def day_bounds(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the two midnights, as moments, between which a day of a zone's calendar lies."""
    midnight = datetime.combine(on, time.min, tzinfo=zone)
    next_midnight = datetime.combine(on + timedelta(days=1), time.min, tzinfo=zone)
    return midnight, next_midnight
