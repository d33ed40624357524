"""docker-compose.yml against the settings, and each of its commands once, without containers."""

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from clinic.local import broker, environment, postgres, processes, schema, web, workspace
from clinic.local.workspace import REPOSITORY

COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
APP_SERVICES = ("web", "worker", "beat", "migrate")
SETTINGS = (REPOSITORY / "clinic" / "settings.py").read_text()
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
NGINX = (REPOSITORY / "deploy" / "nginx" / "nginx.conf").read_text()
REQUIRED = set(re.findall(r'required\(\s*"([A-Z_]+)"', SETTINGS)) | {"ALLOWED_HOSTS"}
READ = set(re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z_]+)"', SETTINGS))


def setting(variable: str) -> str:
    return variable.removesuffix("_FILE") if variable not in READ else variable


def example_variables() -> dict[str, str]:
    lines = (REPOSITORY / "deploy" / "example.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


# What the file says ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", APP_SERVICES)
def test_every_variable_is_read_by_the_settings(name):
    assert {setting(variable) for variable in SERVICES[name]["environment"]} <= READ


@pytest.mark.parametrize("name", APP_SERVICES)
def test_every_required_setting_is_given(name):
    assert {setting(variable) for variable in SERVICES[name]["environment"]} >= REQUIRED


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_are_files_that_the_service_gets(name):
    service = SERVICES[name]
    values = service.get("environment", {}).values()
    used = {Path(value).name for value in values if value.startswith("/run/secrets/")}
    assert used <= set(service.get("secrets", []))
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_no_secret_is_a_plain_variable():
    secret = {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "POSTGRES_PASSWORD"}
    for service in SERVICES.values():
        assert not secret & set(service.get("environment", {}))


def test_every_substituted_variable_is_in_the_example_or_has_a_default():
    names = set(re.findall(r"\$\{(\w+):\?", (REPOSITORY / "docker-compose.yml").read_text()))
    assert names == set(example_variables())


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_runs_as_root_or_writes_to_its_image(name):
    service = SERVICES[name]
    assert service["user"] not in ("root", "0", "0:0")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_everything_that_keeps_running_has_a_healthcheck(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_there_is_exactly_one_beat():
    beats = [name for name, service in SERVICES.items() if "beat" in service.get("command", [])]
    assert beats == ["beat"]
    assert SERVICES["beat"]["deploy"]["replicas"] == 1
    assert "container_name" in SERVICES["beat"]


def test_only_the_migration_connects_as_the_owner():
    urls = {name: SERVICES[name]["environment"]["DATABASE_URL_FILE"] for name in APP_SERVICES}
    assert urls.pop("migrate") == "/run/secrets/database_owner_url"
    assert set(urls.values()) == {"/run/secrets/database_url"}


def test_web_worker_and_beat_wait_for_the_migration_and_the_broker():
    for name in ("web", "worker", "beat"):
        needs = SERVICES[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert needs["broker"]["condition"] == "service_healthy"


def test_database_and_broker_are_not_reachable_from_outside():
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("database", "broker"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_media_is_shared_and_the_proxy_only_reads_it():
    root = SERVICES["web"]["environment"]["MEDIA_ROOT"]
    for name in ("web", "worker"):
        assert f"media:{root}" in SERVICES[name]["volumes"]
    assert f"media:{root}:ro" in SERVICES["proxy"]["volumes"]
    assert SERVICES["proxy"]["user"] == SERVICES["web"]["user"]
    assert root in DOCKERFILE


def test_the_proxy_serves_media_only_when_the_application_says_so():
    prefix = SERVICES["web"]["environment"]["MEDIA_ACCEL_PREFIX"]
    root = SERVICES["web"]["environment"]["MEDIA_ROOT"]
    blocks = re.findall(r"location (\S+) \{([^}]*)\}", NGINX)
    media = {path: body for path, body in blocks if root in body}
    assert list(media) == [prefix]
    assert "internal;" in media[prefix]
    assert f"alias {root}/;" in media[prefix]


def test_the_proxy_speaks_to_the_web_service_and_overwrites_what_clients_claim():
    assert "server web:8000;" in NGINX
    assert "--bind=0.0.0.0:8000" in SERVICES["web"]["command"]
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX


def test_the_proxy_writes_no_link_and_no_query_into_its_logs():
    levels = re.findall(r"error_log \S+ (\w+);", NGINX)
    assert levels == ["crit"], "less severe lines repeat the whole request"
    log_format = re.search(r"log_format without_patients ([^;]*);", NGINX)
    assert log_format
    assert "$logged_uri" in log_format[1]
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer)\b", log_format[1])
    assert "~^/my/ /my/[link]/;" in NGINX


def test_the_proxy_lets_six_photographs_through():
    largest = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert largest
    assert int(largest[1]) * 2**20 > 6 * settings.PHOTO_MAX_BYTES


def test_mounted_files_exist():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (REPOSITORY / source).exists()
            else:
                assert source in COMPOSE["volumes"]


def test_secrets_are_kept_out_of_the_repository_and_of_the_image():
    for secret in COMPOSE["secrets"].values():
        assert Path(secret["file"]).parent == Path("deploy/secrets")
    assert (REPOSITORY / "deploy" / "secrets" / ".gitignore").read_text().splitlines()[0] == "*"
    assert (REPOSITORY / ".dockerignore").read_text().splitlines()[1] == "*"


def test_images_have_a_version():
    images = {name: SERVICES[name]["image"] for name in set(SERVICES) - set(APP_SERVICES)}
    assert all(re.fullmatch(r"[\w/]+:\d[\w.-]*", image) for image in images.values())
    assert images["database"] == "postgres:18"


def test_the_image_is_made_from_the_hashed_requirements_and_runs_as_the_same_account():
    assert "--require-hashes" in DOCKERFILE
    assert "requirements/runtime.txt" in DOCKERFILE
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["anagen"]
    assert "--uid 10001 --gid anagen" in DOCKERFILE
    assert SERVICES["web"]["user"] == "10001:10001"


# What the commands do --------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """Servers and secrets in place of the containers'."""

    place: workspace.Workspace
    database: postgres.Postgres
    messages: broker.Broker
    secrets: Path
    port: int

    def translate(self, value: str) -> str:
        """The value that means here what it means in the container."""
        value = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda match: example_variables()[match[1]], value)
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        places = {
            "/run/secrets": str(self.secrets),
            "/srv/media": str(self.place.media),
            "/tmp": str(self.place.path),
            "/data": str(self.place.path / "valkey"),
            "redis://broker:6379": f"redis://127.0.0.1:{self.messages.port}",
            "0.0.0.0:8000": f"127.0.0.1:{self.port}",
            "8000": str(self.port),
        }
        names = "|".join(rf"{re.escape(name)}\b" for name in places)
        return re.sub(names, lambda match: places[match[0]], value)

    def env(self, name: str) -> dict[str, str]:
        given = SERVICES[name]["environment"]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return (
            environment.machine()
            | {"PATH": path}
            | {key: self.translate(value) for key, value in given.items()}
        )

    def command(self, name: str) -> list[str]:
        return [self.translate(part) for part in SERVICES[name]["command"]]

    def start(self, name: str) -> contextlib.AbstractContextManager[processes.Child]:
        child = processes.start(
            name,
            ["env", *self.command(name)],
            env=self.env(name),
            log_path=self.place.logs / f"{name}.log",
            cwd=REPOSITORY,
        )
        return processes.running(child)

    def is_healthy(self, name: str) -> bool:
        kind, *command = SERVICES[name]["healthcheck"]["test"]
        command = [self.translate(part).replace("$$", "$") for part in command]
        if kind == "CMD-SHELL":
            command = ["sh", "-c", *command]
        result = subprocess.run(
            ["env", *command], env=self.env(name), cwd=REPOSITORY, capture_output=True, check=False
        )
        return result.returncode == 0


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with (
        workspace.fresh() as place,
        postgres.run(place.path / "postgres", log_path=place.logs / "database.log") as database,
        broker.run(place.path / "broker", log_path=place.logs / "broker.log") as messages,
    ):
        secrets = place.path / "secrets"
        subprocess.run([REPOSITORY / "deploy" / "make-secrets", secrets], check=True)
        for name, content in {
            "database_url": database.url,
            "database_owner_url": database.owner_url,
            "email_url": "smtp://127.0.0.1:25",
        }.items():
            (secrets / name).unlink(missing_ok=True)
            (secrets / name).write_text(content)
        (place.path / "valkey").mkdir()
        stage = Stage(place, database, messages, secrets, workspace.free_port())
        schema.prepare(database.owner_url, env=stage.env("migrate"), place=place)
        with stage.start("migrate") as migrate:
            assert migrate.process.wait(120) == 0, migrate.log_tail()
        yield stage


def test_the_secrets_script_writes_every_secret_but_the_ones_people_bring(tmp_path):
    folder = tmp_path / "secrets"
    script = REPOSITORY / "deploy" / "make-secrets"
    subprocess.run([script, folder], check=True)
    first = {path.name: path.read_text() for path in folder.iterdir()}
    subprocess.run([script, folder], check=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == first
    wanted = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    assert wanted - set(first) == {"email_url", "tls_certificate.pem", "tls_key.pem"}
    assert set(first) <= wanted
    assert all(text and text == text.strip() for text in first.values())


def test_web_worker_and_beat_run_and_are_healthy(stage):
    beat_file = Path(stage.translate(SERVICES["beat"]["environment"]["BEAT_SCHEDULE_FILE"]))
    with stage.start("web") as server, stage.start("worker") as worker:
        processes.wait_until(
            lambda: web.status_of(stage.port, "/healthz") != 0, child=server, seconds=60
        )
        assert not stage.is_healthy("web"), "ready without a beat"
        with stage.start("beat") as beat:
            # Beat's first heartbeat comes half a minute later: time to ask the others.
            processes.wait_until(
                lambda: stage.is_healthy("worker"), child=worker, seconds=60, pause=1
            )
            processes.wait_until(lambda: stage.is_healthy("beat"), child=beat, seconds=60)
            assert list(beat_file.parent.glob(f"{beat_file.name}*"))
            processes.wait_until(
                lambda: stage.is_healthy("web"), child=server, seconds=60, pause=0.5
            )


def test_a_stale_or_missing_file_is_not_fresh(tmp_path):
    check = [sys.executable, "deploy/healthcheck.py", "fresh", tmp_path / "beat", "600"]
    assert subprocess.run(check, cwd=REPOSITORY, check=False).returncode == 1
    (tmp_path / "beat.db").touch()
    assert subprocess.run(check, cwd=REPOSITORY, check=False).returncode == 0
    os.utime(tmp_path / "beat.db", (time.time() - 700,) * 2)
    assert subprocess.run(check, cwd=REPOSITORY, check=False).returncode == 1


def test_the_database_check_answers(stage):
    _, program, *arguments = SERVICES["database"]["healthcheck"]["test"]
    command = [postgres.installed_programs() / program, *arguments, f"--port={stage.database.port}"]
    assert subprocess.run(command, check=False).returncode == 0


def test_the_broker_command_runs(stage):
    port = workspace.free_port()
    program, *arguments = stage.command("broker")
    assert program == "valkey-server"
    child = processes.start(
        "broker",
        [broker.installed_program(), *arguments, "--bind", "127.0.0.1", "--port", str(port)],
        env=environment.machine(),
        log_path=stage.place.logs / "valkey.log",
    )
    with processes.running(child):
        processes.wait_until(
            lambda: broker.answers(f"redis://127.0.0.1:{port}/0"), child=child, seconds=15
        )


def test_static_files_are_collected_as_the_image_does(tmp_path):
    [line] = re.findall(r"^RUN (ANAGEN_DEMO=true .*collectstatic.*)$", DOCKERFILE, re.MULTILINE)
    env = environment.machine() | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "STATIC_ROOT": str(tmp_path),
    }
    subprocess.run(["sh", "-c", line], env=env, cwd=REPOSITORY, check=True, capture_output=True)
    assert (tmp_path / "staticfiles.json").exists()
