"""The booking form under a real browser's hands: Enter, and another room."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinic.booking.models import Appointment
from tests.factories.practice import RoomFactory
from tests.factories.staff import ReceptionFactory
from tests.journeys.conftest import browser  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser, live_server, site, client_of) -> Iterator[Page]:  # noqa: F811
    cookie = client_of(ReceptionFactory(sites=[site])).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(15_000)
    session = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}
    context.add_cookies([session])
    yield context.new_page()
    context.close()


def open_form(page: Page, base: str, patient, service) -> None:
    ahead = timezone.localdate() + timedelta(days=7)
    page.goto(f"{base}/diary/new/?patient={patient.pk}&date={ahead.isoformat()}")
    page.get_by_label("Service").select_option(service.slug)
    expect(page.locator("#slot-1100")).to_be_attached()


def test_enter_books_after_the_free_times_were_fetched(
    page, live_server, patient, service, doctor, room
):
    open_form(page, live_server.url, patient, service)
    page.locator("label[for=slot-1100]").click()
    page.locator("#slot-1100").press("Enter")
    expect(page.get_by_text("Booked for")).to_be_visible()
    assert Appointment.objects.count() == 1


def test_another_room_keeps_the_chosen_time(page, live_server, patient, service, doctor, room):
    second = RoomFactory(site=room.site, name="Room 2")
    open_form(page, live_server.url, patient, service)
    with page.expect_response(lambda answer: "/diary/new/" in answer.url):
        page.locator("#id_practitioner").select_option(str(doctor.pk))
    page.locator("label[for=slot-1100]").click()
    page.get_by_text("Another time, length or room").click()
    with page.expect_response(lambda answer: "/diary/new/" in answer.url):
        page.locator("#id_room").select_option(str(second.pk))
    expect(page.locator(f"#slot-1100[value$='{second.pk}']")).to_be_checked()
