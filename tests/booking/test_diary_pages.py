"""The diary: what it shows of a day, to whom, and what it offers to book."""

from datetime import date

import pytest
from django.urls import reverse

from clinic.booking import actions
from tests.booking.conftest import NOW, monday
from tests.booking.pages import MONDAY, diary_url, fill, text
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import (
    RoomFactory,
    SiteFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


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


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_diary_asks_the_database_as_often_for_many_as_for_one(
    desk, site, count, django_assert_max_num_queries
):
    fill(site, count)
    with django_assert_max_num_queries(8):
        desk.get(diary_url(site=site.slug))


def test_a_name_is_escaped_wherever_the_day_shows_it(desk, book, site):
    patient = PatientFactory(family_name="O'Brien<b>", given_names='"Q" & A', site=site)
    book(patient=patient)
    for view in ("", "list"):
        page = text(desk.get(diary_url(view=view)))
        assert "O&#x27;BRIEN&lt;B&gt;, &quot;Q&quot; &amp; A" in page
        assert "<B>" not in page


def test_the_days_of_the_diary_link_to_each_other(desk, doctor):
    page = text(desk.get(diary_url()))
    for other in (date(2026, 11, 22), date(2026, 11, 24)):
        assert f"date={other.isoformat()}" in page
