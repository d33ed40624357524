"""The time to reflect keeps the time of day at the clinic, through every change of its clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patients.consent.clock import reflect_until

LONDON = ZoneInfo("Europe/London")
ZONES = [LONDON, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
moments = st.datetimes(
    min_value=datetime.fromisoformat("2020-01-01"),
    max_value=datetime.fromisoformat("2035-01-01"),
    timezones=st.just(UTC),
)


def london(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=LONDON, fold=fold)


@pytest.mark.parametrize(
    ("given_at", "days", "expected"),
    [
        # Into summer time: 29-Mar-2026 loses an hour, the patient does not.
        (london(2026, 3, 20, 14, 30), 14, london(2026, 4, 3, 14, 30)),
        # Out of summer time: 25-Oct-2026 has 25 hours.
        (london(2026, 10, 20, 14, 30), 14, london(2026, 11, 3, 14, 30)),
        # 01:30 does not exist on 29-Mar-2026: the first moment after the gap that is not earlier.
        (london(2026, 3, 22, 1, 30), 7, london(2026, 3, 29, 2, 30)),
        # 01:30 exists twice on 25-Oct-2026: the later one.
        (london(2026, 10, 18, 1, 30), 7, london(2026, 10, 25, 1, 30, fold=1)),
        # No time to reflect is none, also in the hour that exists twice.
        (london(2026, 10, 25, 1, 30, fold=0), 0, london(2026, 10, 25, 1, 30, fold=0)),
        # 29 February
        (london(2028, 2, 15, 9, 0), 14, london(2028, 2, 29, 9, 0)),
    ],
)
def test_it_is_the_same_time_of_day_that_many_days_later(given_at, days, expected):
    assert reflect_until(given_at, days, LONDON) == expected.astimezone(UTC)


@given(moment=moments, days=st.integers(0, 365), zone=st.sampled_from(ZONES))
@example(moment=datetime(2026, 3, 15, 1, 30, tzinfo=UTC), days=14, zone=LONDON)
@example(moment=datetime(2026, 10, 11, 0, 30, tzinfo=UTC), days=14, zone=LONDON)
def test_never_less_than_promised_and_the_same_time_of_day_wherever_that_exists(moment, days, zone):
    end = reflect_until(moment, days, zone)
    start_here, end_here = moment.astimezone(zone), end.astimezone(zone)
    promised = start_here.replace(tzinfo=None) + timedelta(days=days)
    assert end.tzinfo is UTC
    assert end >= moment
    assert end_here.replace(tzinfo=None) >= promised
    assert end_here.date() == promised.date()
    in_the_gap = end_here.replace(tzinfo=None) != promised
    if in_the_gap:
        back = promised.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
        assert back.replace(tzinfo=None) != promised


@given(moment=moments, days=st.integers(0, 60), zone=st.sampled_from(ZONES))
def test_more_days_never_end_earlier(moment, days, zone):
    assert reflect_until(moment, days, zone) < reflect_until(moment, days + 1, zone)
