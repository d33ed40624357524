"""Starts the tests' database and broker before Django reads its settings.

Loaded by ``-p clinic.local.pytest_plugin``.
"""

from collections.abc import Generator
from pathlib import Path

import pytest

from clinic.local import testing


# A wrapper runs before every plain implementation, pytest-django's included,
# which loads the settings.
@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Start the services."""
    testing.start_services()
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what shares costly fixtures on one worker: a file, or all browser journeys."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    journeys = config.rootpath / "tests" / "journeys"
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group_of(item.path, journeys)))


def group_of(path: Path, journeys: Path) -> str:
    """The name of the group of tests that this file belongs to."""
    return "browser" if path.is_relative_to(journeys) else str(path)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the services."""
    testing.stop_services()
