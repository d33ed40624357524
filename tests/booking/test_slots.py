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


@pytest.fixture
def offered(site, service, patient, doctor):
    """Return a function that says who is offered at which time when anybody will do."""
    second = ClinicianFactory(sites=[site])
    rooms = [RoomFactory(site=site) for _ in range(3)]

    def ask(**changes):
        search = Search(
            site=site,
            service=service,
            day=MONDAY,
            minutes=30,
            patient=patient,
            practitioners=[doctor, second],
            rooms=rooms,
            **changes,
        )
        return {slot.wall: slot.practitioner for slot in free_slots(search, now=NOW)}

    ask.second, ask.rooms = second, rooms
    return ask


def test_anybody_means_the_one_with_the_fewest_visits_that_day(offered, doctor):
    AppointmentFactory(practitioner=doctor, room=offered.rooms[0], starts_at=monday(10))
    assert offered()[time(14)] == offered.second
    for hour in (11, 12):
        AppointmentFactory(
            practitioner=offered.second, room=offered.rooms[0], starts_at=monday(hour)
        )
    at = offered()
    assert at[time(14)] == doctor
    assert at[time(10)] == offered.second, "the other one is not free then"


def test_of_people_with_as_many_visits_the_first_by_name_is_offered(offered, doctor):
    assert set(offered().values()) == {doctor}
    day_before = monday(10) - timedelta(days=1)
    AppointmentFactory(practitioner=doctor, room=offered.rooms[0], starts_at=day_before)
    assert set(offered().values()) == {doctor}, "another day's visits do not count"


def test_the_visit_that_is_moved_does_not_count(offered, doctor):
    moving = AppointmentFactory(practitioner=doctor, room=offered.rooms[0], starts_at=monday(10))
    assert set(offered(moving=moving).values()) == {doctor}


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
