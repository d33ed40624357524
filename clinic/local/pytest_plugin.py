"""Starts the tests' database and broker before Django reads its settings.

Loaded by ``-p clinic.local.pytest_plugin``.
"""

import gc
from collections.abc import Generator

import pytest
from xdist.remote import Producer

from clinic.local import sharing, testing


# A wrapper runs before every plain implementation, pytest-django's included,
# which loads the settings.
@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Start the services."""
    testing.start_services()
    yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a run on several processes begin with what takes longest."""
    if testing.is_one_of_several():
        items.sort(key=lambda item: sharing.place_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Producer
) -> sharing.FilesTogether | None:
    """Keep the tests of a file on one process, and all journeys, where files are asked for."""
    return sharing.FilesTogether(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl
def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays for the whole run.

    Thousands of tests, their modules and the product are never garbage; looking through them again
    and again takes a twelfth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the services."""
    testing.stop_services()
