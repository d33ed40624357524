"""The database and broker for the tests."""

import atexit
import contextlib
import os
import secrets
from pathlib import Path

import psycopg

from clinic.local import broker, postgres, processes, schema, workspace

_services = contextlib.ExitStack()

# Workers of one run share the broker's server; each has two of its databases.
_DATABASES_PER_WORKER = 2


def start_services() -> None:
    """Start what the environment does not name, and name it there.

    Safe to call twice. In a process that pytest-xdist started everything is
    running already; it only gets databases of its own in the shared broker.
    The tests connect as the role that owns the tables, since they create
    their databases.
    """
    if os.environ.get("DJANGO_TESTING") == "true":
        _separate_worker()
        return
    for name in ("ANAGEN_DEMO", "DJANGO_DEBUG", "EMAIL_FILE_PATH"):
        os.environ.pop(name, None)
    processes.guard()
    atexit.register(stop_services)
    place = _services.enter_context(workspace.fresh())
    server: postgres.Postgres | None = None
    if not _is_given("DATABASE_URL"):
        server = _services.enter_context(
            postgres.run(place.path / "postgres", log_path=place.logs / "database.log")
        )
        os.environ["DATABASE_URL"] = server.owner_url
    if not _is_given("BROKER_URL") or not _is_given("CACHE_URL"):
        messages = _services.enter_context(
            broker.run(place.path / "broker", log_path=place.logs / "broker.log")
        )
        os.environ |= {"BROKER_URL": messages.url, "CACHE_URL": messages.cache_url}
        os.environ["ANAGEN_TEST_BROKER"] = messages.url.rpartition("/")[0]
    os.environ |= {
        "DJANGO_TESTING": "true",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "MEDIA_ROOT": str(place.media),
        "STATIC_ROOT": str(place.static),
        "BEAT_SCHEDULE_FILE": str(place.path / "beat-schedule"),
    }
    if server:
        _prepare_template(server, place)


def stop_services() -> None:
    """Stop what ``start_services`` started."""
    _services.close()


def is_one_of_several() -> bool:
    """Say whether this process was started by pytest-xdist to run a share of the tests."""
    return bool(os.environ.get("PYTEST_XDIST_WORKER"))


def _prepare_template(server: postgres.Postgres, place: workspace.Workspace) -> None:
    """Make the tables once, in the database that all test databases are copies of."""
    with psycopg.connect(server.superuser_url, autocommit=True) as superuser:
        superuser.execute("ALTER DATABASE template1 OWNER TO anagen_owner")
    url = server.owner_url.rpartition("/")[0] + "/template1"
    # A migration that fails is reported where it is next tried: in the test database.
    with contextlib.suppress(processes.ProcessError):
        schema.prepare(url, env=os.environ, place=place)


def _is_given(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _separate_worker() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker or os.environ.get("ANAGEN_TEST_WORKER") == worker:
        return
    os.environ["ANAGEN_TEST_WORKER"] = worker
    media = Path(os.environ["MEDIA_ROOT"]) / worker
    media.mkdir(exist_ok=True)
    os.environ["MEDIA_ROOT"] = str(media)
    server = os.environ.get("ANAGEN_TEST_BROKER")
    if server:
        first = _DATABASES_PER_WORKER * (1 + int(worker.removeprefix("gw")))
        os.environ |= {
            "BROKER_URL": f"{server}/{first}",
            "CACHE_URL": f"{server}/{first + 1}",
        }
