"""The shared cache on a real server, and what goes on when that server is stopped or hangs."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from structlog.testing import capture_logs

from clinic import cache as product
from clinic.base import tasks
from clinic.local import broker, workspace
from clinic.settings import refuse_to_share
from clinic.staff.models import User
from tests.factories.documents import PrivateLinkFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import PASSWORD, AdminFactory


class OwnServer:
    """A cache server of a test's own."""

    def __init__(self, folder: Path) -> None:
        self._running = ExitStack()
        self._server = self._running.enter_context(
            broker.run(folder / "broker", log_path=folder / "broker.log")
        )
        self.url = self._server.cache_url

    def stop(self) -> None:
        self._running.close()

    def hang(self) -> None:
        """Answer nothing any more, and keep everything."""
        self._server.child.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._server.child.process.send_signal(signal.SIGCONT)


@pytest.fixture
def server(settings) -> Iterator[OwnServer]:
    with workspace.fresh() as place:
        own = OwnServer(place.path)
        options = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}
        changed = {"LOCATION": own.url, "OPTIONS": options}
        settings.CACHES = {"default": settings.CACHES["default"] | changed}
        yield own
        own.go_on()
        own.stop()


def sign_in(client: Client, person: User) -> int:
    return client.post(
        "/accounts/login/", {"login": person.email, "password": PASSWORD}
    ).status_code


@pytest.fixture
def admin(db) -> User:
    SiteFactory()
    return AdminFactory()


def test_it_keeps_one_client_and_answers_as_djangos_own():
    cache = caches["default"]
    cache.set("a", {"b": [1, 2]}, timeout=30)
    assert cache.get("a") == {"b": [1, 2]}
    assert cache.get_many(["a", "missing"]) == {"a": {"b": [1, 2]}}
    assert not cache.add("a", 1)
    assert "a" in cache
    cache.set_many({"n": 1, "m": 2}, timeout=30)
    assert cache.incr("n", 2) == 3
    assert cache.touch("n", 60)
    cache.delete_many(["n", "m"])
    cache.delete("a")
    assert cache.get("a", "gone") == "gone"
    assert cache._cache.get_client() is cache._cache.get_client(write=True)


def test_with_the_cache_stopped_people_sign_in_work_and_sign_out(server, client, admin):
    server.stop()
    with capture_logs() as logs:
        assert sign_in(client, admin) == 302
        for page in ("/", "/caseload/", "/patients/", "/diary/"):
            assert client.get(page, follow=True).status_code == 200, page
        assert client.post("/accounts/logout/").status_code == 302
        assert client.get("/caseload/").status_code == 302, "signed out"
    assert [log for log in logs if log["event"] == "cache_unreachable"], "and it is on record"


def test_whoever_was_signed_in_when_the_cache_stopped_stays_signed_in(server, client, admin):
    sign_in(client, admin)
    server.stop()
    assert client.get("/caseload/").status_code == 200


def test_with_the_cache_stopped_a_patients_link_still_opens_and_still_locks(server, client, db):
    link = PrivateLinkFactory(secret="a-secret")
    address = reverse("portal:enter", args=["a-secret"])
    server.stop()
    born = link.patient.date_of_birth
    wrong = {"day": born.day, "month": born.month, "year": born.year - 1}
    codes = [client.post(address, wrong).status_code for _ in range(5)]
    assert codes == [422] * 4 + [404]


def test_with_the_cache_stopped_the_product_says_that_it_is_not_ready(server, client, db):
    server.stop()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["heartbeat"] is False


def test_a_server_that_hangs_is_waited_for_once(server):
    server.hang()
    with capture_logs() as logs:
        for number in range(50):
            assert cache.get("a") is None
            assert cache.add(f"b{number}", 1)
            with pytest.raises(ValueError):
                cache.incr("c")
    assert [log["event"] for log in logs] == ["cache_unreachable"]


def test_a_session_ended_while_the_cache_was_away_stays_ended_for_every_process(
    server, client, admin, monkeypatch
):
    sign_in(client, admin)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    cache.set("mark", "kept")
    server.hang()
    assert client.post("/accounts/logout/").status_code == 302
    server.go_on()
    # Another process, which asked nothing meanwhile: it does not know that the server was away.
    monkeypatch.setattr(product, "_left_alone_until", defaultdict(float))
    assert cache.get("mark") == "kept"
    finder = Client()
    finder.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert finder.get("/caseload/").status_code == 302


def test_the_beat_removes_the_rows_of_sessions_that_have_expired(client, admin):
    sign_in(client, admin)
    expired = Session.objects.create(
        session_key="expired", session_data="", expire_date=timezone.now() - timedelta(hours=1)
    )
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.clear_sessions.name in names
    tasks.clear_sessions()
    assert not Session.objects.filter(pk=expired.pk).exists()
    assert Session.objects.filter(pk=client.session.session_key).exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("redis://broker:6379/0", "redis://broker:6379/0"),
        ("redis://broker:6379/0", "redis://:secret@broker/0"),
        ("redis://broker", "rediss://BROKER:6379/0/"),
    ],
)
def test_cache_and_broker_never_share_a_database(one, other):
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL"):
        refuse_to_share(one, other)


def test_the_product_does_not_start_with_cache_and_broker_in_one_database():
    env = os.environ | {"BROKER_URL": "redis://broker/3", "CACHE_URL": "redis://broker/3"}
    done = subprocess.run(
        [sys.executable, "-c", "import clinic.settings"],
        env=env,
        cwd=settings.BASE_DIR,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "CACHE_URL and BROKER_URL name the same database" in done.stderr
