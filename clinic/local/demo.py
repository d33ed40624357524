"""Run the whole product on this machine with a fictional clinic."""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from clinic.local import broker, environment, jobs, postgres, processes, schema, web, workspace
from clinic.local.processes import Child, ProcessError
from clinic.local.workspace import Workspace


class DemoAccount(TypedDict):
    """One person who can sign in."""

    role: str
    email: str
    password: str


@dataclass(frozen=True)
class Demo:
    """The running product."""

    url: str
    accounts: list[DemoAccount]
    children: tuple[Child, ...]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Run the whole product on this machine with a fictional clinic. "
        "Ctrl-C stops everything and removes the data.",
    )
    parser.add_argument("--port", type=int, default=8000, help="loopback port; 0 picks a free one")
    parser.add_argument("--patients", type=int, default=20, help="how many patients to invent")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same number invents the same clinic"
    )
    parser.add_argument(
        "--ready-file",
        type=Path,
        help="written as JSON with the address and accounts when all is up",
    )
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error("--port must be between 0 and 65535")
    if options.patients < 0:
        parser.error("--patients cannot be negative")
    return options


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


def choose_port(wanted: int) -> int:
    """The wanted port, or a free one for 0."""
    if wanted == 0:
        return workspace.free_port()
    if not workspace.port_is_free(wanted):
        raise SystemExit(
            f"Port {wanted} is in use. Choose another one: bin/demo --port {wanted + 1}"
        )
    return wanted


def manage(place: Workspace, env: dict[str, str], *arguments: str) -> Child:
    """Start a management command."""
    return processes.start(
        f"manage.py {arguments[0]}",
        [sys.executable, "manage.py", *arguments],
        env=env,
        log_path=place.logs / f"{arguments[0]}.log",
        cwd=workspace.REPOSITORY,
    )


def load_clinic(
    place: Workspace, env: dict[str, str], patients: int, seed: int
) -> list[DemoAccount]:
    """Make the tables and fill them, as the role that owns them."""
    accounts_path = place.path / "accounts.json"
    accounts_path.touch(mode=0o600)
    say("Preparing the database…")
    schema.prepare(env["DATABASE_URL"], env=env, place=place)
    say(f"Inventing a clinic with {patients} patients…")
    options = (f"--patients={patients}", f"--seed={seed}", f"--accounts-file={accounts_path}")
    processes.finish(manage(place, env, "seed", *options))
    accounts: list[DemoAccount] = json.loads(accounts_path.read_text())
    return accounts


@contextlib.contextmanager
def run(place: Workspace, *, port: int, patients: int, seed: int) -> Iterator[Demo]:
    """Start every part in order; stop them in the opposite order."""
    logs = place.logs
    with contextlib.ExitStack() as stack:
        start = stack.enter_context
        say("Starting the database and the broker…")
        database = start(postgres.run(place.path / "postgres", log_path=logs / "database.log"))
        messages = start(broker.run(place.path / "broker", log_path=logs / "broker.log"))
        env = environment.demo(
            place,
            port=port,
            database_url=database.url,
            broker_url=messages.url,
            cache_url=messages.cache_url,
        )
        static = start(processes.running(manage(place, env, "collectstatic", "--no-input")))
        accounts = load_clinic(place, env | {"DATABASE_URL": database.owner_url}, patients, seed)
        say("Starting web, worker and beat…")
        worker = start(jobs.run_worker(env, log_path=logs / "worker.log"))
        beat = start(jobs.run_beat(env, log_path=logs / "beat.log"))
        heartbeat = jobs.start_first_heartbeat(env, log_path=logs / "heartbeat.log")
        processes.finish(static)
        server = start(web.run(env, port, log_path=logs / "web.log"))
        processes.finish(heartbeat)
        children = (database.child, messages.child, worker, beat, server.child)
        wait_until_ready(server, children)
        yield Demo(server.url, accounts, children)


def wait_until_ready(server: web.Web, children: Sequence[Child]) -> None:
    """Return when ``/readyz`` answers 200; raise ProcessError when a part dies."""

    def ready() -> bool:
        for child in children:
            child.require_alive()
        return web.status_of(server.port, "/readyz") == 200

    processes.wait_until(ready, child=server.child, seconds=90, pause=0.25)


@contextlib.contextmanager
def announced(demo: Demo, ready_file: Path | None) -> Iterator[None]:
    """Keep the ready file in place for as long as the demo is up."""
    if ready_file is None:
        yield
        return
    draft = ready_file.with_name(f"{ready_file.name}.part")
    draft.write_text(json.dumps({"url": demo.url, "accounts": demo.accounts}))
    draft.replace(ready_file)
    try:
        yield
    finally:
        ready_file.unlink(missing_ok=True)


def describe(demo: Demo, logs: Path) -> str:
    """What the person at the terminal reads when all is up."""
    width = max((len(account["role"]) for account in demo.accounts), default=0)
    accounts = "\n".join(
        f"  {account['role']:<{width}}  {account['email']}  {account['password']}"
        for account in demo.accounts
    )
    return (
        f"\nAnagen is running at {demo.url}\n\n{accounts}\n\nLogs: {logs}\nCtrl-C stops everything."
    )


def watch(children: Sequence[Child]) -> None:
    """Return never; raise ProcessError when a child dies."""
    while True:
        for child in children:
            child.require_alive()
        time.sleep(0.5)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the demo until it is stopped."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    ready_file: Path | None = options.ready_file and options.ready_file.resolve()
    if ready_file:
        ready_file.unlink(missing_ok=True)
    port = choose_port(options.port)
    try:
        with (
            processes.orderly_exit(),
            workspace.fresh() as place,
            run(place, port=port, patients=options.patients, seed=options.seed) as demo,
            announced(demo, ready_file),
        ):
            say(describe(demo, place.logs))
            watch(demo.children)
    except ProcessError as error:
        raise SystemExit(f"\n{error}") from None


if __name__ == "__main__":
    main()
