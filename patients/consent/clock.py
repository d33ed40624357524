"""The time to reflect, and the time for which a consent stands."""

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def reflect_until(given_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the moment at which the time to reflect is over, in UTC.

    It is the same time of day `days` later on the clinic's clock, so that a change to or from
    summer time in between moves nothing for the patient. Where that time of day does not exist or
    exists twice, the later moment counts: the patient never gets less than was promised.
    """
    if days == 0:
        return given_at.astimezone(UTC)
    same_time = given_at.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return max(
        same_time.replace(tzinfo=zone, fold=fold).astimezone(UTC)  # either side of a change
        for fold in (0, 1)
    )


def expires_at(signed_at: datetime, months: int | None, zone: ZoneInfo) -> datetime | None:
    """Return when a consent expires, in UTC, or None where it stands until it is withdrawn.

    It is the same time of day so many months later on the clinic's clock; where that month is
    too short for the day, its last day.
    """
    if months is None:
        return None
    local = signed_at.astimezone(zone).replace(tzinfo=None)
    place = local.month - 1 + months
    year, month = local.year + place // 12, place % 12 + 1
    last_day = calendar.monthrange(year, month)[1]
    there = local.replace(year=year, month=month, day=min(local.day, last_day))
    return there.replace(tzinfo=zone).astimezone(UTC)
