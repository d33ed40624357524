"""Changing a booking: nothing is lost, nobody is overwritten, and the way on is shown."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from clinic.booking import actions
from clinic.booking.models import Appointment
from clinic.booking.templatetags.booking import minutes_in_words
from tests.booking.conftest import NOW, monday
from tests.booking.pages import MONDAY, new_url, text
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory, SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


def page_of(desk, name: str, appointment) -> str:
    return text(desk.get(reverse(f"booking:{name}", args=[appointment.pk])))


def first_submit(page: str) -> str:
    """The button that Enter presses: the first submit of the form with the fields."""
    form = page[page.index('class="form"') :]
    match = re.search(r'<button type="submit"[^>]*>', form)
    assert match
    return match[0]


def test_enter_books_and_does_not_only_show_the_times(desk, patient, book):
    assert "name=" not in first_submit(text(desk.get(new_url(patient))))
    assert "name=" not in first_submit(page_of(desk, "move", book()))


def test_moving_keeps_the_room_that_is_free_then(desk, book, site, doctor):
    second = RoomFactory(site=site, name="Room 2")
    appointment = book(room=second)
    url = reverse("booking:move", args=[appointment.pk])
    page = text(desk.get(url))
    assert f'value="14:00/{doctor.pk}/{second.pk}"' in page
    typed = {"date": MONDAY, "practitioner": str(doctor.pk), "time": "14:05", "revision": "0"}
    answer = desk.post(url, typed, follow=True)
    appointment.refresh_from_db()
    assert (appointment.room, appointment.starts_at) == (second, monday(14, 5))
    said = "Moved to Monday 23-Nov-2026 14:05, Dr Amy Test, Room 2."
    assert said in text(answer)


def test_moving_takes_another_room_when_the_own_one_is_taken(desk, book, site, room):
    second = RoomFactory(site=site, name="Room 2")
    appointment = book(room=second)
    other = ClinicianFactory(sites=[site])
    book(patient=PatientFactory(), practitioner=other, room=second, starts_at=monday(14))
    url = reverse("booking:move", args=[appointment.pk])
    typed = {"date": MONDAY, "practitioner": str(appointment.practitioner_id), "revision": "0"}
    answer = desk.post(url, typed | {"time": "14:00"}, follow=True)
    assert "Dr Amy Test, Room 1." in text(answer)


def test_the_time_stays_chosen_when_another_free_room_is_asked_for(desk, patient, service, room):
    second = RoomFactory(site=room.site, name="Room 2")
    doctor = ClinicianFactory(sites=[room.site])
    typed = {
        "service": service.slug,
        "site": room.site.slug,
        "practitioner": str(doctor.pk),
        "date": MONDAY,
        "slot": f"11:00/{doctor.pk}/{room.pk}",
        "room": str(second.pk),
        "show": "1",
    }
    page = text(desk.post(new_url(patient), typed))
    assert re.search(rf'value="11:00/{doctor.pk}/{second.pk}"\s+checked', page)


def test_the_time_stays_chosen_when_another_person_is_asked_for(desk, patient, service, room):
    first, second = ClinicianFactory(sites=[room.site]), ClinicianFactory(sites=[room.site])
    typed = {
        "service": service.slug,
        "site": room.site.slug,
        "practitioner": str(second.pk),
        "date": MONDAY,
        "slot": f"11:00/{first.pk}/{room.pk}",
        "show": "1",
    }
    page = text(desk.post(new_url(patient), typed))
    assert re.search(rf'value="11:00/{second.pk}/{room.pk}"\s+checked', page)


def test_a_time_that_is_not_free_in_the_room_is_said_to_be_gone(desk, patient, service, book, site):
    second = RoomFactory(site=site, name="Room 2")
    other = ClinicianFactory(sites=[site])
    book(patient=PatientFactory(), practitioner=other, room=second, starts_at=monday(11))
    typed = {
        "service": service.slug,
        "site": site.slug,
        "date": MONDAY,
        "slot": f"11:00/{other.pk}/{RoomFactory(site=site).pk}",
        "room": str(second.pk),
        "show": "1",
    }
    page = text(desk.post(new_url(patient), typed))
    assert "11:00 is not free for 30 minutes. These times are." in page


@pytest.mark.parametrize("ahead", [timedelta(days=731), timedelta(days=26_000)])
def test_a_visit_further_ahead_than_two_years_is_refused(book, ahead):
    with pytest.raises(ValidationError) as error:
        book(starts_at=monday(10) + ahead)
    assert "is more than two years ahead. Check the year." in str(error.value)
    assert not Appointment.objects.exists()


def test_a_visit_within_two_years_is_booked(book):
    assert book(starts_at=monday(10) + timedelta(days=700)).pk


@pytest.mark.parametrize(
    "starts_at", [monday(10, 7), monday(10).replace(second=30), monday(10).replace(microsecond=1)]
)
def test_a_time_between_two_steps_of_the_diary_is_refused_wherever_it_comes_from(book, starts_at):
    with pytest.raises(ValidationError) as error:
        book(starts_at=starts_at)
    assert "steps of five minutes" in str(error.value)


def test_what_is_in_the_way_is_linked_with_what_to_do(desk, book, patient, service, doctor, room):
    first = book(patient=PatientFactory(family_name="First", site=room.site))
    typed = {
        "service": service.slug,
        "site": room.site.slug,
        "date": MONDAY,
        "slot": f"10:00/{doctor.pk}/{room.pk}",
    }
    page = text(desk.post(new_url(patient), typed))
    assert page.count(f'href="{reverse("booking:appointment", args=[first.pk])}"') == 1
    assert "Choose another time, person or room." in page


def test_a_strangers_visit_in_the_way_is_not_linked(desk, book, service, doctor, room, patient):
    far = RoomFactory(site=SiteFactory())
    doctor.sites.add(far.site)
    stranger = PatientFactory(family_name="Secret", site=far.site)
    hidden = book(by=ReceptionFactory(sites=[far.site]), patient=stranger, site=far.site, room=far)
    typed = {
        "service": service.slug,
        "site": room.site.slug,
        "date": MONDAY,
        "slot": f"10:00/{doctor.pk}/{room.pk}",
    }
    answer = desk.post(new_url(patient), typed)
    assert answer.status_code == 422
    assert str(hidden.pk) not in text(answer)
    assert "SECRET" not in text(answer)


def test_a_cancelled_visit_offers_to_book_again_and_a_way_back(desk, book, reception, patient):
    appointment = book()
    assert "Book again" not in page_of(desk, "appointment", appointment)
    actions.cancel(by=reception, appointment=appointment, reason="Unwell", now=NOW)
    page = page_of(desk, "appointment", appointment)
    again = re.search(r'href="(/diary/new/[^"]*)">(?:(?!</a>).)*Book again', page, re.DOTALL)
    assert again
    form = text(desk.get(again[1].replace("&amp;", "&")))
    assert re.search(r'value="consultation"\s+selected', form)
    assert re.search(rf'value="{appointment.practitioner_id}"\s+selected', form)
    assert f'href="{reverse("booking:for_patient", args=[patient.pk])}"' in page


@pytest.mark.parametrize("revision", ["0", "", "junk"])
def test_who_cancels_from_an_old_page_is_told_and_nothing_is_cancelled(
    desk, book, reception, revision
):
    appointment = book()
    actions.move(
        by=reception,
        appointment=appointment,
        starts_at=monday(14),
        practitioner=appointment.practitioner,
        room=appointment.room,
        now=NOW,
    )
    url = reverse("booking:cancel", args=[appointment.pk])
    answer = desk.post(url, {"reason": "Unwell", "revision": revision})
    assert answer.status_code == 422
    assert "Somebody else changed this appointment meanwhile." in text(answer)
    appointment.refresh_from_db()
    assert appointment.cancelled_at is None


@pytest.mark.parametrize("name", ["appointment", "cancel"])
def test_the_pages_that_cancel_carry_the_revision(desk, book, name):
    page = page_of(desk, name, book())
    assert 'name="revision" value="0"' in re.sub(r"\s+", " ", page)


def test_moving_promises_messages_only_to_whom_they_go(desk, book, patient):
    appointment = book()
    assert "A reminder follows 48 hours before the visit" in page_of(desk, "move", appointment)
    patient.contact_allowed = ["email:care"]
    patient.save()
    page = page_of(desk, "move", appointment)
    assert "tell them the new time yourself" in page
    assert "reminder follows" not in page


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h 0 min"), (400, "6 h 40 min")]
)
def test_long_waits_are_written_in_hours(minutes, words):
    assert minutes_in_words(minutes) == words


def test_the_board_writes_a_long_delay_in_hours(desk, book):
    book()
    with time_machine.travel(monday(16, 40), tick=False):
        assert "6 h 40 min late" in text(desk.get(reverse("booking:arrivals")))
