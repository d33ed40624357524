"""The roles: the application changes rows; only the owner changes tables."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from clinic.local import postgres, workspace


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    with (
        workspace.fresh() as place,
        postgres.run(place.path / "postgres", log_path=place.logs / "log") as running,
    ):
        with psycopg.connect(running.owner_url) as owner:
            owner.execute("CREATE TABLE record (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
        yield running


def test_the_owner_can_make_the_extensions(server):
    with psycopg.connect(server.owner_url) as owner:
        for name in ("btree_gist", "pg_trgm", "unaccent"):
            owner.execute(f"CREATE EXTENSION {name}")


def test_the_application_changes_rows(server):
    with psycopg.connect(server.url) as app:
        app.execute("INSERT INTO record (name) VALUES ('Élan')")
        app.execute("UPDATE record SET name = lower(name)")
        assert app.execute("SELECT name FROM record").fetchall() == [("élan",)]
        app.execute("DELETE FROM record")


def test_the_application_makes_temporary_tables(server):
    with psycopg.connect(server.url) as app:
        app.execute("CREATE TEMPORARY TABLE staged ON COMMIT DROP AS SELECT name FROM record")
        app.execute("ANALYZE staged")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE record",
        "DROP TABLE record",
        "ALTER TABLE record DISABLE TRIGGER ALL",
        "CREATE TABLE other (id int)",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_does_not_change_tables(server, statement):
    with psycopg.connect(server.url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)


def test_a_test_database_has_the_same_privileges(server):
    with psycopg.connect(server.owner_url, autocommit=True) as owner:
        owner.execute("CREATE DATABASE test_anagen")
    url = server.owner_url.rpartition("/")[0] + "/test_anagen"
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE TABLE record (id int)")
        owner.execute("SET ROLE anagen_app")
        owner.execute("INSERT INTO record VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("TRUNCATE record")


def test_it_listens_on_the_loopback_address_alone(server):
    with psycopg.connect(server.superuser_url) as superuser:
        settings = dict(
            superuser.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN "
                "('listen_addresses', 'unix_socket_directories', 'password_encryption')"
            ).fetchall()
        )
        encoding = superuser.execute("SHOW server_encoding").fetchone()
    assert settings == {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
    }
    assert encoding == ("UTF8",)


def test_a_wrong_password_is_refused(server):
    wrong = f"postgres://anagen_app:wrong@127.0.0.1:{server.port}/anagen"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(wrong)


def test_a_durable_server_syncs(server):
    with (
        workspace.fresh() as place,
        postgres.run(place.path / "pg", log_path=place.logs / "log", durable=True) as durable,
        psycopg.connect(durable.superuser_url) as superuser,
    ):
        assert superuser.execute("SHOW fsync").fetchone() == ("on",)
    with psycopg.connect(server.superuser_url) as superuser:
        assert superuser.execute("SHOW fsync").fetchone() == ("off",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another account")
def test_programs_out_of_reach_are_copied(monkeypatch):
    monkeypatch.setattr(workspace, "everyone_may_enter", lambda folder: False)
    monkeypatch.setattr(workspace, "base_folder", lambda: workspace.Path("/var/tmp"))
    with (
        workspace.fresh() as place,
        postgres.run(place.path / "postgres", log_path=place.logs / "log") as running,
        psycopg.connect(running.url) as app,
    ):
        assert app.execute("SELECT 1").fetchone() == (1,)
        assert (place.path / "programs").is_dir()
