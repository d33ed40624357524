"""The demo starts, says so, and leaves nothing behind however it ends."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from clinic.local import demo, environment
from clinic.local.workspace import REPOSITORY
from tests.local import descendants


@dataclass(frozen=True)
class RunningDemo:
    process: subprocess.Popen[str]
    ready: dict
    ready_file: Path
    family: list[psutil.Process]

    def child(self, words: str) -> psutil.Process:
        return next(each for each in self.family if words in " ".join(each.cmdline()))


@contextlib.contextmanager
def running_demo(folder: Path, patients: int = 0) -> Iterator[RunningDemo]:
    ready_file = folder / "ready.json"
    options = ["--port=0", f"--patients={patients}", f"--ready-file={ready_file}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "clinic.local.demo", *options],
        cwd=REPOSITORY,
        env=environment.machine(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not ready_file.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    try:
        assert ready_file.exists(), process.communicate(timeout=1)[0]
        family = descendants.of(process.pid)
        yield RunningDemo(process, json.loads(ready_file.read_text()), ready_file, family)
    finally:
        process.kill()
        process.communicate()


def test_it_serves_the_clinic_and_stops_when_asked(tmp_path):
    with running_demo(tmp_path, patients=3) as running:
        with urllib.request.urlopen(f"{running.ready['url']}/accounts/login/") as page:
            assert page.status == 200
        roles = {account["role"] for account in running.ready["accounts"]}
        assert {"reception", "clinician", "admin", "evaluator"} <= roles
        assert all(
            account["email"] and account["password"] for account in running.ready["accounts"]
        )
        beats = [
            each for each in running.family if "celery -A clinic beat" in " ".join(each.cmdline())
        ]
        assert len(beats) == 1
        listening = [
            connection.laddr.ip
            for each in running.family
            for connection in each.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert set(listening) == {"127.0.0.1"}

        running.process.send_signal(signal.SIGTERM)

        assert running.process.wait(30) == 128 + signal.SIGTERM
        assert descendants.left_after(running.family, 1) == []
        assert not running.ready_file.exists()


def test_it_leaves_nothing_when_killed(tmp_path):
    with running_demo(tmp_path) as running:
        running.process.kill()
        running.process.wait(5)
        assert descendants.left_after(running.family, 20) == []


def test_it_ends_and_says_why_when_a_part_dies(tmp_path):
    with running_demo(tmp_path) as running:
        running.child("celery -A clinic beat").kill()
        output, _ = running.process.communicate(timeout=30)
        assert running.process.returncode == 1
        assert "beat ended with code -9" in output
        assert descendants.left_after(running.family, 1) == []


def test_a_port_in_use_is_said():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {port} is in use"):
            demo.main([f"--port={port}"])


@pytest.mark.parametrize("option", ["--port=70000", "--patients=-1", "--patients=many"])
def test_an_impossible_option_is_refused(option, capsys):
    with pytest.raises(SystemExit) as stop:
        demo.parse([option])
    assert stop.value.code == 2
    assert option.split("=")[0] in capsys.readouterr().err
