"""The clinic's clock: the web server's and the worker's, always the same."""

import os
import sys
import time
from collections.abc import Callable
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
    """Moves the server (a thread of this process) and starts a real worker, and beat where it is
    asked for, at the same time.

    PostgreSQL and the browser keep the real time: neither decides anything by it.
    """

    def __init__(self, *, public_url: str, folder: Path) -> None:
        self._folder = folder
        self._public_url = public_url
        self._shift_seconds = 0.0
        self._worker: Child | None = None
        self._beat: Child | None = None
        self._travel: time_machine.travel | None = None

    def move_to(self, moment: datetime) -> None:
        """Set the clock; it ticks on from there."""
        self.stop()
        self._travel = time_machine.travel(moment, tick=True)
        self._travel.start()
        self._shift_seconds = time.time() - time_machine.escape_hatch.time.time()
        self._worker = self._celery("worker", "--concurrency=2")

    def start_beat(self) -> None:
        """Start the clinic's timetable, which wakes the worker every ten seconds."""
        self._beat = self._celery("beat", f"--schedule={self._folder / 'beat-schedule'}")

    def stop(self) -> None:
        """End beat and the worker, and go back to the real time."""
        for child in (self._beat, self._worker):
            if child:
                child.stop()
        if self._travel:
            self._travel.stop()
        self._beat = self._worker = self._travel = None

    def wait_for_beat(self, has_happened: Callable[[], bool], seconds: float = 40) -> None:
        """Wait until something has happened that only beat's timetable starts."""
        assert self._beat
        processes.wait_until(has_happened, child=self._beat, seconds=seconds, pause=0.2)
        self.wait_for_the_worker()

    def wait_for_the_worker(self, seconds: float = 60) -> None:
        """Wait until the worker has nothing to do and nothing waits for it."""
        assert self._worker

        def is_idle_twice() -> bool:
            # Between the queue and the list of what is being done a task is nowhere for a moment.
            return _is_idle() and (time.sleep(0.1), _is_idle())[1]

        processes.wait_until(is_idle_twice, child=self._worker, seconds=seconds, pause=0.1)

    def _celery(self, *command: str) -> Child:
        return processes.start(
            command[0],
            [
                *(sys.executable, "-m", "tests.journeys.shifted_worker", str(self._shift_seconds)),
                *("-A", "clinic", *command, "--loglevel=INFO"),
            ],
            env=self._environment(),
            log_path=self._folder / f"{command[0]}.log",
            cwd=workspace.REPOSITORY,
        )

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
