"""Following a visit, step by step and back, and the patient who did not come."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from clinic.booking import actions
from clinic.booking.models import Status
from tests.booking.conftest import NOW, monday
from tests.booking.words import events, sentences
from tests.factories.patients import PatientFactory
from tests.factories.staff import ReceptionFactory

pytestmark = pytest.mark.django_db


def test_a_visit_goes_forward_step_by_step_and_all_the_way_back(book, reception):
    appointment = book()
    now = monday(9, 50)
    forward = []
    for minute in range(4):
        row = actions.step_forward(
            by=reception, appointment=appointment, now=now + timedelta(minutes=minute)
        )
        forward.append(row.status)
    assert forward == ["confirmed", "arrived", "in_room", "done"]
    assert (row.confirmed_at, row.done_at) == (now, now + timedelta(minutes=3))
    back = [
        actions.step_back(by=reception, appointment=appointment, now=now).status for _ in range(4)
    ]
    assert back == ["in_room", "arrived", "confirmed", "booked"]
    appointment.refresh_from_db()
    assert appointment.confirmed_at is None


def test_a_patient_who_never_confirmed_may_arrive_and_step_back_to_booked(book, reception):
    appointment = book()
    now = monday(9, 50)
    row = actions.step_forward(by=reception, appointment=appointment, to="arrived", now=now)
    assert (row.status, row.confirmed_at) == (Status.ARRIVED, None)
    assert actions.step_back(by=reception, appointment=row, now=now).status == Status.BOOKED


@pytest.mark.parametrize("to", ["in_room", "done", "booked", "no_show", "cancelled"])
def test_impossible_orders_are_refused(book, reception, to):
    appointment = book()
    with pytest.raises(ValidationError, match="cannot follow “Booked”"):
        actions.step_forward(by=reception, appointment=appointment, to=to, now=monday(10))
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_nothing_follows_done_and_nothing_comes_before_booked(book, reception):
    appointment = book()
    with pytest.raises(ValidationError, match="no step back"):
        actions.step_back(by=reception, appointment=appointment, now=NOW)
    for _ in range(4):
        actions.step_forward(by=reception, appointment=appointment, now=monday(10))
    with pytest.raises(ValidationError, match="Nothing can follow “Done”"):
        actions.step_forward(by=reception, appointment=appointment, now=monday(11))


def test_nobody_arrives_on_an_earlier_day(book, reception):
    appointment = book()
    with pytest.raises(ValidationError, match="is on 23-Nov-2026"):
        actions.step_forward(by=reception, appointment=appointment, to="arrived", now=NOW)
    assert actions.step_forward(by=reception, appointment=appointment, now=NOW).status == (
        Status.CONFIRMED
    )


def test_the_second_of_two_taps_changes_nothing(book, reception):
    appointment = book()
    for person in (reception, ReceptionFactory()):
        try:
            actions.step_forward(
                by=person, appointment=appointment, to="arrived", seen="booked", now=monday(10)
            )
        except ValidationError as error:
            assert error.messages == ["It stands at “Arrived” already."]
    appointment.refresh_from_db()
    assert appointment.status == Status.ARRIVED
    assert len(events(appointment)) == 2


def test_a_no_show_can_be_recorded_from_its_time_on_and_undone(book, reception):
    appointment = book()
    with pytest.raises(ValidationError, match="has not come yet"):
        actions.no_show(by=reception, appointment=appointment, now=monday(9, 59))
    row = actions.no_show(by=reception, appointment=appointment, now=monday(10, 20))
    assert row.status == Status.NO_SHOW
    assert actions.step_back(by=reception, appointment=row, now=monday(10, 25)).status == "booked"


def test_a_patient_who_arrived_is_no_no_show(book, reception):
    appointment = book()
    actions.step_forward(by=reception, appointment=appointment, to="arrived", now=monday(10))
    with pytest.raises(ValidationError, match="“No-show” cannot follow “Arrived”"):
        actions.no_show(by=reception, appointment=appointment, now=monday(11))


def test_a_no_show_whose_time_was_given_away_cannot_be_undone(book, reception, site):
    missed = book()
    actions.no_show(by=reception, appointment=missed, now=monday(10))
    book(patient=PatientFactory(site=site), now=monday(10))
    with pytest.raises(ValidationError) as error:
        actions.step_back(by=reception, appointment=missed, now=monday(10, 20))
    assert set(sentences(error)) == {"practitioner", "room"}
