"""Somebody with a new account gets a second factor, whatever became of their address."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.management import call_command
from django.test import Client

from clinic.staff.models import User
from tests.factories.practice import SiteFactory

pytestmark = pytest.mark.django_db

GOOD = "willow-marble-lantern"


@pytest.fixture
def person(tmp_path, settings) -> User:
    settings.MFA_REQUIRED = True
    SiteFactory()
    secret = tmp_path / "password"
    secret.write_text(GOOD)
    call_command(
        "add_person",
        "--email=ada@example.test",
        "--given-name=Ada",
        "--family-name=Mockby",
        "--role=reception",
        f"--password-file={secret}",
    )
    return User.objects.get(email="ada@example.test")


@pytest.fixture
def signed_in(person) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": GOOD})
    return client


def code(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def adds_an_authenticator_app(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": GOOD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, page.get("Location")
    client.post("/accounts/2fa/totp/activate/", {"code": code(page.context["form"].secret)})


def has_an_authenticator_app(person: User) -> bool:
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def test_a_person_made_by_the_clinic_sets_up_an_authenticator_app_and_works(person, signed_in):
    assert signed_in.get("/")["Location"] == "/accounts/2fa/"
    adds_an_authenticator_app(signed_in)
    assert has_an_authenticator_app(person)
    assert signed_in.get("/").status_code == 200
    assert not EmailAddress.objects.exists()


def test_asking_for_a_new_password_does_not_stand_in_the_way_of_a_second_factor(person, signed_in):
    signed_in.logout()
    signed_in.post("/accounts/password/reset/", {"email": person.email})
    assert "/accounts/password/reset/key/" in mail.outbox[0].body
    assert not EmailAddress.objects.exists()
    signed_in.post("/accounts/login/", {"login": person.email, "password": GOOD})
    adds_an_authenticator_app(signed_in)
    assert has_an_authenticator_app(person)


def test_an_address_that_was_never_confirmed_does_not_stand_in_the_way_either(person, signed_in):
    EmailAddress.objects.create(user=person, email=person.email, verified=False)
    signed_in.post("/accounts/reauthenticate/", {"password": GOOD})
    assert signed_in.get("/accounts/2fa/webauthn/add/").status_code == 200
    adds_an_authenticator_app(signed_in)
    assert has_an_authenticator_app(person)


@pytest.mark.parametrize(
    "path", ["email/", "confirm-email/", "confirm-email/MQ:1abc/", "login/code/confirm/", ""]
)
def test_nobody_changes_their_own_address(path, person, signed_in):
    form = {"email": "someone.else@example.test", "action_add": ""}
    for answer in (
        signed_in.get(f"/accounts/{path}"),
        signed_in.post(f"/accounts/{path}", form),
        Client().get(f"/accounts/{path}"),
    ):
        assert answer.status_code == 404
    assert not EmailAddress.objects.exists()
    assert mail.outbox == []
