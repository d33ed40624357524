"""A passkey, in a browser with an authenticator of its own: added, used, and enough by itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, Page, expect

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.staff.models import User
from tests.factories.practice import SiteFactory
from tests.factories.staff import PASSWORD, ReceptionFactory
from tests.journeys.conftest import browser, person  # noqa: F401
from tests.journeys.person import Person

pytestmark = pytest.mark.django_db(transaction=True)

# A fingerprint reader built into the computer, whose owner always puts a finger on it.
READER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Reader:
    """The authenticator of one page."""

    def __init__(self, page: Page) -> None:
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        self._id = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": READER})[
            "authenticatorId"
        ]

    @property
    def keys(self) -> list[dict[str, object]]:
        found = self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return list(found["credentials"])

    def recognises(self, somebody: bool) -> None:
        self._devtools.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": self._id, "isUserVerified": somebody},
        )


@pytest.fixture
def receptionist(settings) -> User:
    settings.MFA_REQUIRED = True
    return ReceptionFactory(sites=[SiteFactory(name="Henley-in-Arden")])


@pytest.fixture
def desk(person, receptionist) -> Iterator[Person]:  # noqa: F811
    yield person("reception")


def sits_down(desk: Person, receptionist: User) -> None:
    desk.opens("/accounts/login/")
    desk.fills("E-mail", receptionist.email)
    desk.fills("Password", PASSWORD)
    desk.presses("Sign in")


def adds_a_passkey(desk: Person) -> None:
    desk.is_on("Two-step sign-in")
    desk.follows("Add a passkey")
    desk.is_on("Confirm it is you")
    desk.fills("Password", PASSWORD)
    desk.presses("Confirm")
    desk.ticks("Passwordless")
    desk.presses("Add")


def signs_out(desk: Person) -> None:
    desk.page.evaluate("document.querySelector('form[action=\"/accounts/logout/\"]').submit()")
    desk.page.wait_for_url(re.compile("/accounts/login/"))


def test_a_passkey_is_added_and_then_signs_in_without_a_password(desk, receptionist):
    reader = Reader(desk.page)
    sits_down(desk, receptionist)
    adds_a_passkey(desk)
    desk.is_on("Recovery codes")
    assert [key["isResidentCredential"] for key in reader.keys] == [True]
    desk.opens("/")
    desk.is_on("Today at Henley-in-Arden")

    signs_out(desk)
    desk.opens("/")
    assert desk.path.startswith("/accounts/login/")
    desk.presses("Sign in with a passkey")
    desk.is_on("Today at Henley-in-Arden")
    assert Event.objects.filter(kind=Kind.SIGNED_IN, actor=receptionist).count() == 2


def test_a_passkey_is_the_second_step_after_a_password_and_confirms_who_it_is(desk, receptionist):
    Reader(desk.page)
    sits_down(desk, receptionist)
    adds_a_passkey(desk)
    signs_out(desk)
    sits_down(desk, receptionist)
    desk.opens("/")
    assert desk.path == "/accounts/2fa/authenticate/", "a password alone opens nothing"
    desk.presses("Use a passkey or security key")
    desk.is_on("Today at Henley-in-Arden")
    desk.opens("/accounts/2fa/webauthn/")
    desk.follows("Rename")
    desk.is_on("Confirm it is you")
    desk.follows("Use a security key")
    desk.presses("Use a passkey or security key")
    desk.is_on("Rename")


def test_another_persons_finger_or_an_ended_account_opens_nothing(desk, receptionist):
    reader = Reader(desk.page)
    sits_down(desk, receptionist)
    adds_a_passkey(desk)
    signs_out(desk)

    reader.recognises(False)
    desk.opens("/accounts/login/")
    desk.taps("Sign in with a passkey")
    expect(desk.page.get_by_text("The passkey or key was not read")).to_be_visible()
    assert desk.path.startswith("/accounts/login/")

    reader.recognises(True)
    User.objects.filter(pk=receptionist.pk).update(is_active=False)
    desk.opens("/accounts/login/")
    desk.presses("Sign in with a passkey")
    desk.opens("/patients/")
    assert desk.path.startswith("/accounts/login/")
