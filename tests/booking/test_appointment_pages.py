"""The pages of one appointment, and a patient's list of theirs."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.audit.models import Event
from patients.models import SiteRegistration
from tests.booking.conftest import NOW, monday
from tests.booking.pages import MONDAY, text
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import (
    RoomFactory,
    SiteFactory,
)
from tests.factories.staff import ReceptionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


def test_the_appointment_page_says_who_what_when_where_and_what_was_told(desk, book):
    appointment = book(note="Wheelchair")
    page = text(desk.get(reverse("booking:appointment", args=[appointment.pk])))
    for words in (
        "TESTPERSON, Invented",
        "10:00–10:30 (30 minutes)",
        "Room 1, Henley Test Site",
        "Dr Amy Test",
        "Wheelchair",
        "Appointment confirmation",
    ):
        assert words in page


def test_opening_an_appointment_is_on_record(desk, book, patient):
    appointment = book()
    desk.get(reverse("booking:appointment", args=[appointment.pk]))
    opened = Event.objects.about_patient(patient.pk).filter(kind="patients.viewed")
    assert [event.sentence for event in opened] == ["opened an appointment"]


def test_another_sites_appointment_is_not_there(desk):
    room = RoomFactory()
    appointment = AppointmentFactory(room=room, patient=PatientFactory(site=room.site))
    for name in ("appointment", "move", "cancel"):
        assert desk.get(reverse(f"booking:{name}", args=[appointment.pk])).status_code == 404
    assert desk.post(reverse("booking:step", args=[appointment.pk])).status_code == 404


def test_a_known_patients_visit_elsewhere_may_be_seen_but_not_changed(desk, patient):
    room = RoomFactory()
    SiteRegistration.objects.create(patient=patient, site=room.site)
    appointment = AppointmentFactory(room=room, patient=patient)
    page = desk.get(reverse("booking:appointment", args=[appointment.pk]))
    assert page.status_code == 200
    assert reverse("booking:move", args=[appointment.pk]) not in text(page)
    assert desk.get(reverse("booking:move", args=[appointment.pk])).status_code == 403
    assert desk.post(reverse("booking:step", args=[appointment.pk])).status_code == 403


def test_admin_sees_appointments_and_changes_none(client_of, admin, book):
    browser = client_of(admin)
    appointment = book()
    page = browser.get(reverse("booking:appointment", args=[appointment.pk]))
    assert page.status_code == 200
    for name in ("move", "cancel"):
        assert browser.get(reverse(f"booking:{name}", args=[appointment.pk])).status_code == 403
    assert browser.post(reverse("booking:step", args=[appointment.pk])).status_code == 403


def test_the_step_answers_only_to_a_post(desk, book):
    appointment = book()
    assert desk.get(reverse("booking:step", args=[appointment.pk])).status_code == 405


def test_moving_shows_free_times_and_moves(desk, book, doctor, room):
    appointment = book()
    url = reverse("booking:move", args=[appointment.pk])
    assert 'id="slot-1000"' in text(desk.get(url))
    answer = desk.post(
        url,
        {
            "practitioner": str(doctor.pk),
            "date": MONDAY,
            "slot": f"14:00/{doctor.pk}/{room.pk}",
            "revision": "0",
        },
    )
    assert answer.status_code == 302
    appointment.refresh_from_db()
    assert appointment.starts_at == monday(14)


def test_the_second_mover_is_told_and_nothing_is_overwritten(desk, book, doctor, room):
    appointment = book()
    url = reverse("booking:move", args=[appointment.pk])
    typed = {"date": MONDAY, "revision": "0"}
    desk.post(url, typed | {"slot": f"14:00/{doctor.pk}/{room.pk}"})
    answer = desk.post(url, typed | {"slot": f"15:00/{doctor.pk}/{room.pk}"})
    assert answer.status_code == 422
    assert "Somebody else changed this appointment" in text(answer)
    appointment.refresh_from_db()
    assert appointment.starts_at == monday(14)


def test_the_page_to_move_says_how_to_change_the_site(desk, book, client_of, site):
    appointment = book(starts_at=monday(10), now=NOW)
    address = reverse("booking:move", args=[appointment.pk])
    assert "book anew there" not in text(desk.get(address))
    at_two = client_of(ReceptionFactory(sites=[site, SiteFactory()]))
    assert "book anew there" in text(at_two.get(address))


def test_cancelling_needs_a_reason_and_keeps_it(desk, book):
    appointment = book()
    url = reverse("booking:cancel", args=[appointment.pk])
    answer = desk.post(url, {"reason": " ", "revision": "0"})
    assert answer.status_code == 422
    assert "Say why it is cancelled." in text(answer)
    assert desk.post(url, {"reason": "Unwell", "revision": "0"}).status_code == 302
    page = text(desk.get(reverse("booking:appointment", args=[appointment.pk])))
    assert "Unwell" in page
    assert "Cancelled by" in page


def test_a_patients_appointments_are_listed_with_what_is_to_come_first(desk, book, patient, room):
    book()
    AppointmentFactory(patient=patient, room=room, starts_at=NOW - timedelta(days=30), done_at=NOW)
    page = text(desk.get(reverse("booking:for_patient", args=[patient.pk])))
    assert "1 to come, 1 before" in page
    assert page.index("Mon 23-Nov-2026 10:00") < page.index("23-Oct-2026 10:00")
    stranger = PatientFactory(site=SiteFactory())
    assert desk.get(reverse("booking:for_patient", args=[stranger.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_patients_list_asks_as_often_for_many_as_for_one(
    desk, patient, room, count, django_assert_max_num_queries
):
    for number in range(count):
        AppointmentFactory(patient=patient, room=room, starts_at=monday(10 + number))
    with django_assert_max_num_queries(9):
        desk.get(reverse("booking:for_patient", args=[patient.pk]))
