"""The pages of the diary: what they show, whom they let in, and what stays typed on an error."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from clinic.audit.models import Event
from clinic.booking import actions
from clinic.booking.models import Appointment, Status
from clinic.practice.models import Room
from patients.models import SiteRegistration
from patients.phone import readable
from tests.booking.conftest import NOW, monday
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import (
    ReviewServiceFactory,
    RoomFactory,
    SiteFactory,
    TreatmentServiceFactory,
)
from tests.factories.staff import ClinicianFactory, ReceptionFactory

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-23"


@pytest.fixture(autouse=True)
def _sunday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client_of, site):
    """A browser at the front desk of the site."""
    return client_of(ReceptionFactory(sites=[site]))


def text(response) -> str:
    return response.content.decode()


def diary_url(**query: str) -> str:
    return reverse("booking:diary", query={"date": MONDAY, **query})


# The diary -------------------------------------------------------------------------------------


def test_the_diary_shows_the_day_in_columns_with_status_in_words(desk, book):
    book()
    page = text(desk.get(diary_url(site="henley")))
    assert "Monday 23-Nov-2026" in page
    assert "10:00 TESTPERSON, Invented" in page
    assert "Consultation · Room 1" in page
    assert 'class="visit at-120 len-6"' in page
    assert "Booked" in page
    assert 'class="diary diary-wide from-96"' in page


def test_the_columns_may_be_rooms_with_who_is_in_them(desk, book, doctor, room):
    book()
    RoomFactory(site=room.site, name="Room 2")
    page = text(desk.get(diary_url(site="henley", by="room")))
    assert ">Room 1</span><small>1 booked" in page
    assert ">Room 2</span><small>Nobody booked" in page
    assert f"Consultation · {doctor}" in page
    query = f"date={MONDAY}&amp;site=henley&amp;room={room.pk}&amp;time="
    assert f"{query}09:30" in page
    assert f"{query}10:00" not in page, "the room is taken"
    assert 'name="by" value="room"' in page, "another day keeps the rooms"


def test_a_whole_name_is_there_even_where_the_column_is_narrow(desk, book):
    book()
    assert 'title="10:00 TESTPERSON, Invented"' in text(desk.get(diary_url(site="henley")))


def test_an_hour_in_summer_stands_where_the_clock_on_the_wall_says(desk, book):
    book(starts_at=monday(9).replace(year=2027, month=6, day=1))
    page = text(desk.get(diary_url(date="2027-06-01")))
    assert "10:00 TESTPERSON" in page
    assert "visit at-120" in page


def test_a_free_place_leads_to_the_booking_form(desk, book, doctor):
    book()
    page = text(desk.get(diary_url()))
    query = f"date={MONDAY}&amp;site=henley&amp;practitioner={doctor.pk}&amp;time="
    assert f"{query}09:30" in page
    assert f"{query}10:00" not in page
    assert f"{query}10:30" in page


def test_a_past_day_offers_nothing_to_book(desk, doctor):
    assert 'class="free' not in text(desk.get(diary_url(date="2026-11-20")))


def test_today_offers_what_is_still_to_come_and_shows_the_time(desk, doctor):
    page = text(desk.get(diary_url(date="2026-11-22")))
    assert "time=08:30" not in page
    assert "time=09:30" in page
    assert "now-line at-108" in page


def test_who_only_looks_is_offered_nothing_to_book(client_of, admin, doctor):
    page = text(client_of(admin).get(diary_url(site="henley")))
    assert 'class="free' not in page
    assert doctor.family_name in page


def test_hours_at_another_site_are_taken_without_a_name(desk, book, doctor, site):
    elsewhere = RoomFactory(site=SiteFactory(name="Far Site"))
    stranger = PatientFactory(family_name="Secret", site=elsewhere.site)
    AppointmentFactory(room=elsewhere, practitioner=doctor, patient=stranger, starts_at=monday(14))
    page = text(desk.get(diary_url()))
    assert "At Far Site" in page
    assert "SECRET" not in page
    assert "time=14:00" not in page


def test_a_missed_visit_and_who_came_instead_stand_beside_each_other(desk, book, reception):
    missed = book()
    actions.no_show(by=reception, appointment=missed, now=monday(10))
    book(patient=PatientFactory(), now=monday(10))
    page = text(desk.get(diary_url()))
    assert "lane-1of2" in page
    assert "lane-2of2" in page


def test_a_cancelled_visit_leaves_its_place_and_is_listed_below(desk, book, reception):
    appointment = book()
    actions.cancel(by=reception, appointment=appointment, reason="Unwell", now=NOW)
    page = text(desk.get(diary_url()))
    assert 'class="visit ' not in page
    assert "<h2>Cancelled</h2>" in page
    assert "time=10:00" in page


def test_the_list_says_the_same_in_a_table(desk, book, reception):
    book()
    off = book(starts_at=monday(15))
    actions.cancel(by=reception, appointment=off, reason="Unwell", now=NOW)
    page = text(desk.get(diary_url(view="list")))
    assert "<caption" in page
    assert "10:00–10:30" in page
    assert "Cancelled" in page
    assert "Dr Amy Test" in page


def test_an_empty_day_says_so(desk, site):
    page = text(desk.get(diary_url()))
    assert "nobody is booked" in page


@pytest.mark.parametrize("day", ["abc", "2026-02-30", "1999-12-31", "9999-12-31"])
def test_an_impossible_day_is_refused_in_words(desk, day):
    response = desk.get(diary_url(date=day))
    assert response.status_code == 400
    assert "Choose a day between 2000 and 2100" in text(response)


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_the_first_and_last_day_of_the_diary_open(desk, day):
    assert desk.get(diary_url(date=day)).status_code == 200


def test_another_sites_diary_is_not_there(desk):
    SiteFactory(slug="far")
    assert desk.get(diary_url(site="far")).status_code == 404


def test_an_evaluator_has_no_diary(client_of, evaluator):
    browser = client_of(evaluator)
    assert browser.get(diary_url()).status_code == 403
    assert browser.get(reverse("booking:arrivals")).status_code == 403
    assert browser.get(reverse("booking:new")).status_code == 403


def fill(site, count: int) -> None:
    for number in range(count):
        AppointmentFactory(
            room=RoomFactory(site=site),
            practitioner=ClinicianFactory(sites=[site]),
            patient=PatientFactory(site=site),
            starts_at=monday(8 + number % 10),
        )


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_diary_asks_the_database_as_often_for_many_as_for_one(
    desk, site, count, django_assert_max_num_queries
):
    fill(site, count)
    with django_assert_max_num_queries(8):
        desk.get(diary_url(site=site.slug))


@pytest.mark.parametrize("count", [1, 3])
def test_the_arrivals_board_asks_as_often_for_many_as_for_one(
    desk, site, count, django_assert_max_num_queries
):
    fill(site, count)
    with time_machine.travel(monday(9), tick=False), django_assert_max_num_queries(8):
        desk.get(reverse("booking:arrivals"))


def test_a_name_is_escaped_wherever_the_day_shows_it(desk, book, site):
    patient = PatientFactory(family_name="O'Brien<b>", given_names='"Q" & A', site=site)
    book(patient=patient)
    for view in ("", "list"):
        page = text(desk.get(diary_url(view=view)))
        assert "O&#x27;BRIEN&lt;B&gt;, &quot;Q&quot; &amp; A" in page
        assert "<B>" not in page


# Booking ---------------------------------------------------------------------------------------


def new_url(patient=None, **query: str) -> str:
    known = {"patient": patient.pk} if patient else {}
    return reverse("booking:new", query={**known, **query})


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


# One appointment ------------------------------------------------------------------------------


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


# Arrivals --------------------------------------------------------------------------------------


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


def test_the_page_to_move_says_how_to_change_the_site(desk, book, client_of, site):
    appointment = book(starts_at=monday(10), now=NOW)
    address = reverse("booking:move", args=[appointment.pk])
    assert "book anew there" not in text(desk.get(address))
    at_two = client_of(ReceptionFactory(sites=[site, SiteFactory()]))
    assert "book anew there" in text(at_two.get(address))


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


def test_opening_an_appointment_is_on_record(desk, book, patient):
    appointment = book()
    desk.get(reverse("booking:appointment", args=[appointment.pk]))
    opened = Event.objects.about_patient(patient.pk).filter(kind="patients.viewed")
    assert [event.sentence for event in opened] == ["opened an appointment"]


def test_another_service_keeps_the_time_that_was_pressed(desk, patient, typed, site, doctor):
    theatre = RoomFactory(site=site, kind=Room.Kind.TREATMENT)
    service = TreatmentServiceFactory()
    answer = desk.post(new_url(patient), {**typed, "service": service.slug, "show": "1"})
    assert re.search(rf'value="10:00/{doctor.pk}/{theatre.pk}"\s+checked', text(answer))


def test_another_sites_board_is_not_there(desk):
    SiteFactory(slug="far")
    assert desk.get(reverse("booking:arrivals", query={"site": "far"})).status_code == 404


def test_the_step_answers_only_to_a_post(desk, book):
    appointment = book()
    assert desk.get(reverse("booking:step", args=[appointment.pk])).status_code == 405


def test_the_days_of_the_diary_link_to_each_other(desk, doctor):
    page = text(desk.get(diary_url()))
    for other in (date(2026, 11, 22), date(2026, 11, 24)):
        assert f"date={other.isoformat()}" in page
