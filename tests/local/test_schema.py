"""A copied database is the same as a migrated one."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from clinic.local import postgres, processes, schema, workspace


def tables(url: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT schemaname, tablename, tableowner FROM pg_tables "
            "WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()


def new_database(server: postgres.Postgres, name: str) -> str:
    with psycopg.connect(server.owner_url, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")
    return server.owner_url.rpartition("/")[0] + f"/{name}"


@pytest.fixture(scope="module")
def place() -> Iterator[workspace.Workspace]:
    with workspace.fresh() as fresh:
        yield fresh


@pytest.fixture(scope="module")
def server(place) -> Iterator[postgres.Postgres]:
    with postgres.run(place.path / "postgres", log_path=place.logs / "log") as running:
        yield running


def test_a_second_database_is_a_copy_of_the_first(server, place):
    schema.prepare(server.owner_url, env=os.environ, place=place)
    dump = schema.CACHE / f"schema-{schema.fingerprint()}.sql"
    assert dump.exists()
    second = new_database(server, "second")

    schema.prepare(second, env=os.environ, place=place)

    assert (place.logs / "migrate.log").read_text().rstrip().endswith("No migrations to apply.")
    assert tables(second) == tables(server.owner_url) != []
    with psycopg.connect(second) as owner:
        owner.execute("SET ROLE anagen_app")
        owner.execute("SELECT count(*) FROM staff_user")


def test_a_broken_dump_leaves_nothing_behind(server, place, tmp_path):
    third = new_database(server, "third")
    dump = tmp_path / "dump.sql"
    dump.write_text("CREATE TABLE half (id int); nonsense;")
    with pytest.raises(processes.ProcessError):
        schema._restore(third, dump, place)
    assert tables(third) == []


def test_a_changed_migration_changes_the_fingerprint(monkeypatch, tmp_path):
    monkeypatch.setattr(schema, "REPOSITORY", tmp_path)
    monkeypatch.setattr(schema, "ALSO_COUNTS", ())
    migrations = tmp_path / "patients" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_initial.py").write_text("one")
    before = schema.fingerprint()
    (migrations / "0001_initial.py").write_text("two")
    assert schema.fingerprint() != before
