"""The list of whom to call: who stands on it and in which order, and what a call leaves behind."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.booking.actions import book
from followups.models import ContactAttempt, Review
from followups.views import board
from tests.factories.booking import AppointmentFactory
from tests.factories.practice import ReviewServiceFactory, RoomFactory, SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory
from tests.followups.pages import OVERDUE, text_of, waiting

pytestmark = pytest.mark.django_db


def test_the_list_shows_whom_to_call_the_longest_waiting_first(client_of, reception):
    site = SiteFactory()
    waiting(site, weeks_late=1, family_name="Recently")
    waiting(site, weeks_late=9, family_name="Longsince", phone="+447700900123")
    text = text_of(client_of(reception), f"{OVERDUE}?site={site.slug}")
    assert text.index("LONGSINCE") < text.index("RECENTLY")
    assert "07700 900123" in text
    assert "9 weeks late" in text
    assert "Scalpel" in text


def test_only_what_has_begun_and_is_neither_held_nor_booked_is_listed(client_of, reception):
    site = SiteFactory()
    waiting(site, weeks_late=-3, family_name="Tooearly")
    waiting(site, weeks_late=-2, family_name="Justbegun")
    held = waiting(site, family_name="Washeld")
    booked = waiting(site, family_name="Isbooked")
    cancelled = waiting(site, family_name="Wascancelled")
    Review.objects.filter(pk=held.pk).update(held_at=timezone.now())
    for review, when in ((booked, None), (cancelled, timezone.now())):
        appointment = AppointmentFactory(
            patient=review.patient,
            cancelled_at=when,
            cancelled_by=reception if when else None,
        )
        Review.objects.filter(pk=review.pk).update(appointment=appointment)
    text = text_of(client_of(reception), f"{OVERDUE}?site={site.slug}")
    assert "JUSTBEGUN" in text
    assert "WASCANCELLED" in text
    for absent in ("TOOEARLY", "WASHELD", "ISBOOKED"):
        assert absent not in text


def test_the_list_opens_at_the_site_where_one_works(client_of):
    here, there = SiteFactory(name="Aaa"), SiteFactory(name="Bbb")
    waiting(here, family_name="Ourpatient")
    waiting(there, family_name="Theirpatient")
    client = client_of(ReceptionFactory())
    assert "THEIRPATIENT" not in text_of(client, OVERDUE)
    assert "THEIRPATIENT" in text_of(client, f"{OVERDUE}?site={there.slug}")
    everywhere = text_of(client, f"{OVERDUE}?site=all")
    assert "OURPATIENT" in everywhere
    assert "THEIRPATIENT" in everywhere


@pytest.mark.parametrize("asked", ["", "?site=all", "?site=there", "?site=nowhere"])
def test_nobody_sees_patients_of_a_site_where_they_do_not_work(client_of, asked):
    here, there = SiteFactory(), SiteFactory(slug="there")
    waiting(there, family_name="Theirpatient")
    waiting(here, patient_site=there, family_name="Movedaway")
    text = text_of(client_of(ReceptionFactory(sites=[here])), OVERDUE + asked)
    assert "THEIRPATIENT" not in text
    assert "MOVEDAWAY" not in text


def test_the_list_costs_the_same_for_one_review_and_for_three(
    client_of, reception, django_assert_max_num_queries
):
    site = SiteFactory()
    client = client_of(reception)
    first = waiting(site)
    ContactAttempt.objects.create(
        review=first,
        outcome="no_answer",
        attempted_at=timezone.now(),
        attempted_by=reception,
    )
    with django_assert_max_num_queries(12) as one:
        client.get(OVERDUE)
    waiting(site)
    third = waiting(site)
    AppointmentFactory(patient=third.patient)
    with django_assert_max_num_queries(len(one)):
        client.get(OVERDUE)


def test_the_list_is_read_page_by_page(client_of, reception, monkeypatch):
    monkeypatch.setattr(board, "ROWS_A_PAGE", 2)
    site = SiteFactory()
    for late in (3, 2, 1):
        waiting(site, weeks_late=late, family_name=f"Late{late}")
    client = client_of(reception)
    assert "LATE1" not in text_of(client, OVERDUE)
    assert "LATE1" in text_of(client, f"{OVERDUE}?page=2")


def test_counting_stops_where_nobody_reads_on(client_of, reception, monkeypatch):
    monkeypatch.setattr(board, "MOST_COUNTED", 2)
    site = SiteFactory()
    for late in (3, 2, 1):
        waiting(site, weeks_late=late)
    assert "More than 2 reviews" in " ".join(text_of(client_of(reception), OVERDUE).split())


def test_an_empty_list_says_when_somebody_will_stand_there(client_of, reception):
    SiteFactory()
    assert "Nobody is waiting for a review" in text_of(client_of(reception), OVERDUE)


def test_a_visit_that_was_never_written_up_is_on_the_list_and_says_so(client_of, reception):
    site = SiteFactory()
    review = waiting(site)
    seen = AppointmentFactory(patient=review.patient, starts_at=timezone.now() - timedelta(days=3))
    Review.objects.filter(pk=review.pk).update(appointment=seen)
    assert "Seen, not written up" in text_of(client_of(reception), OVERDUE)


def test_book_leads_to_the_diary_with_patient_review_service_and_site(client_of, reception):
    service = ReviewServiceFactory()
    review = waiting(SiteFactory())
    text = text_of(client_of(reception), OVERDUE)
    start = text.index(reverse("booking:new"))
    address = text[start : text.index('"', start)].replace("&amp;", "&")
    query = parse_qs(urlparse(address).query)
    assert date.fromisoformat(query.pop("date")[0]) >= timezone.localdate()
    assert query == {
        "patient": [str(review.patient_id)],
        "review": [str(review.pk)],
        "service": [service.slug],
        "site": [review.after_session.site.slug],
    }


def test_a_booking_made_from_the_list_takes_the_review_off_it(client_of, reception):
    site = SiteFactory()
    review = waiting(site, family_name="Getsbooked")
    room = RoomFactory(site=site)
    starts_at = (timezone.now() + timedelta(days=2)).replace(hour=11, minute=0, second=0)
    book(
        by=reception,
        patient=review.patient,
        service=ReviewServiceFactory(),
        site=site,
        practitioner=ClinicianFactory(),
        room=room,
        starts_at=starts_at.replace(microsecond=0),
        now=timezone.now(),
        context={"review": str(review.pk)},
    )
    review.refresh_from_db()
    assert review.appointment is not None
    assert "GETSBOOKED" not in text_of(client_of(reception), OVERDUE)


def test_a_call_is_recorded_from_the_row(client_of, reception):
    review = waiting(SiteFactory())
    client = client_of(reception)
    response = client.post(
        reverse("followups:contact", args=[review.pk]),
        {"outcome": "no_answer", "next": f"{OVERDUE}?page=1"},
    )
    assert response.url == f"{OVERDUE}?page=1"
    assert ContactAttempt.objects.get().attempted_by == reception
    assert "No answer" in text_of(client, OVERDUE)


def test_after_a_call_nobody_is_led_out_of_the_house(client_of, reception):
    review = waiting(SiteFactory())
    response = client_of(reception).post(
        reverse("followups:contact", args=[review.pk]),
        {"outcome": "no_answer", "next": "https://example.test/"},
    )
    assert response.url == OVERDUE


def test_who_does_not_want_the_review_is_not_called_again(client_of, reception):
    review = waiting(SiteFactory(), family_name="Nothanks")
    client = client_of(reception)
    address = reverse("followups:contact", args=[review.pk])
    client.post(address, {"outcome": "declined", "note": "Moved abroad"})
    assert "Noted for NOTHANKS" in text_of(client, OVERDUE)
    assert "NOTHANKS" not in text_of(client, OVERDUE)
    assert "NOTHANKS" in text_of(client, f"{OVERDUE}?declined")
    assert "Moved abroad" in text_of(client, address)


def test_a_call_without_an_outcome_keeps_the_note(client_of, reception):
    review = waiting(SiteFactory())
    response = client_of(reception).post(
        reverse("followups:contact", args=[review.pk]), {"note": "Rang at noon"}
    )
    assert response.status_code == 422
    assert "Rang at noon" in response.content.decode()
    assert not ContactAttempt.objects.exists()


def test_a_refusal_is_undone_by_recording_another_outcome(client_of, reception):
    review = waiting(SiteFactory(), family_name="Changedmind")
    client = client_of(reception)
    address = reverse("followups:contact", args=[review.pk])
    client.post(address, {"outcome": "no_answer"})
    client.post(address, {"outcome": "declined"})
    text_of(client, OVERDUE)  # the page that says it was noted
    assert "CHANGEDMIND" not in text_of(client, f"{OVERDUE}?site=all")
    client.post(address, {"outcome": "will_call_back"})
    text_of(client, OVERDUE)
    assert "CHANGEDMIND" in text_of(client, f"{OVERDUE}?site=all")
    assert "CHANGEDMIND" not in text_of(client, f"{OVERDUE}?site=all&declined")


@pytest.mark.parametrize("wanted", ["foo", "//example.test/", "javascript:alert(1)", "patients"])
def test_what_is_no_page_of_ours_leads_back_to_the_list(client_of, reception, wanted):
    review = waiting(SiteFactory())
    address = reverse("followups:contact", args=[review.pk])
    response = client_of(reception).post(address, {"outcome": "no_answer", "next": wanted})
    assert (response.status_code, response.url) == (302, OVERDUE)
