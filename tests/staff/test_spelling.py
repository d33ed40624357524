"""One spelling, E-mail, in the product's own words and in allauth's."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from tests.factories.staff import ClinicianFactory

OTHER_SPELLING = re.compile(r"\bemails?\b", re.IGNORECASE)


def words(html: str) -> str:
    return re.sub(r"<script.*?</script>|<[^>]*>", " ", html, flags=re.DOTALL)


def placeholders(html: str) -> str:
    return " ".join(re.findall(r'placeholder="([^"]*)"', html))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_the_address_is_asked_for_as_e_mail(client, name):
    for page in (client.get(reverse(name)), client.post(reverse(name), {"login": "nobody"})):
        html = page.content.decode()
        assert ">E-mail" in html
        assert not OTHER_SPELLING.search(words(html) + placeholders(html))


@pytest.mark.django_db
def test_a_refused_sign_in_speaks_of_the_e_mail_address(client):
    typed = {"login": "nobody@example.test", "password": "not-a-password"}
    html = client.post(reverse("account_login"), typed).content.decode()
    assert "This e-mail address and this password do not belong together." in html
    assert not OTHER_SPELLING.search(words(html))


@pytest.mark.django_db
def test_the_mail_with_a_link_to_a_new_password_does_too(client):
    known = ClinicianFactory().email
    for address in (known, "nobody@example.test"):
        client.post(reverse("account_reset_password"), {"email": address})
    assert [message.to for message in mail.outbox] == [[known], ["nobody@example.test"]]
    for message in mail.outbox:
        assert not OTHER_SPELLING.search(message.subject + message.body)
        assert "e-mail" in message.body
    assert "/accounts/password/reset/key/" in mail.outbox[0].body
