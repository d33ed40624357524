"""The tables of a new database: migrated once, then copied.

Running every migration takes half a minute. Their result is kept as a dump
under the hash of all that it depends on, and a new database starts from it.
``migrate`` runs afterwards in any case and finds nothing to do.
"""

import contextlib
import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from clinic.local import postgres, processes, workspace
from clinic.local.workspace import REPOSITORY, Workspace

CACHE = REPOSITORY / ".local"
MIGRATIONS = ("clinic/*/migrations/*.py", "*/migrations/*.py")
ALSO_COUNTS = (REPOSITORY / "requirements" / "dev.txt", postgres.ROLES_SQL)


def fingerprint() -> str:
    """A hash of all that decides what the migrated database looks like."""
    files = {path for pattern in MIGRATIONS for path in REPOSITORY.glob(pattern)}
    digest = hashlib.sha256()
    for path in (*sorted(files), *ALSO_COUNTS):
        digest.update(f"{path.relative_to(REPOSITORY)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


def _restore(url: str, dump: Path, place: Workspace) -> None:
    psql = postgres.installed_programs() / "psql"
    options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    command: list[str | Path] = [psql, url, *options, f"--file={dump}"]
    env = {"PATH": "/usr/bin:/bin"}
    processes.run("restore", command, env=env, log_path=place.logs / "restore.log")


def _save(url: str, dump: Path, place: Workspace) -> None:
    draft = dump.with_name(f"{dump.name}.{os.getpid()}")
    command: list[str | Path] = [postgres.installed_programs() / "pg_dump", url, f"--file={draft}"]
    env = {"PATH": "/usr/bin:/bin"}
    processes.run("pg_dump", command, env=env, log_path=place.logs / "dump.log")
    for old in CACHE.glob("schema-*.sql"):
        old.unlink(missing_ok=True)
    draft.replace(dump)


def prepare(url: str, *, env: Mapping[str, str], place: Workspace) -> None:
    """Make the tables in a new, empty database; ``url`` is its owner's address."""
    CACHE.mkdir(exist_ok=True)
    dump = CACHE / f"schema-{fingerprint()}.sql"
    if dump.exists():
        try:
            _restore(url, dump, place)
        except processes.ProcessError:
            # One transaction: nothing of it is left, and migrate starts from the beginning.
            dump.unlink(missing_ok=True)
    processes.run(
        "manage.py migrate",
        [sys.executable, "manage.py", "migrate", "--no-input"],
        env={**env, "DATABASE_URL": url},
        log_path=place.logs / "migrate.log",
        cwd=workspace.REPOSITORY,
    )
    if not dump.exists():
        with contextlib.suppress(processes.ProcessError, OSError):
            _save(url, dump, place)
