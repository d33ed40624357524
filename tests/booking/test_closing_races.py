"""A visit and the closing of its patient's case at the same moment: one waits for the other."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from clinic.booking import actions
from clinic.booking.models import Appointment, Status
from patients.actions.cases import close_case
from patients.models import Case
from tests.booking.conftest import NOW, monday
from tests.booking.test_races import at_once
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.practice import RoomFactory, SiteFactory
from tests.races import one_after_the_other

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(patient, doctor):
    return CaseFactory(patient=patient, clinician=doctor, opened_at=NOW - timedelta(days=90))


@pytest.fixture
def close(case, doctor):
    """Return a function that closes the patient's case."""

    def do(now=NOW) -> Case:
        return close_case(by=doctor, case=case, outcome="discharged", now=now)

    return do


def _refused(result: object) -> str:
    assert isinstance(result, ValidationError), result
    return result.messages[0]


def test_a_case_is_not_closed_behind_a_booking_that_is_under_way(book, close, case):
    _, closed = one_after_the_other(book, close)
    assert "Consultation on 23-Nov-2026 10:00 at Henley Test Site is still to come" in _refused(
        closed
    )
    case.refresh_from_db()
    assert case.closed_at is None


def test_a_case_is_not_closed_behind_a_move_into_the_future(close, reception, patient, room):
    missed = AppointmentFactory(patient=patient, room=room, starts_at=NOW - timedelta(days=3))

    def move() -> Appointment:
        return actions.move(
            by=reception,
            appointment=missed,
            starts_at=monday(10),
            practitioner=missed.practitioner,
            room=room,
            now=NOW,
        )

    moved, closed = one_after_the_other(move, close)
    assert moved.starts_at == monday(10)
    assert "is still to come" in _refused(closed)


def test_a_case_is_not_closed_behind_a_no_show_that_is_taken_back(book, close, reception):
    visit, now = book(), monday(10, 10)
    actions.no_show(by=reception, appointment=visit, now=now)
    _, closed = one_after_the_other(
        lambda: actions.step_back(by=reception, appointment=visit, now=now), lambda: close(now)
    )
    assert "is still to come" in _refused(closed)


def test_a_booking_waits_for_a_case_that_is_being_closed_and_then_stands_without_one(
    book, close, case
):
    """Whoever books a moment later books for a patient without a case: they may come back."""
    _, visit = one_after_the_other(close, book)
    assert visit.status == Status.BOOKED
    assert not Case.objects.open().filter(patient=case.patient).exists()


def test_bookings_moves_and_closings_that_cross_do_not_end_in_a_deadlock(
    book, doctor, site, reception
):
    """Bookings and moves to a site where the patients are new, while their cases are closed."""
    there = RoomFactory(site=SiteFactory())
    doctor.sites.add(there.site)
    cases = [CaseFactory(patient=PatientFactory(site=site), clinician=doctor) for _ in range(3)]
    visits = [
        AppointmentFactory(patient=case.patient, room__site=site, starts_at=monday(12 + hour))
        for hour, case in enumerate(cases)
    ]

    def moving(visit):
        return lambda: actions.move(
            by=reception,
            appointment=visit,
            starts_at=monday(15),
            practitioner=doctor,
            room=there,
            now=NOW,
        )

    def closing(case):
        return lambda: close_case(by=doctor, case=case, outcome="lost", now=NOW)

    def booking(case):
        return lambda: book(patient=case.patient, site=there.site, room=there)

    moves = [moving(visit) for visit in visits]
    bookings = [booking(case) for case in reversed(cases)]
    done, refused = at_once([*moves, *bookings, *(closing(case) for case in cases)])
    assert len(done) == 2, "one of the moves and one of the bookings"
    assert len(refused) == 7, "each other one, and each closing"
