"""Measure the main pages against the cheapest page possible."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from clinic.bench import figures, pages
from clinic.bench.client import Browser, Line, WrongAnswerError, checked, sign_in
from clinic.bench.pages import Prepared, Probe
from clinic.local import broker, environment, postgres, processes, schema, web, workspace
from clinic.local.processes import ProcessError
from clinic.local.workspace import Workspace

WORKERS = 2
WARM_UP_ROUNDS = 20
ROUNDS = 150


@dataclass(frozen=True)
class Servers:
    """The product and the floor, each behind its own gunicorn, on the same database."""

    product: Line
    floor: Line
    prepared: Prepared
    env: dict[str, str]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measure the main pages against the cheapest page possible, in a database "
        "of their own. Prints a table; see docs/benchmarks.md for what the figures mean.",
    )
    parser.add_argument("--patients", type=int, default=10_000, help="how many (10,000)")
    parser.add_argument("--seed", type=int, default=1, help="which fictional clinic (1)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"per page ({ROUNDS})")
    parser.add_argument("--only", default="", help=f"of {','.join(pages.AIMS)}")
    parser.add_argument(
        "--import-rows", type=int, default=0, help="also import a file of so many new patients"
    )
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args(arguments)
    options.names = pages.chosen(name for name in options.only.split(",") if name)
    if options.patients < 1 or options.rounds < 1:
        parser.error("--patients and --rounds must be at least 1")
    return options


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)  # noqa: T201 - this is a program for a terminal


@contextlib.contextmanager
def start(place: Workspace, *, patients: int, seed: int, names: Sequence[str]) -> Iterator[Servers]:
    """Start everything with a clinic of that size; stop it at the end of the block."""
    logs = place.logs
    with contextlib.ExitStack() as stack:
        begin = stack.enter_context
        say(f"Inventing a clinic with {patients:,} patients…")
        database = begin(postgres.run(place.path / "postgres", log_path=logs / "database.log"))
        messages = begin(broker.run(place.path / "broker", log_path=logs / "broker.log"))
        accounts = _fill(place, database, messages, patients=patients, seed=seed)
        _settle(database)
        env = _environment(place, database, messages)
        _manage(place, env, "collectstatic", "--no-input")
        say("Adding the measured day and counting queries…")
        prepared = _prepare(place, env, accounts, names)
        host = str(urlsplit(env["PUBLIC_URL"]).hostname)
        product = begin(_serve(place, env, "product"))
        bare = env | {"DJANGO_SETTINGS_MODULE": "clinic.bench.floor_settings"}
        floor = begin(_serve(place, bare, "floor"))
        yield Servers(Line(product.port, host), Line(floor.port, host), prepared, env)


def _environment(
    place: Workspace, database: postgres.Postgres, messages: broker.Broker
) -> dict[str, str]:
    """Return a real deployment's settings: second factor, secure cookies, request log and all."""
    env = environment.production(
        place.path,
        database_url=database.url,
        broker_url=messages.url,
        cache_url=messages.cache_url,
    )
    # The address by which we wait for the server to be up.
    return env | {"ALLOWED_HOSTS": f"{env['ALLOWED_HOSTS']},127.0.0.1"}


def _fill(
    place: Workspace,
    database: postgres.Postgres,
    messages: broker.Broker,
    *,
    patients: int,
    seed: int,
) -> Path:
    """Make the tables and the fictional clinic, which production settings would refuse."""
    env = environment.demo(
        place,
        port=0,
        database_url=database.owner_url,
        broker_url=messages.url,
        cache_url=messages.cache_url,
    )
    schema.prepare(database.owner_url, env=env, place=place)
    accounts = place.path / "accounts.json"
    accounts.touch(mode=0o600)
    options = (f"--patients={patients}", f"--seed={seed}", f"--accounts-file={accounts}")
    _manage(place, env, "seed", *options)
    return accounts


