"""Child processes that never outlive the process that started them.

Three things see to that. An orderly end stops each child and reaps it. On
Linux the kernel sends each child its stop signal when its parent dies. And a
watchdog (see ``watchdog.py``) ends whole process groups, because the kernel's
signal reaches a child but not the children of that child.
"""

import atexit
import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from clinic.local import watchdog

PR_SET_PDEATHSIG = 1


class ProcessError(RuntimeError):
    """A child could not be started or ended unexpectedly."""


@dataclass(frozen=True)
class Account:
    """The system account a child runs as."""

    uid: int
    gid: int


class _Watchdog:
    """The supervisor's side of the watchdog's pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", watchdog.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
            cwd="/",
        )
        self._pipe = cast(IO[str], self._process.stdin)
        self._lock = threading.Lock()

    def order(self, *words: object) -> None:
        """Write one order; see ``watchdog.py`` for the words."""
        with self._lock:
            self._pipe.write(" ".join(map(str, words)) + "\n")
            self._pipe.flush()

    def close(self) -> None:
        """Let the watchdog end and wait for it."""
        with contextlib.suppress(OSError):
            self._process.communicate(timeout=10)


@functools.cache
def _watchdog(_supervisor_pid: int) -> _Watchdog:
    dog = _Watchdog()
    atexit.register(dog.close)
    return dog


def guard() -> _Watchdog:
    """The watchdog of this process, started on first use."""
    return _watchdog(os.getpid())


@dataclass
class Child:
    """A running child in a process group of its own."""

    name: str
    process: subprocess.Popen[bytes]
    log_path: Path
    stop_signal: int = signal.SIGTERM

    @property
    def pid(self) -> int:
        """The number of the process and of its group."""
        return self.process.pid

    def is_alive(self) -> bool:
        """Whether the child is still running."""
        return self.process.poll() is None

    def log_tail(self, lines: int = 40) -> str:
        """The last lines the child wrote."""
        with contextlib.suppress(OSError):
            text = self.log_path.read_text(errors="replace")
            return "\n".join(text.splitlines()[-lines:])
        return ""

    def require_alive(self) -> None:
        """Raise ProcessError, with the end of the log, if the child has died."""
        if not self.is_alive():
            raise ProcessError(
                f"{self.name} ended with code {self.process.returncode}. Its last lines:\n"
                f"{self.log_tail()}"
            )

    def stop(self, patience: float = 10.0) -> None:
        """Ask the child to end, insist after ``patience`` seconds, and reap it."""
        if self.is_alive():
            self.process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        guard().order("forget", self.pid)


def _die_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """What a new child does so that the kernel ends it with its parent.

    It must run after the change of user, which would clear the request;
    subprocess calls it there.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log_path: Path,
    account: Account | None = None,
    stop_signal: int = signal.SIGTERM,
    cwd: Path | None = None,
) -> Child:
    """Start a child whose output goes to ``log_path``.

    Call it from a thread that lives as long as the process does: the kernel
    counts the end of the starting thread as the death of the parent.
    """
    dog = guard()
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_die_with_parent(stop_signal),
        )
    dog.order("watch", process.pid, int(stop_signal))
    return Child(name, process, log_path, stop_signal)


@contextlib.contextmanager
def running(child: Child, patience: float = 10.0) -> Iterator[Child]:
    """Stop ``child`` at the end of the block."""
    try:
        yield child
    finally:
        child.stop(patience)


def run(
    name: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log_path: Path,
    account: Account | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a command to its end; raise ProcessError if it fails."""
    finish(start(name, command, env=env, log_path=log_path, account=account, cwd=cwd))


def finish(child: Child) -> None:
    """Wait for a command to end; raise ProcessError if it fails."""
    with running(child):
        code = child.process.wait()
        if code != 0:
            raise ProcessError(
                f"{child.name} ended with code {code}. Its last lines:\n{child.log_tail()}"
            )


def wait_until(
    question: Callable[[], bool], *, child: Child, seconds: float, pause: float = 0.05
) -> None:
    """Ask until the answer is yes; give up when the child dies or time is over."""
    deadline = time.monotonic() + seconds
    while not question():
        child.require_alive()
        if time.monotonic() > deadline:
            raise ProcessError(
                f"{child.name} was not ready after {seconds:.0f} s. Its last lines:\n"
                f"{child.log_tail()}"
            )
        time.sleep(pause)


@contextlib.contextmanager
def orderly_exit() -> Iterator[None]:
    """Turn SIGTERM, SIGINT and SIGHUP into SystemExit, once.

    The first one unwinds the open ``with`` blocks, which stop the children;
    later ones are ignored so that they cannot interrupt the stopping.
    """
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def leave(number: int, _frame: object) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(0 if number == signal.SIGINT else 128 + number)

    before = {number: signal.signal(number, leave) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
