"""A browser, a clinic without patients, and a clock that server and worker share."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from celery import current_app
from playwright.sync_api import Browser, sync_playwright

from clinic.caseload.seed.clinic import found
from clinic.local.install import browser_program
from tests.journeys.clock import Clock
from tests.journeys.journey import FIRST_CALL, Journey
from tests.journeys.person import Person

# The steps are no test files by name; a failure in them shows its values all the same.
pytest.register_assert_rewrite(
    "tests.journeys.at_the_desk",
    "tests.journeys.in_the_consulting_room",
    "tests.journeys.consent_and_treatment",
    "tests.journeys.paper_and_trail",
)

CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = browser_program()
    assert path, "Chromium is not installed: bin/test says how to get it."
    # Playwright keeps an event loop in this thread; the tests' own queries are still synchronous.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
            yield chromium
            chromium.close()


@pytest.fixture
def letter_box(settings, tmp_path: Path) -> Path:
    """Mails and text messages are files; the demo's page shows them."""
    folder = tmp_path / "mail"
    settings.EMAIL_FILE_PATH = str(folder)
    settings.SMS_BACKEND = "clinic.messaging.sms.FileSms"
    settings.DEMO = True
    return folder


@pytest.fixture
def clock(live_server, letter_box: Path, settings, tmp_path: Path) -> Iterator[Clock]:
    """The clinic's clock, with a worker on the test database and broker."""
    settings.PUBLIC_URL = live_server.url
    current_app.control.purge()
    clock = Clock(public_url=live_server.url, folder=tmp_path)
    try:
        yield clock
    finally:
        clock.stop()


@pytest.fixture
def person(browser: Browser, live_server) -> Iterator[Callable[..., Person]]:
    """Return a function that gives somebody a browser profile of their own."""
    people: list[Person] = []

    def sit_down(name: str, **profile: object) -> Person:
        options = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "Europe/London"}
        context = browser.new_context(**(options | profile))
        context.set_default_timeout(15_000)
        look = str(profile.get("color_scheme", "light"))
        people.append(Person(context, base_url=live_server.url, name=name, look=look))
        return people[-1]

    yield sit_down
    for each in people:
        each.context.close()


@pytest.fixture
def phone_profile() -> dict[str, object]:
    return {"viewport": PHONE, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


@pytest.fixture
def journey(clock: Clock, person, phone_profile) -> Journey:
    clock.move_to(FIRST_CALL)
    clinic = found(Random(7), desks=4, now=FIRST_CALL, today=FIRST_CALL.date())
    return Journey(clinic, clock, person, phone_profile)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.journey)
