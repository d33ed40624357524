"""Ends what a supervisor started when the supervisor itself was killed.

The supervisor holds the other end of this program's standard input and writes
one order a line: ``watch PID SIGNAL``, ``forget PID``, ``remove FOLDER`` and
``keep FOLDER``. The pipe closes when the supervisor ends, however it ends;
whatever is still on the list is then stopped and removed. After an orderly end
the lists are empty. Run as a file, so it uses the standard library alone.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable

GRACE_SECONDS = 4.0


def group_is_alive(pid: int) -> bool:
    """Whether any process is left in the group that ``pid`` leads."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(pids: list[int], seconds: float) -> None:
    """Return when all the groups have ended, or after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(map(group_is_alive, pids)):
        time.sleep(0.05)


def stop(signals: dict[int, int]) -> None:
    """Ask each process to end in its own way, then end its whole group."""
    for pid, number in signals.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    wait_until_gone(list(signals), GRACE_SECONDS)
    for pid in signals:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    wait_until_gone(list(signals), 1.0)


def follow(orders: Iterable[str]) -> tuple[dict[int, int], set[str]]:
    """Read orders until the pipe closes; return what is left to clean up."""
    signals: dict[int, int] = {}
    folders: set[str] = set()
    for line in orders:
        order, _, rest = line.rstrip("\n").partition(" ")
        if order == "watch":
            pid, number = rest.split()
            signals[int(pid)] = int(number)
        elif order == "forget":
            signals.pop(int(rest), None)
        elif order == "remove":
            folders.add(rest)
        elif order == "keep":
            folders.discard(rest)
    return signals, folders


def main() -> None:
    """Follow orders until the supervisor ends, then clean up after it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signals, folders = follow(sys.stdin)
    stop(signals)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