def _settle(database: postgres.Postgres) -> None:
    """Tidy up at once what the server would tidy up while it is measured."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def _manage(place: Workspace, env: dict[str, str], *arguments: str) -> None:
    _run(place, env, arguments[0], "manage.py", *arguments)


def _run(place: Workspace, env: dict[str, str], name: str, *arguments: str) -> None:
    command = [sys.executable, *arguments]
    log_path = place.logs / f"{name}.log"
    processes.run(name, command, env=env, log_path=log_path, cwd=workspace.REPOSITORY)


def _prepare(
    place: Workspace, env: dict[str, str], accounts: Path, names: Sequence[str]
) -> Prepared:
    out = place.path / "prepared.json"
    out.touch(mode=0o600)
    settings = env | {"DJANGO_SETTINGS_MODULE": "clinic.settings"}
    files = (f"--accounts-file={accounts}", f"--out={out}")
    _run(place, settings, "prepare", "-m", "clinic.bench.prepare", *files, *names)
    prepared: Prepared = json.loads(out.read_text())
    return prepared


def _serve(
    place: Workspace, env: dict[str, str], name: str
) -> contextlib.AbstractContextManager[web.Web]:
    log_path = place.logs / f"{name}.log"
    return web.run(env, workspace.free_port(), WORKERS, log_path=log_path)


def measure(servers: Servers, *, rounds: int, warm_up: int = WARM_UP_ROUNDS) -> figures.Report:
    """Ask for each page in turn, for the floor before each, and put the times together."""
    prepared = servers.prepared
    browsers = {"": Browser(servers.product)}
    for person in prepared["people"]:
        browsers[person["role"]] = Browser(servers.product)
        sign_in(browsers[person["role"]], person)
    floor = Browser(servers.floor)
    checked(floor.get(prepared["floor_path"]), "The floor", prepared["floor_expects"])
    for probe in prepared["probes"]:
        _ask(browsers, probe, probe["expects"])
    floor_seconds: list[float] = []
    seconds: list[list[float]] = [[] for _ in prepared["probes"]]
    for number in range(-warm_up, rounds):
        for probe, times in zip(prepared["probes"], seconds, strict=True):
            base = checked(floor.get(prepared["floor_path"]), "The floor").seconds
            time = _ask(browsers, probe)
            if number >= 0:
                floor_seconds.append(base)
                times.append(time)
    return figures.report(floor_seconds, list(zip(prepared["probes"], seconds, strict=True)))


def measure_import(place: Workspace, env: dict[str, str], rows: int) -> dict[str, float]:
    """Import a file of so many new patients as the worker does, and return the figures."""
    out = place.path / "import.json"
    settings = env | {"DJANGO_SETTINGS_MODULE": "clinic.settings"}
    arguments = ("-m", "clinic.bench.importing", f"--rows={rows}", f"--out={out}")
    _run(place, settings, "import", *arguments)
    found: dict[str, float] = json.loads(out.read_text())
    return found


def _ask(browsers: dict[str, Browser], probe: Probe, expects: Sequence[str] = ()) -> float:
    return checked(browsers[probe["role"]].get(probe["path"]), probe["path"], expects).seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the file that was asked for."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        with (
            processes.orderly_exit(),
            workspace.fresh() as place,
            start(
                place, patients=options.patients, seed=options.seed, names=options.names
            ) as servers,
        ):
            say(f"Measuring {options.rounds} rounds…")
            report = measure(servers, rounds=options.rounds)
            if options.import_rows:
                say(f"Importing {options.import_rows:,} patients…")
                report.imported.update(measure_import(place, servers.env, options.import_rows))
    except (ProcessError, WrongAnswerError) as error:
        raise SystemExit(f"\n{error}") from None
    say(figures.table(report))
    if options.json:
        options.json.write_text(json.dumps(figures.as_json(report), indent=2))


if __name__ == "__main__":
    main()
