"""The services that the test run itself uses."""

import os

from clinic.local import testing


def test_starting_again_changes_nothing():
    before = dict(os.environ)
    testing.start_services()
    assert dict(os.environ) == before


def test_each_worker_has_its_own_broker_databases_and_media(monkeypatch, tmp_path):
    given = {
        "DJANGO_TESTING": "true",
        "PYTEST_XDIST_WORKER": "gw1",
        "ANAGEN_TEST_WORKER": "",
        "ANAGEN_TEST_BROKER": "redis://127.0.0.1:7000",
        "BROKER_URL": "redis://127.0.0.1:7000/0",
        "CACHE_URL": "redis://127.0.0.1:7000/1",
        "MEDIA_ROOT": str(tmp_path),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    testing.start_services()
    assert os.environ["BROKER_URL"] == "redis://127.0.0.1:7000/4"
    assert os.environ["CACHE_URL"] == "redis://127.0.0.1:7000/5"
    assert os.environ["MEDIA_ROOT"] == str(tmp_path / "gw1")
