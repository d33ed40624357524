"""The time to reflect."""

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
