"""The board of arrivals: who is expected, late and waiting, and one tap for each step."""

import pytest
import time_machine
from django.urls import reverse

from clinic.booking import actions
from clinic.booking.models import Status
from patients.phone import readable
from tests.booking.conftest import NOW, monday
from tests.booking.pages import fill, text
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import (
    SiteFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


@pytest.fixture
def monday_morning():
    with time_machine.travel(monday(10, 12), tick=False):
        yield


def tap(desk, appointment, htmx: bool = True, **values: str):
    headers = {"HX-Request": "true"} if htmx else {}
    url = reverse("booking:step", args=[appointment.pk])
    return desk.post(url, {"board": "1", **values}, headers=headers)


def test_the_board_says_who_is_expected_late_and_waiting(desk, book, reception):
    late = book()
    waiting = book(patient=PatientFactory(family_name="Early"), starts_at=monday(10, 30))
    actions.step_forward(by=reception, appointment=waiting, to="arrived", now=monday(9, 55))
    with time_machine.travel(monday(10, 12), tick=False):
        page = text(desk.get(reverse("booking:arrivals")))
    assert "12 min late" in page
    assert "waiting 17 min" in page
    assert late.patient.family_name.upper() in page


def test_one_tap_forward_and_one_tap_back(desk, book, monday_morning):
    appointment = book(starts_at=monday(10), now=NOW)
    answer = tap(desk, appointment, to="arrived", seen="booked")
    assert answer.status_code == 200
    assert "waiting 0 min" in text(answer)
    assert "<html" not in text(answer)
    assert "TESTPERSON, Invented: Arrived" in text(answer)
    assert "Expected" in text(tap(desk, appointment, way="back", seen="arrived"))
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_each_button_of_the_board_says_what_it_does(desk, book, monday_morning):
    appointment = book(starts_at=monday(10), now=NOW)
    assert "Check in<span" in text(desk.get(reverse("booking:arrivals")))
    assert "Take to room" in text(tap(desk, appointment, to="arrived", seen="booked"))
    in_room = text(tap(desk, appointment, to="in_room", seen="arrived"))
    assert "Finish visit" in in_room
    assert "Back to arrived" in in_room


def test_the_board_works_without_scripts(desk, book, monday_morning):
    appointment = book(starts_at=monday(10), now=NOW)
    answer = tap(desk, appointment, htmx=False, to="arrived", seen="booked")
    assert answer.status_code == 302
    assert answer.url == "/arrivals/?site=henley"


def test_a_tap_that_comes_too_late_is_explained(desk, book, monday_morning):
    appointment = book(starts_at=monday(10), now=NOW)
    tap(desk, appointment, to="arrived", seen="booked")
    answer = tap(desk, appointment, to="arrived", seen="booked")
    assert answer.status_code == 422
    assert "It stands at “Arrived” already." in text(answer)


@pytest.mark.parametrize(
    "values", [{"way": "sideways"}, {"to": "junk"}, {"to": "done"}, {"way": "back"}]
)
def test_an_impossible_tap_changes_nothing(desk, book, monday_morning, values):
    appointment = book(starts_at=monday(10), now=NOW)
    assert tap(desk, appointment, **values).status_code == 422
    url = reverse("booking:step", args=[appointment.pk])
    answer = desk.post(url, values)
    assert answer.status_code == 422
    assert "Nothing was changed" in text(answer)
    appointment.refresh_from_db()
    assert appointment.status == Status.BOOKED


def test_a_no_show_is_one_tap(desk, book, monday_morning):
    appointment = book(starts_at=monday(10), now=NOW)
    tap(desk, appointment, way="no_show", seen="booked")
    appointment.refresh_from_db()
    assert appointment.status == Status.NO_SHOW


def test_who_has_not_confirmed_for_tomorrow_stands_below_with_a_phone_number(desk, book):
    appointment = book()
    page = text(desk.get(reverse("booking:arrivals")))
    assert readable(appointment.patient.phone) in page
    tap(desk, appointment, to="confirmed", seen="booked")
    page = text(desk.get(reverse("booking:arrivals")))
    assert readable(appointment.patient.phone) not in page


def test_the_board_keeps_the_latest_who_are_done_and_counts_the_others(desk, site, room):
    for hour in range(8, 18):
        moment = monday(hour)
        AppointmentFactory(
            room=room, starts_at=moment, arrived_at=moment, in_room_at=moment, done_at=moment
        )
    with time_machine.travel(monday(18), tick=False):
        page = text(desk.get(reverse("booking:arrivals")))
    assert page.count('class="board-card"') == 8
    assert "2 earlier, in the list of the day" in page
    assert "08:00" not in page


def test_another_sites_board_is_not_there(desk):
    SiteFactory(slug="far")
    assert desk.get(reverse("booking:arrivals", query={"site": "far"})).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_arrivals_board_asks_as_often_for_many_as_for_one(
    desk, site, count, django_assert_max_num_queries
):
    fill(site, count)
    with time_machine.travel(monday(9), tick=False), django_assert_max_num_queries(8):
        desk.get(reverse("booking:arrivals"))
