"""The clinic's clock: the web server's and the worker's, always the same."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import time_machine
from celery import current_app
from django.conf import settings
from django.db import connection

from clinic.local import processes, workspace
from clinic.local.processes import Child


class Clock:
    """Moves the server (a thread of this process) and starts a real worker at the same time.

    PostgreSQL and the browser keep the real time: neither decides anything by it.
    """

    def __init__(self, *, public_url: str, folder: Path) -> None:
        self._log = folder / "worker.log"
        self._public_url = public_url
        self._worker: Child | None = None
        self._travel: time_machine.travel | None = None

    def move_to(self, moment: datetime) -> None:
        """Set the clock; it ticks on from there."""
        self.stop()
        self._travel = time_machine.travel(moment, tick=True)
        self._travel.start()
        shift_seconds = time.time() - time_machine.escape_hatch.time.time()
        self._worker = processes.start(
            "worker",
            [
                *(sys.executable, "-m", "tests.journeys.shifted_worker", str(shift_seconds)),
                *("-A", "clinic", "worker", "--concurrency=2", "--loglevel=INFO"),
            ],
            env=self._environment(),
            log_path=self._log,
            cwd=workspace.REPOSITORY,
        )

    def stop(self) -> None:
        """End the worker and go back to the real time."""
        if self._worker:
            self._worker.stop()
        if self._travel:
            self._travel.stop()
        self._worker = self._travel = None

    def let_beat_wake_the_outbox(self) -> None:
        """Ask for what beat asks for every ten seconds, and wait until the worker has done it."""
        current_app.send_task("messaging.send_due")
        self.wait_for_the_worker()

    def wait_for_the_worker(self, seconds: float = 60) -> None:
        """Wait until the worker has nothing to do and nothing waits for it."""
        assert self._worker

        def is_idle_twice() -> bool:
            # Between the queue and the list of what is being done a task is nowhere for a moment.
            return _is_idle() and (time.sleep(0.1), _is_idle())[1]

        processes.wait_until(is_idle_twice, child=self._worker, seconds=seconds, pause=0.1)

    def _environment(self) -> dict[str, str]:
        database = urlsplit(os.environ["DATABASE_URL"])
        test_database = database._replace(path=f"/{connection.settings_dict['NAME']}")
        return os.environ | {
            "DATABASE_URL": test_database.geturl(),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "EMAIL_FILE_PATH": settings.EMAIL_FILE_PATH,
            "PUBLIC_URL": self._public_url,
        }


def _is_idle() -> bool:
    """Say whether nothing is queued and nothing is taken but not done (tasks are acked late)."""
    with current_app.connection_or_acquire() as broker:
        redis = broker.default_channel.client
        return redis.llen("celery") == 0 and redis.hlen("unacked") == 0
