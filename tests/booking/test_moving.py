"""Moving and cancelling a visit."""

import pytest
from django.core.exceptions import ValidationError

from clinic.booking import actions
from clinic.booking.models import Status
from clinic.staff.models import User
from patients.models import SiteRegistration
from tests.booking.conftest import NOW, monday
from tests.booking.words import events, sentences
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory, SiteFactory
from tests.factories.staff import ReceptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def move(reception):
    def do(appointment, **changes):
        values = {
            "by": reception,
            "appointment": appointment,
            "starts_at": appointment.starts_at,
            "practitioner": appointment.practitioner,
            "room": appointment.room,
            "now": NOW,
        }
        return actions.move(**(values | changes))

    return do


def test_a_move_keeps_the_length_forgets_the_confirmation_and_is_audited(book, move, reception):
    appointment = book(duration_minutes=45)
    actions.step_forward(by=reception, appointment=appointment, now=NOW)
    moved = move(appointment, starts_at=monday(14))
    assert (moved.starts_at, moved.ends_at) == (monday(14), monday(14, 45))
    assert (moved.status, moved.confirmed_at, moved.revision) == (Status.BOOKED, None, 1)
    assert events(appointment)[-1] == (
        "moved Consultation from 23-Nov-2026 10:00 to 23-Nov-2026 14:00"
    )


def test_an_appointment_is_not_in_its_own_way(book, move):
    assert move(book(), starts_at=monday(10, 10)).starts_at == monday(10, 10)


def test_a_move_is_refused_where_another_appointment_stands(book, move, site):
    book()
    other = book(patient=PatientFactory(family_name="Second"), starts_at=monday(11))
    with pytest.raises(ValidationError) as error:
        move(other, starts_at=monday(10, 15))
    assert set(sentences(error)) == {"practitioner", "room"}
    other.refresh_from_db()
    assert other.starts_at == monday(11)


def test_another_room_keeps_the_confirmation(book, move, reception, site):
    appointment = book()
    actions.step_forward(by=reception, appointment=appointment, now=NOW)
    moved = move(appointment, room=RoomFactory(site=site))
    assert moved.status == Status.CONFIRMED


def test_the_room_decides_the_site(book, move, doctor):
    appointment = book()
    elsewhere = RoomFactory(site=SiteFactory())
    doctor.sites.add(elsewhere.site)
    moved = move(appointment, room=elsewhere, practitioner=User.objects.get(pk=doctor.pk))
    assert moved.site == elsewhere.site
    assert SiteRegistration.objects.filter(
        patient=appointment.patient, site=elsewhere.site
    ).exists()


def test_a_move_to_where_it_stands_says_so(book, move):
    with pytest.raises(ValidationError, match="already"):
        move(book())


def test_the_second_of_two_movers_is_told(book, move):
    appointment = book()
    move(appointment, starts_at=monday(14), revision=0)
    with pytest.raises(ValidationError, match="Somebody else changed"):
        move(appointment, starts_at=monday(15), revision=0)


def test_a_visit_that_is_over_cannot_be_moved(book, move, reception):
    appointment = book()
    actions.cancel(by=reception, appointment=appointment, reason="Unwell", now=NOW)
    with pytest.raises(ValidationError, match="cannot be moved"):
        move(appointment, starts_at=monday(14))


def test_a_waiting_patient_may_be_given_another_room_but_not_another_time(
    book, move, reception, site
):
    appointment = book()
    now = monday(9, 55)
    actions.step_forward(by=reception, appointment=appointment, to=Status.ARRIVED, now=now)
    moved = move(appointment, room=RoomFactory(site=site), now=monday(10, 5))
    assert moved.status == Status.ARRIVED
    with pytest.raises(ValidationError, match="cannot be moved"):
        move(appointment, starts_at=monday(14), now=now)


def test_nobody_moves_or_cancels_at_a_site_where_they_do_not_work(book, move):
    stranger = ReceptionFactory(sites=[SiteFactory()])
    appointment = book()
    with pytest.raises(ValidationError, match="where you do not work"):
        move(appointment, by=stranger, starts_at=monday(14))
    with pytest.raises(ValidationError, match="where you do not work"):
        actions.cancel(by=stranger, appointment=appointment, reason="Unwell", now=NOW)


def test_a_cancellation_has_a_person_a_time_and_a_reason(book, reception):
    appointment = actions.cancel(by=reception, appointment=book(), reason=" Unwell ", now=NOW)
    assert appointment.status == Status.CANCELLED
    assert (appointment.cancelled_by, appointment.cancelled_at) == (reception, NOW)
    assert appointment.cancelled_reason == "Unwell"
    assert events(appointment)[-1] == "cancelled Consultation of 23-Nov-2026 10:00"


def test_a_cancellation_without_a_reason_changes_nothing(book, reception):
    appointment = book()
    with pytest.raises(ValidationError) as error:
        actions.cancel(by=reception, appointment=appointment, reason="  ", now=NOW)
    assert "reason" in sentences(error)
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_a_cancelled_appointment_cannot_be_cancelled_again(book, reception):
    appointment = actions.cancel(by=reception, appointment=book(), reason="Unwell", now=NOW)
    with pytest.raises(ValidationError, match="cannot be cancelled"):
        actions.cancel(by=reception, appointment=appointment, reason="Unwell", now=NOW)
