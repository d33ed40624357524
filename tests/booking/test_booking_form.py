"""The form to book: what it offers, what it refuses, and what stays typed on an error."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinic.booking import actions
from clinic.booking.models import Appointment
from clinic.practice.models import Room
from tests.booking.conftest import NOW, monday
from tests.booking.pages import MONDAY, new_url, text
from tests.factories.patients import PatientFactory
from tests.factories.practice import (
    ReviewServiceFactory,
    RoomFactory,
    SiteFactory,
    TreatmentServiceFactory,
)
from tests.factories.staff import ClinicianFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


@pytest.fixture
def typed(service, site, doctor, room):
    return {
        "service": service.slug,
        "site": site.slug,
        "practitioner": str(doctor.pk),
        "date": MONDAY,
        "slot": f"10:00/{doctor.pk}/{room.pk}",
        "time": "",
        "duration_minutes": "",
        "room": "",
        "note": "Wheelchair",
    }


def test_the_patient_is_found_first_and_the_rest_of_the_address_stays(desk, patient, doctor):
    page = text(desk.get(new_url(q="testperson", date=MONDAY, time="10:00")))
    assert f"?patient={patient.pk}&amp;date={MONDAY}&amp;time=10%3A00" in page
    assert "Born 22-Nov-1980" in page


def test_a_stranger_is_neither_found_nor_booked(desk, typed):
    stranger = PatientFactory(family_name="Secret", site=SiteFactory())
    assert "Nobody like" in text(desk.get(new_url(q="secret")))
    assert desk.get(new_url(stranger)).status_code == 404
    assert desk.post(new_url(stranger), typed).status_code == 404
    assert desk.get(reverse("booking:new", query={"patient": "junk"})).status_code == 404


def test_the_form_shows_the_banner_and_asks_for_a_service(desk, patient, doctor):
    page = text(desk.get(new_url(patient)))
    assert "TESTPERSON, Invented" in page
    assert "Choose a service and a day" in page


def test_the_free_times_of_the_day_are_buttons(desk, patient, service, doctor, book):
    book(patient=PatientFactory())
    page = text(desk.get(new_url(patient, service=service.slug, date=MONDAY)))
    assert "Free times on Monday 23-Nov-2026" in page
    assert 'id="slot-0930"' in page
    assert 'id="slot-0945"' not in page
    assert 'id="slot-1000"' not in page
    assert 'id="slot-1030"' in page


def test_the_time_tapped_in_the_diary_is_chosen_when_it_is_free(
    desk, patient, service, doctor, room
):
    url = new_url(patient, service=service.slug, date=MONDAY, time="10:05", practitioner=doctor.pk)
    page = text(desk.get(url))
    assert re.search(rf'value="10:05/{doctor.pk}/{room.pk}"\s+checked', page)


def test_the_time_tapped_in_the_diary_is_remembered_until_a_service_is_chosen(
    desk, patient, service, doctor, room
):
    page = text(desk.get(new_url(patient, date=MONDAY, time="10:30")))
    assert 'name="wanted" value="10:30"' in page
    answer = desk.post(
        new_url(patient),
        {"service": service.slug, "site": "henley", "date": MONDAY, "wanted": "10:30", "show": "1"},
    )
    assert answer.status_code == 200
    assert re.search(r'id="slot-1030"[^>]*checked', text(answer))


def test_another_service_keeps_the_time_that_was_pressed(desk, patient, typed, site, doctor):
    theatre = RoomFactory(site=site, kind=Room.Kind.TREATMENT)
    service = TreatmentServiceFactory()
    answer = desk.post(new_url(patient), {**typed, "service": service.slug, "show": "1"})
    assert re.search(rf'value="10:00/{doctor.pk}/{theatre.pk}"\s+checked', text(answer))


def test_showing_the_free_times_books_nothing(desk, patient, typed):
    answer = desk.post(new_url(patient), {**typed, "show": "1"})
    assert answer.status_code == 200
    assert "Wheelchair" in text(answer)
    assert not Appointment.objects.exists()


def test_pressing_a_free_time_books_it(desk, patient, typed, doctor, room):
    answer = desk.post(new_url(patient), typed)
    appointment = Appointment.objects.get()
    assert answer.url == reverse("booking:appointment", args=[appointment.pk])
    assert (appointment.starts_at, appointment.practitioner, appointment.room) == (
        monday(10),
        doctor,
        room,
    )
    assert appointment.note == "Wheelchair"
    assert "Booked for 23-Nov-2026 10:00 with Dr Amy Test." in text(desk.get(answer.url))


def test_a_visit_too_near_for_a_reminder_says_so_when_booked_and_afterwards(desk, patient, typed):
    near = "No reminder follows: one goes out 48 hours before a visit, and this is too near."
    answer = desk.post(new_url(patient), typed)  # on the Monday, a day ahead
    assert text(desk.get(answer.url)).count(near) == 2, "the message and the page's own line"
    assert text(desk.get(answer.url)).count(near) == 1
    answer = desk.post(new_url(patient), typed | {"date": "2026-11-30"})
    assert near not in text(desk.get(answer.url))


def test_a_patient_to_whom_nothing_is_written_has_no_line_about_a_reminder(desk, patient, typed):
    type(patient).objects.filter(pk=patient.pk).update(contact_allowed=["email:care"])
    page = text(desk.get(desk.post(new_url(patient), typed).url))
    assert "Nothing was written to the patient about this appointment." in page
    assert "No reminder follows" not in page


def test_whoever_walked_in_some_minutes_ago_is_booked_by_typing_the_time(desk, patient, typed):
    typed |= {"date": "2026-11-22", "slot": "", "time": "08:40"}  # it is 09:00
    assert desk.post(new_url(patient), typed).status_code == 302
    assert Appointment.objects.get().starts_at == NOW - timedelta(minutes=20)


def test_another_time_may_be_typed_and_a_free_room_is_found(desk, patient, typed, book, site):
    other_room = RoomFactory(site=site, name="Room 2")
    book(patient=PatientFactory(), practitioner=ClinicianFactory(sites=[site]))
    typed |= {"slot": "", "time": "10:05", "duration_minutes": "20"}
    desk.post(new_url(patient), typed)
    appointment = Appointment.objects.get(patient=patient)
    assert (appointment.starts_at, appointment.room) == (monday(10, 5), other_room)
    assert appointment.duration_minutes == 20


def test_a_conflict_comes_back_on_the_form_with_what_was_typed(desk, patient, typed, book):
    book(patient=PatientFactory(family_name="First"))
    answer = desk.post(new_url(patient), typed)
    page = text(answer)
    assert answer.status_code == 422
    assert "Dr Amy Test is booked 10:00–10:30" in page
    assert "Wheelchair" in page
    assert f'value="{MONDAY}"' in page
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"service": ""}, "Choose a service."),
        ({"slot": ""}, "Choose one of the free times, or write another."),
        ({"slot": "junk"}, "Choose one of the free times"),
        ({"slot": "10:00/x/y"}, "Choose one of the free times"),
        ({"slot": "", "time": "25:00"}, "Write the time as 14:30."),
        ({"slot": "", "time": "10:03"}, "steps of five minutes"),
        ({"slot": "", "time": "10:00", "practitioner": ""}, "Choose who will see the patient"),
        ({"time": "11:00"}, "10:00 is chosen and 11:00 is written. Clear one of the two."),
        ({"date": "2026-11-21"}, "That time is past."),
        ({"date": ""}, "Choose a day."),
        ({"date": "3026-11-23"}, "Choose a day between 2000 and 2100."),
        ({"duration_minutes": "-5"}, "This must be between 5 and"),
        ({"slot": "", "time": "07:00"}, "is open from 08:00 to 20:00"),
        ({"note": "x" * 201}, "at most 200 characters"),
        ({"site": "nowhere"}, "Choose one of those listed."),
        ({"practitioner": "junk"}, "Choose one of those listed."),
    ],
)
def test_whatever_is_wrong_is_said_and_nothing_is_booked(desk, patient, typed, changes, sentence):
    answer = desk.post(new_url(patient), typed | changes)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Appointment.objects.exists()


def test_a_time_that_the_clocks_leave_out_is_refused_on_the_form(desk, patient, typed, site):
    site.opens_at = site.opens_at.replace(hour=0)
    site.save()
    typed |= {"date": "2027-03-28", "slot": "", "time": "01:30"}
    answer = desk.post(new_url(patient), typed)
    assert answer.status_code == 422
    assert "There is no 01:30 on 28-Mar-2027" in text(answer)


def test_somebody_elses_offered_time_is_not_booked_behind_ones_back(desk, patient, typed, site):
    typed["practitioner"] = str(ClinicianFactory(sites=[site]).pk)
    answer = desk.post(new_url(patient), typed)
    assert answer.status_code == 422
    assert "That time was offered with Dr Amy Test." in text(answer)


def test_a_review_travels_through_the_form_to_what_wants_it(desk, patient, typed, monkeypatch):
    calls = []
    monkeypatch.setattr(
        actions, "after_booking", [lambda appointment, *, by, context: calls.append(context)]
    )
    service = ReviewServiceFactory()
    review = str(uuid4())
    page = text(desk.get(new_url(patient, review=review)))
    assert f'name="review" value="{review}"' in re.sub(r"\s+", " ", page)
    assert re.search(rf'value="{service.slug}"\s+selected', page)
    desk.post(new_url(patient), {**typed, "review": review})
    assert calls == [{"review": review}]


def test_the_rooms_offered_are_of_the_site_and_fit_the_service(desk, patient, site, room):
    theatre = RoomFactory(site=site, name="Theatre", kind=Room.Kind.TREATMENT)
    far = RoomFactory(name="Far Room", kind=Room.Kind.TREATMENT)
    service = TreatmentServiceFactory()
    page = text(desk.get(new_url(patient, service=service.slug)))
    assert theatre.name in page
    assert far.name not in page
    assert "Room 1<" not in page
