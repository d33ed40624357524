"""A session that ends while a form is filled in costs nothing."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.factories.practice import SiteFactory
from tests.factories.staff import PASSWORD, ReceptionFactory

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def signed_in_page(context: BrowserContext, base_url: str, email: str) -> Page:
    page = context.new_page()
    page.goto(f"{base_url}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


@pytest.fixture
def context(browser: Browser):
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


def half_filled(context: BrowserContext, base_url: str, email: str) -> Page:
    page = signed_in_page(context, base_url, email)
    page.goto(f"{base_url}/patients/new/")
    page.fill("input[name=family_name]", "Keptby")
    return page


def test_what_was_typed_is_sent_after_signing_in_again(context, live_server):
    SiteFactory()
    person = ReceptionFactory()
    page = half_filled(context, live_server.url, person.email)
    context.clear_cookies()
    page.get_by_role("button", name="Register").last.click()
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    signed_in_page(context, live_server.url, person.email)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.get_by_role("button", name="Try again").click()
    assert answered.value.status == 422, "the form is answered, not refused for an old secret"
    expect(page.locator("input[name=family_name]")).to_have_value("Keptby")


def test_nothing_is_sent_in_the_name_of_somebody_else(context, live_server):
    SiteFactory()
    page = half_filled(context, live_server.url, ReceptionFactory().email)
    context.clear_cookies()
    signed_in_page(context, live_server.url, ReceptionFactory().email)
    page.get_by_role("button", name="Register").last.click()
    expect(page.get_by_text("Somebody else signed in here meanwhile.")).to_be_visible()
    expect(page.locator("input[name=family_name]")).to_have_value("Keptby")


@pytest.mark.parametrize("how", ["unreachable", "502"])
def test_while_the_server_is_away_the_page_stays_and_is_sent_later(context, live_server, how):
    SiteFactory()
    page = half_filled(context, live_server.url, ReceptionFactory().email)
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.route(
        "**/accounts/alive/",
        lambda route: route.abort() if how == "unreachable" else route.fulfill(status=502),
    )
    page.get_by_role("button", name="Register").last.click()
    expect(page.get_by_role("heading", name="The server cannot be reached")).to_be_visible()
    expect(page.get_by_text("What you typed is still here")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_hidden()
    expect(page.locator("input[name=family_name]")).to_have_value("Keptby")
    assert "POST" not in sent
    page.unroute("**/accounts/alive/")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.get_by_role("button", name="Try again").click()
    assert answered.value.status == 422
    expect(page.locator("input[name=family_name]")).to_have_value("Keptby")
