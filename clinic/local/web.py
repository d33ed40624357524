"""The web server, as the demo and the benchmark run it."""

import contextlib
import http.client
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clinic.local import processes, workspace
from clinic.local.processes import Child


@dataclass(frozen=True)
class Web:
    """A running web server."""

    url: str
    port: int
    child: Child


def status_of(port: int, path: str) -> int:
    """The HTTP status that a loopback server answers with; 0 for no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def command(port: int, workers: int, threads: int) -> list[str]:
    """The gunicorn command line for a loopback port."""
    return [
        *(sys.executable, "-m", "gunicorn", "clinic.wsgi:application"),
        f"--bind=127.0.0.1:{port}",
        "--worker-class=gthread",
        f"--workers={workers}",
        f"--threads={threads}",
        "--no-control-socket",
    ]


@contextlib.contextmanager
def run(
    env: Mapping[str, str],
    port: int,
    workers: int = 2,
    *,
    log_path: Path,
    threads: int = 4,
    ready_path: str = "/healthz",
    seconds: float = 60,
) -> Iterator[Web]:
    """Run gunicorn with ``env`` and wait until ``ready_path`` answers 200."""
    child = processes.start(
        "web",
        command(port, workers, threads),
        env=env,
        log_path=log_path,
        cwd=workspace.REPOSITORY,
    )
    with processes.running(child):
        processes.wait_until(
            lambda: status_of(port, ready_path) == 200,
            child=child,
            seconds=seconds,
            pause=0.2,
        )
        yield Web(f"http://127.0.0.1:{port}", port, child)
