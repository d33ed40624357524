"""Which starts are free: for whom, in which room, and on days when the clocks change."""

from datetime import date, time, timedelta

import pytest

from clinic.booking.slots import Search, free_slots, rooms_for
from tests.booking.conftest import NOW, monday
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory
from tests.factories.staff import ClinicianFactory

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


@pytest.fixture
def find(site, service, doctor, patient, room):
    """Return a function that lists the free times of a day on the wall."""

    def do(now=NOW, **changes) -> list[str]:
        values = {
            "site": site,
            "service": service,
            "day": MONDAY,
            "minutes": 30,
            "patient": patient,
            "practitioners": [doctor],
            "rooms": rooms_for(site, service),
        }
        slots = free_slots(Search(**(values | changes)), now=now)
        return [f"{slot.wall:%H:%M}" for slot in slots]

    return do


def test_an_empty_day_is_free_from_opening_to_the_last_start_that_ends_in_time(find):
    times = find()
    assert (times[0], times[-1], len(times)) == ("08:00", "19:30", 47)


def test_nothing_overlaps_what_is_booked_and_what_adjoins_is_free(find, doctor, room):
    AppointmentFactory(practitioner=doctor, room=room, starts_at=monday(10))
    times = find()
    assert {"09:45", "10:00", "10:15"}.isdisjoint(times)
    assert {"09:30", "10:30"} <= set(times)


def test_a_busy_patient_has_no_free_time_whoever_else_is_free(find, patient):
    AppointmentFactory(patient=patient, starts_at=monday(10))
    assert "10:00" not in find()


def test_a_cancelled_or_missed_visit_takes_no_time(find, doctor, room, reception):
    AppointmentFactory(practitioner=doctor, room=room, starts_at=monday(10), no_show_at=NOW)
    assert "10:00" in find()


def test_without_a_free_room_there_is_no_free_time(find, room, site):
    AppointmentFactory(room=room, starts_at=monday(10))
    assert "10:00" not in find()
    other = RoomFactory(site=site)
    assert "10:00" in find(rooms=[room, other])


def test_anybody_means_the_first_who_is_free(find, site, doctor, service, patient):
    second = ClinicianFactory(sites=[site])
    rooms = [RoomFactory(site=site) for _ in range(2)]
    AppointmentFactory(practitioner=doctor, room=rooms[0], starts_at=monday(10))
    search = Search(
        site=site,
        service=service,
        day=MONDAY,
        minutes=30,
        patient=patient,
        practitioners=[doctor, second],
        rooms=rooms,
    )
    at = {slot.wall: slot for slot in free_slots(search, now=NOW)}
    assert at[time(9)].practitioner == doctor
    assert (at[time(10)].practitioner, at[time(10)].room) == (second, rooms[1])


def test_the_wanted_time_is_offered_between_the_quarters_when_it_is_free(find, doctor, room):
    assert "10:05" in find(wanted=time(10, 5))
    AppointmentFactory(practitioner=doctor, room=room, starts_at=monday(10))
    assert "10:05" not in find(wanted=time(10, 5))
    assert "19:45" not in find(wanted=time(19, 45))


def test_past_times_are_not_offered(find):
    assert find(now=monday(15, 1))[0] == "15:15"
    assert find(now=monday(9) + timedelta(days=1)) == []


def test_the_appointment_that_is_moved_is_not_in_its_own_way(find, doctor, room, patient):
    moving = AppointmentFactory(
        practitioner=doctor, room=room, patient=patient, starts_at=monday(10)
    )
    assert "10:15" in find(moving=moving)


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_times_that_are_left_out_or_come_twice_are_not_offered(find, site, day):
    site.opens_at, site.closes_at = time(0), time(23, 45)
    times = find(day=day, minutes=15)
    assert not [wall for wall in times if wall.startswith("01:")]
    assert len(times) == 95 - 4


def test_one_query_finds_the_free_times(
    find, doctor, room, site, service, patient, django_assert_num_queries
):
    for hour in (9, 11, 14):
        AppointmentFactory(practitioner=doctor, room=room, starts_at=monday(hour))
    search = Search(
        site=site,
        service=service,
        day=MONDAY,
        minutes=30,
        patient=PatientFactory(),
        practitioners=[doctor],
        rooms=[room],
    )
    with django_assert_num_queries(1):
        assert free_slots(search, now=NOW)
