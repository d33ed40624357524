"""What every test shares: a real database, invented people, a moved clock, closed doors."""

import gc
from collections.abc import Iterator

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client, TransactionTestCase

from tests.factories import staff as staff_factories

# The suite tries the same examples in every run, so that it fails for what was changed and not by
# chance; `--hypothesis-profile=explore` looks further. Explaining a failure takes minutes.
_PHASES = [phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain]
hypothesis.settings.register_profile("steady", derandomize=True, phases=_PHASES, deadline=None)
hypothesis.settings.register_profile("explore", max_examples=1000, phases=_PHASES, deadline=None)
hypothesis.settings.load_profile("steady")


def _flush_past_the_truncate_triggers(test_case: TransactionTestCase) -> None:
    """Empty the tables after a test that commits. The product refuses TRUNCATE; a superuser of
    the test database may ask PostgreSQL to leave triggers out for the length of the flush."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        _original_teardown(test_case)
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")


_original_teardown = TransactionTestCase._fixture_teardown
TransactionTestCase._fixture_teardown = _flush_past_the_truncate_triggers


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup) -> Iterator[None]:
    """Before the test database goes, collect what may still hold a connection to it: the garbage
    collector seldom looks in a run (`clinic.local.pytest_plugin`)."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """The server stops before its database goes, also where a browser's test came first."""
    return live_server


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _private_media(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _signed_in_through_any_moved_clock(settings) -> None:
    """Tests sign in now and look at pages of another day."""
    settings.SESSION_COOKIE_AGE = 400 * 24 * 3600


@pytest.fixture
def reception(db):
    return staff_factories.ReceptionFactory()


@pytest.fixture
def clinician(db):
    return staff_factories.ClinicianFactory()


@pytest.fixture
def admin(db):
    return staff_factories.AdminFactory()


@pytest.fixture
def evaluator(db):
    return staff_factories.EvaluatorFactory()


@pytest.fixture
def client_of():
    """Return a function that signs a person in and returns their browser."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
