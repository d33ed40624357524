"""How the processes of a parallel run share the tests.

The files are told from the tests' addresses alone. Marks that name a group reach the scheduler
only inside of those addresses, where a newer pytest lets nobody write.
"""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys"

# What takes longest goes first, so that small pieces are left for the end and no process works on
# alone.
LONGEST = (
    *(JOURNEYS, "tests/local/test_demo.py", "tests/test_compose.py"),
    *("tests/test_permissions.py", "tests/caseload", "tests/treatments", "tests/patients"),
)


def group_of(address: str) -> str:
    """The group of the test with this address: its file, or all browser journeys."""
    file = address.partition("::")[0]
    return "browser" if PurePosixPath(file).is_relative_to(JOURNEYS) else file


def place_of(address: str) -> int:
    """How early a test is taken up: the place of its file in ``LONGEST``, or after all of that."""
    file = PurePosixPath(address.partition("::")[0])
    return next((place for place, name in enumerate(LONGEST) if file.is_relative_to(name)), 99)


class FilesTogether(LoadScopeScheduling):
    """Gives each process whole groups, in the order in which they were collected.

    What a file's tests share, such as a browser or a database server, is then made once.
    """

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # Not by the number of tests.

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
