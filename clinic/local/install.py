"""Install what the product needs on this machine, then become another program.

Usage: install.py [--browser] MODULE [ARGUMENT...]

Runs under the machine's own Python before anything is installed, so it uses
the standard library alone. What is already there is left as it is.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
REQUIREMENTS = REPOSITORY / "requirements" / "dev.txt"
UV_REQUIREMENTS = REPOSITORY / "requirements" / "uv.txt"
VENV = REPOSITORY / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".requirements-installed"
CACHE = REPOSITORY / ".local"

PANGO_LIBRARIES = (
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz-subset.so.0",
)
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
# The first is Chromium without its windows, which tests do not need: it takes half the time.
QUICKEST_BROWSER = "chromium-headless-shell"
BROWSERS = (QUICKEST_BROWSER, "chromium", "chromium-browser", "google-chrome")


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, file=sys.stderr, flush=True)


def call(*command: str | Path, env: dict[str, str] | None = None) -> bool:
    """Run a command with its output on our standard error; say whether it worked."""
    finished = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        env=os.environ | (env or {}),
        check=False,
    )
    return finished.returncode == 0


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second start wait until the first has finished installing."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def library_is_there(name: str) -> bool:
    """Whether the system's linker finds this library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing_packages(*, browser: bool) -> list[str]:
    """Debian's names of the system packages that are needed and not there."""
    packages: list[str] = []
    if sys.platform.startswith("linux") and not all(map(library_is_there, PANGO_LIBRARIES)):
        packages += PANGO_PACKAGES
    if sys.platform == "darwin" and not library_is_there("/opt/homebrew/lib/libpango-1.0.dylib"):
        packages += PANGO_PACKAGES
    if browser and not browser_program():
        packages.append("chromium")
    if browser and not shutil.which("pdftotext"):
        packages.append("poppler-utils")
    return packages


def browser_program() -> str | None:
    """The browser that the tests use, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages if this machine and account allow it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {', '.join(packages)} with apt-get…")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    install = (
        "apt-get",
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        *packages,
    )
    return call("apt-get", "update", "--quiet", env=env) and call(*install, env=env)


def install_system_packages(*, browser: bool) -> None:
    """Install what is missing, or stop and say what it is.

    Not every distribution has the quickest browser; another one will do.
    """
    if browser and not shutil.which(QUICKEST_BROWSER):
        apt_install([QUICKEST_BROWSER])
    missing = missing_packages(browser=browser)
    if not missing or apt_install(missing):
        return
    raise SystemExit(
        "These are needed and could not be installed from here:\n"
        f"  on Debian or Ubuntu:  sudo apt-get install {' '.join(missing)}\n"
        "  on Fedora:            sudo dnf install pango chromium poppler-utils\n"
        "  on macOS:             brew install pango poppler, and Chromium from its own site\n"
        "Install them and start again."
    )


def make_venv(folder: Path) -> bool:
    """Make an environment with Python's own means."""
    return call(sys.executable, "-m", "venv", "--clear", folder)


def uv_program() -> Path:
    """The uv on this machine, or one installed beside the project."""
    found = shutil.which("uv")
    if found:
        return Path(found)
    folder = CACHE / "uv"
    program = folder / "bin" / "uv"
    if program.exists():
        return program
    say("Installing uv…")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not make_venv(folder) and not (apt_install([f"{version}-venv"]) and make_venv(folder)):
        raise SystemExit(
            "uv is needed. Install it, or Python's venv "
            f"(on Debian: apt-get install {version}-venv), and start again."
        )
    pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet")
    if not call(*pip, "--require-hashes", "--requirement", UV_REQUIREMENTS):
        shutil.rmtree(folder, ignore_errors=True)
        raise SystemExit("uv could not be installed: see the message above.")
    return program


def fingerprint() -> str:
    """What the stamp must say for the environment to be up to date."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{version} {hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()}\n"


def is_installed() -> bool:
    """Whether ``.venv`` was made from the requirements as they are now."""
    with contextlib.suppress(OSError):
        return VENV_PYTHON.exists() and STAMP.read_text() == fingerprint()
    return False


def install_python_packages() -> None:
    """Make ``.venv`` hold exactly what the pinned requirements say."""
    if is_installed():
        return
    uv = uv_program()
    env = {"UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    if not VENV_PYTHON.exists() and not call(
        uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV, env=env
    ):
        raise SystemExit("The Python environment could not be made: see the message above.")
    say("Installing the pinned Python packages…")
    sync = (
        uv,
        "pip",
        "sync",
        "--quiet",
        "--require-hashes",
        "--python",
        VENV_PYTHON,
        REQUIREMENTS,
    )
    # The machine's certificates first, since a network may have its own; then uv's.
    system = {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}
    if not call(*sync, env=env | system) and not call(*sync, env=env):
        raise SystemExit("The Python packages could not be installed: see the message above.")
    STAMP.write_text(fingerprint())


def leave(number: int, _frame: object) -> None:
    """End in an orderly way, so that a running installer is ended too."""
    raise SystemExit(128 + number)


def main() -> None:
    """Install, then become the program that the arguments name."""
    arguments = sys.argv[1:]
    browser = arguments[0] == "--browser"
    module, *rest = arguments[1:] if browser else arguments
    before = signal.signal(signal.SIGTERM, leave)
    with one_at_a_time():
        install_system_packages(browser=browser)
        install_python_packages()
    signal.signal(signal.SIGTERM, before)
    os.environ["PYTHONPATH"] = str(REPOSITORY)
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", module, *rest])  # noqa: S606


if __name__ == "__main__":
    main()
