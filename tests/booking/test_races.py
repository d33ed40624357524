"""Many people at once want one slot: one gets it, the others read which visit is in the way."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError

from clinic.booking import actions, conflicts
from clinic.booking.models import Appointment
from clinic.messaging.models import Message
from clinic.staff.models import User
from tests.booking.conftest import NOW, monday
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory
from tests.factories.staff import ClinicianFactory
from tests.races import in_its_own_connection, one_after_the_other

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 12


def at_once(attempts) -> tuple[list[Appointment], list[ValidationError]]:
    """Start all attempts at the same moment and return what was booked and what was refused."""
    gate = threading.Barrier(len(attempts))

    def run(attempt):
        gate.wait(timeout=30)
        return in_its_own_connection(attempt)

    with ThreadPoolExecutor(len(attempts)) as pool:
        results = list(pool.map(run, attempts))
    booked = [result for result in results if isinstance(result, Appointment)]
    return booked, [result for result in results if isinstance(result, ValidationError)]


def race(book, wishes) -> tuple[list[Appointment], list[ValidationError]]:
    return at_once([lambda wish=wish: book(**wish) for wish in wishes])


def test_one_of_twelve_gets_the_practitioner_and_room(book, site):
    booked, refused = race(book, [{"patient": PatientFactory(site=site)} for _ in range(THREADS)])
    assert (len(booked), len(refused)) == (1, THREADS - 1)
    visit = f"10:00–10:30: Consultation of {booked[0].patient}"
    for error in refused:
        assert error.message_dict["practitioner"] == [f"Dr Amy Test is booked {visit}"]
        assert error.message_dict["room"] == [f"Room 1 is taken {visit}"]
    assert Appointment.objects.count() == 1
    assert set(Message.objects.values_list("patient", flat=True)) == {booked[0].patient_id}


def test_one_of_twelve_gets_the_room(book, site):
    wishes = [
        {"patient": PatientFactory(site=site), "practitioner": ClinicianFactory(sites=[site])}
        for _ in range(THREADS)
    ]
    booked, refused = race(book, wishes)
    assert (len(booked), len(refused)) == (1, THREADS - 1)
    assert {tuple(error.message_dict) for error in refused} == {("room",)}


def test_a_patient_is_booked_once_whoever_asks(book, site):
    wishes = [
        {"practitioner": ClinicianFactory(sites=[site]), "room": RoomFactory(site=site)}
        for _ in range(THREADS)
    ]
    booked, refused = race(book, wishes)
    assert (len(booked), len(refused)) == (1, THREADS - 1)
    assert {tuple(error.message_dict) for error in refused} == {("patient",)}


def test_bookings_that_cross_do_not_end_in_a_deadlock(book, site, doctor, room):
    """Each pair shares a practitioner one way and a room the other way."""
    other_doctor, other_room = ClinicianFactory(sites=[site]), RoomFactory(site=site)
    crossing = [(doctor, room), (other_doctor, other_room), (doctor, other_room)]
    wishes = [
        {"patient": PatientFactory(site=site), "practitioner": d, "room": r}
        for d, r in [*crossing, (other_doctor, room)] * 3
    ]
    booked, refused = race(book, wishes)
    assert len(booked) + len(refused) == THREADS
    assert len(booked) in {1, 2}


def test_a_move_and_a_booking_cannot_both_have_the_time(book, reception, site):
    other = book(starts_at=monday(14))
    moving = {
        "by": reception,
        "appointment": other,
        "starts_at": monday(10),
        "practitioner": User.objects.get(pk=other.practitioner_id),
        "room": other.room,
        "now": NOW,
    }
    newcomer = PatientFactory(site=site)
    done, refused = at_once([lambda: actions.move(**moving), lambda: book(patient=newcomer)])
    assert (len(done), len(refused)) == (1, 1)


def test_a_writer_that_does_not_take_turns_is_stopped_by_the_constraint(book, doctor, room, site):
    """The insert waits for the other's transaction, and the race's error reads like any other."""
    patients = [PatientFactory(family_name="First", site=site), PatientFactory(site=site)]

    def insert():
        return AppointmentFactory(
            patient=patients[0], practitioner=doctor, room=room, starts_at=monday(10, 10)
        )

    _, error = one_after_the_other(insert, lambda: book(patient=patients[1]))
    assert error.message_dict["practitioner"][0].startswith("Dr Amy Test is booked 10:10–10:40")
    assert error.__cause__.__class__.__name__ == "IntegrityError"


def test_the_locks_are_whole_numbers_that_the_database_takes(book):
    appointment = book()
    assert all(
        0 <= conflicts._key(identifier) < 2**63
        for identifier in (appointment.practitioner_id, appointment.room_id)
    )
