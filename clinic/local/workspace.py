"""Where local data lives, and the account the servers run as."""

import contextlib
import os
import pwd
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clinic.local.processes import Account, guard

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Workspace:
    """A fresh folder for one run: data, logs, media, static files and mail."""

    path: Path

    @property
    def logs(self) -> Path:
        """What each part prints."""
        return self.path / "logs"

    @property
    def media(self) -> Path:
        """Photos and documents."""
        return self.path / "media"

    @property
    def static(self) -> Path:
        """Collected static files."""
        return self.path / "static"

    @property
    def mail(self) -> Path:
        """The mail that was sent, as files."""
        return self.path / "mail"


def server_account() -> Account | None:
    """The account for the servers: ``nobody`` when we are root, else our own.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def everyone_may_enter(folder: Path) -> bool:
    """Whether any account can reach ``folder`` through all its parents."""
    return all(
        place.stat().st_mode & stat.S_IXOTH
        for place in (folder.resolve(), *folder.resolve().parents)
    )


def base_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that fresh workspaces are made in.

    ``ANAGEN_DATA_DIR`` is taken at its word; ``TMPDIR`` only if the server
    account can reach it.
    """
    chosen = environ.get("ANAGEN_DATA_DIR")
    if chosen:
        folder = Path(chosen).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if server_account() and not everyone_may_enter(folder):
            raise SystemExit(
                f"ANAGEN_DATA_DIR={folder} cannot be reached by the account the database runs "
                "as. Choose a folder whose parents everyone may enter, such as one in /var/tmp."
            )
        return folder
    for candidate in (environ.get("TMPDIR"), "/var/tmp", "/tmp"):  # noqa: S108
        if candidate and Path(candidate).is_dir():
            folder = Path(candidate).resolve()
            if not server_account() or everyone_may_enter(folder):
                return folder
    raise SystemExit("No folder for temporary data was found. Set ANAGEN_DATA_DIR to one.")


@contextlib.contextmanager
def fresh() -> Iterator[Workspace]:
    """A new workspace, removed at the end of the block or by the watchdog."""
    path = Path(tempfile.mkdtemp(prefix="anagen-", dir=base_folder()))
    guard().order("remove", path)
    try:
        path.chmod(0o711)
        workspace = Workspace(path)
        for folder in (
            workspace.logs,
            workspace.media,
            workspace.static,
            workspace.mail,
        ):
            folder.mkdir(mode=0o700)
        yield workspace
    finally:
        shutil.rmtree(path, ignore_errors=True)
        guard().order("keep", path)


def make_server_folder(path: Path) -> Path:
    """Make a folder that only the server account can read."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = server_account()
    if account:
        os.chown(path, account.uid, account.gid)
    return path


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
