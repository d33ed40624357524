"""The mail server is away while somebody wants a new password."""

from typing import ClassVar

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from structlog.testing import capture_logs

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from tests.factories.staff import PASSWORD, ReceptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def _mail_server_away(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


@pytest.mark.usefixtures("_mail_server_away")
def test_the_page_says_that_no_mail_was_sent_and_what_to_do(client):
    person = ReceptionFactory()
    with capture_logs() as logs:
        answer = client.post("/accounts/password/reset/", {"email": person.email})
    assert answer.status_code == 503
    assert "Try again in a few minutes" in answer.content.decode()
    assert [log["error"] for log in logs if log["event"] == "account_mail_not_sent"] == [
        "ConnectionRefusedError"
    ]
    assert person.email not in str(logs)
    assert not Event.objects.filter(kind=Kind.PASSWORD_LINK_SENT).exists(), "none was"
    answer = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302, "the old password still opens"


@pytest.mark.usefixtures("_mail_server_away")
def test_it_tells_nobody_which_addresses_are_known(client):
    person = ReceptionFactory()
    pages = [
        client.post("/accounts/password/reset/", {"email": email})
        for email in (person.email, "nobody@example.test")
    ]
    assert [page.status_code for page in pages] == [503, 503]


def test_once_the_mail_server_is_back_the_link_is_sent(client, mailoutbox):
    person = ReceptionFactory()
    answer = client.post("/accounts/password/reset/", {"email": person.email})
    assert answer.status_code == 302
    assert [mail.to for mail in mailoutbox] == [[person.email]]


class SlowServer(BaseEmailBackend):
    """Takes its time; notes whether the database waits for it meanwhile, and what is on record."""

    met: ClassVar[list[tuple[bool, int]]] = []

    def send_messages(self, email_messages):
        links = Event.objects.filter(kind=Kind.PASSWORD_LINK_SENT).count()
        self.met.append((transaction.get_connection().in_atomic_block, links))
        return len(email_messages)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_held_open_while_the_mail_server_takes_its_time(client, settings):
    settings.EMAIL_BACKEND = f"{__name__}.{SlowServer.__name__}"
    SlowServer.met.clear()
    person = ReceptionFactory()
    client.post("/accounts/password/reset/", {"email": person.email})
    assert SlowServer.met == [(False, 0)]
    assert Event.objects.get().kind == Kind.PASSWORD_LINK_SENT
