"""What is left of a process and everything it started."""

import time
from collections.abc import Iterable

import psutil


def of(pid: int) -> list[psutil.Process]:
    """The process and all its descendants, as they are now."""
    top = psutil.Process(pid)
    return [top, *top.children(recursive=True)]


def is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def left_after(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those still running ``seconds`` later; returns early when none is."""
    deadline = time.monotonic() + seconds
    while True:
        left = [process for process in processes if is_running(process)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)
