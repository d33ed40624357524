"""Style, types, import direction, migrations and deployment settings."""

import contextlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clinic.local import broker, environment, postgres, processes, workspace

PROGRAMS = Path(sys.executable).parent
PACKAGES = ("clinic", "patients", "treatments", "followups")


@dataclass(frozen=True)
class Check:
    """One command that must succeed."""

    name: str
    command: tuple[str, ...]


def program(name: str, *arguments: str) -> tuple[str, ...]:
    """The command line of a program installed with the packages."""
    return (str(PROGRAMS / name), *arguments)


def manage(*arguments: str) -> tuple[str, ...]:
    """The command line of a management command."""
    return (sys.executable, "manage.py", *arguments)


CHECKS = (
    Check("style", program("ruff", "check", ".")),
    Check("format", program("ruff", "format", "--check", ".")),
    Check("template style", program("djlint", "templates", "--lint", "--quiet")),
    Check("import direction", program("lint-imports", "--no-cache")),
    Check("types", program("mypy", "--no-incremental", *PACKAGES)),
    Check("migrations", manage("makemigrations", "--check", "--dry-run")),
    Check(
        "deployment",
        manage("check", "--deploy", "--fail-level=WARNING", "--database=default"),
    ),
)


def passes(check: Check, env: Mapping[str, str]) -> bool:
    """Run one check; show what it printed only if it failed."""
    result = subprocess.run(
        check.command,
        cwd=workspace.REPOSITORY,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode == 0:
        print(f"✓ {check.name}", flush=True)
        return True
    print(f"✗ {check.name}\n{result.stdout.strip()}\n", flush=True)
    return False


def chosen(names: Sequence[str]) -> list[Check]:
    """The checks with these names, or all."""
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        known = ", ".join(check.name for check in CHECKS)
        raise SystemExit(f"No check called {', '.join(sorted(unknown))}. There are: {known}.")
    return [check for check in CHECKS if not names or check.name in names]


def main() -> None:
    """Run every check, or those named in the arguments; report every failure."""
    checks = chosen(sys.argv[1:])
    with (
        processes.orderly_exit(),
        workspace.fresh() as place,
        contextlib.ExitStack() as stack,
    ):
        database = stack.enter_context(
            postgres.run(place.path / "postgres", log_path=place.logs / "database.log")
        )
        messages = stack.enter_context(
            broker.run(place.path / "broker", log_path=place.logs / "broker.log")
        )
        env = environment.production(
            place.path,
            database_url=database.owner_url,
            broker_url=messages.url,
            cache_url=messages.cache_url,
        )
        failures = [check for check in checks if not passes(check, env)]
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
