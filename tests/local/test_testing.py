"""The services that the test run itself uses."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from clinic.local import pytest_plugin, testing, workspace


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


@pytest.mark.parametrize(
    ("path", "group"),
    [("tests/journeys/test_day.py", "browser"), ("tests/patients/test_models.py", None)],
)
def test_journeys_share_a_worker_and_files_stay_together(path, group):
    root = workspace.REPOSITORY
    item = SimpleNamespace(path=root / path)
    assert pytest_plugin.group_of(item.path, root / "tests" / "journeys") == group or str(
        root / path
    )


def test_what_takes_longest_is_taken_up_first():
    names = ["base/test_ids.py", "caseload/test_seed.py", "test_compose.py", "journeys/test_day.py"]
    paths = sorted((Path("tests", name) for name in names), key=pytest_plugin.place_of)
    assert [path.name for path in paths] == [
        *("test_day.py", "test_compose.py", "test_seed.py", "test_ids.py")
    ]


def test_what_takes_longest_is_there():
    assert [
        name for name in pytest_plugin.LONGEST if not (workspace.REPOSITORY / name).exists()
    ] == []


def test_the_whole_suite_is_taken_up_in_that_order():
    program = (workspace.REPOSITORY / "bin" / "test").read_text()
    assert "--no-loadscope-reorder" in program, "else xdist sorts the files by number of tests"
