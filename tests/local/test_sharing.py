"""How the processes of a parallel run share the tests."""

from types import SimpleNamespace

import pytest

from clinic.local import sharing, workspace
from clinic.local.sharing import FilesTogether

JOURNEYS = [f"tests/journeys/test_{name}.py::test_it" for name in ("day", "night", "week")]
FILES = [f"tests/base/test_{file}.py::test_{n}" for file in ("ids", "keys") for n in range(4)]


class Process:
    """Stands at the other end of the line to a process and remembers what it is to run."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.shutting_down = False
        self.given: list[int] = []

    def send_runtest_some(self, places: list[int]) -> None:
        self.given += places

    def shutdown(self) -> None:
        self.shutting_down = True


def shared(addresses: list[str]) -> list[list[str]]:
    """What each of two processes is given to begin with."""
    option = SimpleNamespace(loadscopereorder=True, maxschedchunk=None)
    config = SimpleNamespace(option=option, getvalue=lambda name: ["2*popen"])
    scheduler = FilesTogether(config)
    processes = [Process("one"), Process("two")]
    for process in processes:
        scheduler.add_node(process)
    for process in processes:
        scheduler.add_node_collection(process, addresses)
    scheduler.schedule()
    return [[addresses[place] for place in process.given] for process in processes]


def test_a_process_gets_whole_files():
    assert shared(FILES) == [FILES[:4], FILES[4:]]


def test_all_journeys_share_a_process():
    assert shared([*JOURNEYS, *FILES[:4]]) == [JOURNEYS, FILES[:4]]


def test_the_order_of_the_tests_is_kept_also_where_a_later_file_has_more():
    assert shared([*FILES[:3], *FILES[4:]])[0] == FILES[:3]


def test_the_tests_of_a_class_stay_with_their_file():
    assert sharing.group_of("tests/base/test_ids.py::TestIds::test_it[a::b@c]") == (
        "tests/base/test_ids.py"
    )


def test_what_takes_longest_is_taken_up_first():
    files = ["base/test_ids.py", "caseload/test_seed.py", "test_compose.py", "journeys/test_day.py"]
    addresses = sorted((f"tests/{file}::test_it" for file in files), key=sharing.place_of)
    assert addresses == [f"tests/{file}::test_it" for file in reversed(files)]


@pytest.mark.parametrize("name", sharing.LONGEST)
def test_what_takes_longest_is_there(name):
    assert (workspace.REPOSITORY / name).exists()


def test_the_whole_suite_is_shared_like_this():
    assert "--dist loadfile" in (workspace.REPOSITORY / "bin" / "test").read_text()
