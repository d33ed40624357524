"""Nothing that a supervisor started may outlive it, however it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.local import processes
from clinic.local.workspace import REPOSITORY
from tests.local import descendants


@pytest.fixture
def supervisor() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.local.supervisor"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def folder_of(supervisor: subprocess.Popen[str]) -> Path:
    assert supervisor.stdout is not None
    return Path(json.loads(supervisor.stdout.readline())["folder"])


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGINT, 0)]
)
def test_a_stopped_supervisor_leaves_nothing(supervisor, number, code):
    folder = folder_of(supervisor)
    family = descendants.of(supervisor.pid)
    assert len(family) > 5

    supervisor.send_signal(number)

    assert supervisor.wait(20) == code
    assert descendants.left_after(family, 1) == []
    assert not folder.exists()


def test_a_killed_supervisor_leaves_nothing(supervisor):
    folder = folder_of(supervisor)
    family = descendants.of(supervisor.pid)

    supervisor.kill()
    supervisor.wait(5)

    assert descendants.left_after(family, 15) == []
    assert not folder.exists()


def test_servers_end_with_a_killed_supervisor_even_without_the_watchdog(supervisor):
    folder = folder_of(supervisor)
    family = descendants.of(supervisor.pid)
    watchdogs = [each for each in family if any("watchdog" in part for part in each.cmdline())]
    servers = [each for each in family if each.name() in ("postgres", "valkey-server")]
    orphan = [each for each in family if "SIG_IGN" in " ".join(each.cmdline())]

    assert len(watchdogs) == 1
    watchdogs[0].kill()
    supervisor.kill()
    supervisor.wait(5)

    assert descendants.left_after(servers, 10) == []
    for each in orphan:
        each.kill()
    shutil.rmtree(folder)


def start(tmp_path: Path, code: str) -> processes.Child:
    return processes.start(
        "child", [sys.executable, "-c", code], env=os.environ, log_path=tmp_path / "log"
    )


def test_a_dead_child_is_reported_with_the_end_of_its_log(tmp_path):
    child = start(tmp_path, "print('the reason'); raise SystemExit(3)")

    with pytest.raises(processes.ProcessError, match=r"child ended with code 3(.|\n)*the reason"):
        processes.wait_until(lambda: False, child=child, seconds=10)

    child.stop()


def test_a_child_that_is_never_ready_is_reported(tmp_path):
    child = start(tmp_path, "import time; time.sleep(60)")

    with (
        processes.running(child),
        pytest.raises(processes.ProcessError, match="was not ready after 0 s"),
    ):
        processes.wait_until(lambda: False, child=child, seconds=0.2)

    assert not child.is_alive()


def test_a_child_that_ignores_its_signal_is_killed(tmp_path):
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"
    child = processes.start(
        "child", [sys.executable, "-u", "-c", code], env=os.environ, log_path=tmp_path / "log"
    )
    processes.wait_until(lambda: "up" in child.log_tail(), child=child, seconds=10)

    child.stop(patience=0.3)

    assert child.process.returncode == -signal.SIGKILL


def test_a_failing_command_is_an_error(tmp_path):
    with pytest.raises(processes.ProcessError, match="ended with code 1"):
        processes.run("false", ["false"], env=os.environ, log_path=tmp_path / "log")
