"""The worker and the beat, as the demo runs them."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from clinic.local import processes, workspace
from clinic.local.processes import Child

CELERY = (sys.executable, "-m", "celery", "-A", "clinic")


@contextlib.contextmanager
def run_worker(env: Mapping[str, str], *, log_path: Path, concurrency: int = 2) -> Iterator[Child]:
    """Run a Celery worker."""
    child = processes.start(
        "worker",
        [*CELERY, "worker", f"--concurrency={concurrency}", "--loglevel=INFO"],
        env=env,
        log_path=log_path,
        cwd=workspace.REPOSITORY,
    )
    with processes.running(child):
        yield child


def start_first_heartbeat(env: Mapping[str, str], *, log_path: Path) -> Child:
    """Ask for one heartbeat now; beat's first comes only after its interval."""
    command = [*CELERY, "call", "base.heartbeat"]
    return processes.start(
        "heartbeat", command, env=env, log_path=log_path, cwd=workspace.REPOSITORY
    )


@contextlib.contextmanager
def run_beat(env: Mapping[str, str], *, log_path: Path) -> Iterator[Child]:
    """Run the one Celery beat; ``BEAT_SCHEDULE_FILE`` in ``env`` says where it remembers."""
    child = processes.start(
        "beat",
        [*CELERY, "beat", "--loglevel=INFO", "--pidfile="],
        env=env,
        log_path=log_path,
        cwd=workspace.REPOSITORY,
    )
    with processes.running(child):
        yield child
