"""Days and times when the clocks change: 29-Mar-2026 forward, 25-Oct-2026 back, in London."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from clinic.booking import times
from clinic.booking.models import Appointment
from tests.factories.booking import AppointmentFactory
from tests.factories.practice import RoomFactory, SiteFactory

LONDON = ZoneInfo("Europe/London")
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "wall", "utc_hour"),
    [
        (date(2026, 3, 28), time(9), 9),
        (FORWARD, time(0, 30), 0),
        (FORWARD, time(2), 1),
        (FORWARD, time(9), 8),
        (date(2026, 10, 24), time(9), 8),
        (BACK, time(0, 30), 23),
        (BACK, time(2), 2),
        (BACK, time(9), 9),
    ],
)
def test_a_time_on_the_wall_is_one_moment(day, wall, utc_hour):
    moment = times.at(day, wall, LONDON)
    assert moment.tzinfo is UTC
    assert moment.hour == utc_hour
    assert times.local(moment, LONDON) == datetime.combine(day, wall)


@pytest.mark.parametrize("wall", [time(1), time(1, 30), time(1, 59)])
def test_a_time_that_does_not_exist_is_refused(wall):
    with pytest.raises(ValidationError, match=r"There is no 01:.. on 29-Mar-2026"):
        times.at(FORWARD, wall, LONDON)


@pytest.mark.parametrize("wall", [time(1), time(1, 30), time(1, 59)])
def test_a_time_that_comes_twice_is_refused(wall):
    with pytest.raises(ValidationError, match=r"01:.. comes twice on 25-Oct-2026"):
        times.at(BACK, wall, LONDON)


@pytest.mark.parametrize(
    ("day", "hours"), [(FORWARD, 23), (BACK, 25), (date(2026, 6, 1), 24), (date(2026, 12, 1), 24)]
)
def test_a_day_is_as_long_as_its_clocks_say(day, hours):
    midnight, next_midnight = times.day_bounds(day, LONDON)
    assert (
        next_midnight.astimezone(UTC) - midnight.astimezone(UTC)
    ).total_seconds() == hours * 3600


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 3, 28, 23, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 0, 0, tzinfo=UTC), FORWARD),
        (datetime(2026, 3, 29, 22, 59, tzinfo=UTC), FORWARD),
        (datetime(2026, 3, 29, 23, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 59, tzinfo=UTC), date(2026, 10, 24)),
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), BACK),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), BACK),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), BACK),
        (datetime(2026, 10, 25, 23, 59, tzinfo=UTC), BACK),
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_an_appointment_is_on_the_day_of_the_sites_own_calendar(utc, day):
    appointment = AppointmentFactory(starts_at=utc)
    days = [date(utc.year, utc.month, utc.day + offset) for offset in (-1, 0, 1)]
    found = [d for d in days if Appointment.objects.on_day(d, appointment.site).exists()]
    assert found == [day] == [appointment.local_date]


@pytest.mark.django_db
def test_another_sites_calendar_may_have_another_day():
    room = RoomFactory(site=SiteFactory(time_zone="Pacific/Auckland"))
    appointment = AppointmentFactory(room=room, starts_at=datetime(2026, 11, 23, 20, tzinfo=UTC))
    assert appointment.local_date == date(2026, 11, 24)
    assert times.written(appointment.starts_at, room.site.zone) == "24-Nov-2026 09:00"


@pytest.mark.django_db
def test_a_sites_day_is_of_that_site_and_day_alone():
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    mine = AppointmentFactory(starts_at=at)
    AppointmentFactory(starts_at=at, room=RoomFactory(site=SiteFactory()))
    AppointmentFactory(starts_at=at + timedelta(days=1), room=mine.room)
    assert list(Appointment.objects.on_day(at.date(), mine.site)) == [mine]
