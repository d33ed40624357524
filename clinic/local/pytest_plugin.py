"""Starts the tests' database and broker before Django reads its settings.

Loaded by ``-p clinic.local.pytest_plugin``.
"""

import gc
from collections.abc import Generator
from pathlib import Path

import pytest

from clinic.local import testing

# What takes longest, where two processes share the work. It goes first, so that what is left for
# the end are small pieces and neither process works on alone.
LONGEST = (
    *("tests/journeys", "tests/local/test_demo.py", "tests/test_compose.py"),
    *("tests/test_permissions.py", "tests/caseload", "tests/treatments", "tests/patients"),
)


# A wrapper runs before every plain implementation, pytest-django's included,
# which loads the settings.
@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Start the services."""
    testing.start_services()
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what shares costly fixtures on one worker: a file, or all browser journeys.

    A run on several processes takes them up in the order of ``LONGEST``.
    """
    if not config.pluginmanager.hasplugin("xdist"):
        return
    if testing.is_one_of_several():
        items.sort(key=lambda item: place_of(item.path.relative_to(config.rootpath)))
    journeys = config.rootpath / "tests" / "journeys"
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group_of(item.path, journeys)))


def group_of(path: Path, journeys: Path) -> str:
    """The name of the group of tests that this file belongs to."""
    return "browser" if path.is_relative_to(journeys) else str(path)


def place_of(path: Path) -> int:
    """How early a test file is taken up: its place in ``LONGEST``, or after all of that."""
    places = (place for place, name in enumerate(LONGEST) if path.is_relative_to(name))
    return next(places, len(LONGEST))


@pytest.hookimpl
def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays for the whole run.

    Thousands of tests, their modules and the product are never garbage; looking through them again
    and again takes a twelfth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the services."""
    testing.stop_services()
