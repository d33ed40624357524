"""The proxy's configuration, loaded by a real nginx where there is one."""

import contextlib
import http.client
import os
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clinic.local import processes, workspace
from clinic.local.workspace import REPOSITORY

FOLDER = REPOSITORY / "deploy" / "nginx"
CONFIGURATION = (FOLDER / "nginx.conf").read_text()
PAGES = sorted((FOLDER / "pages").glob("*.html"))
PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

needs_nginx = pytest.mark.skipif(PROGRAM is None, reason="nginx is not installed here")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str


class Application(BaseHTTPRequestHandler):
    """Stands for the application: a slow page, one of its own errors, and a private file."""

    def do_GET(self) -> None:
        if self.path == "/slow/":
            time.sleep(3)
        status = 502 if self.path == "/own-error/" else 200
        self.send_response(status)
        if self.path == "/documents/1/":
            self.send_header("X-Accel-Redirect", "/private-media/letter.pdf")
        body = b"from the application"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Proxy:
    """A running nginx."""

    def __init__(self, port: int) -> None:
        self._port = port

    def asks(self, path: str, *, method: str = "GET", size: int = 0) -> Answer:
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", self._port, context=trust, timeout=10)
        with contextlib.closing(connection):
            connection.putrequest(method, path)
            connection.putheader("Content-Length", str(size))
            connection.endheaders()
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read().decode())


@pytest.fixture(scope="module")
def application() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Application)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("nginx")
    (folder / "media").mkdir()
    (folder / "media" / "letter.pdf").write_text("the letter")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=clinic.example.test"),
            *("-keyout", str(folder / "tls_key"), "-out", str(folder / "tls_certificate")),
        ],
        check=True,
        capture_output=True,
    )
    return folder


@contextlib.contextmanager
def running(folder: Path, application_port: int) -> Iterator[Proxy]:
    assert PROGRAM
    port = workspace.free_port()
    path = folder / "nginx.conf"
    path.write_text(adapted(folder, application_port, port))
    as_root = "user root; " if os.geteuid() == 0 else ""
    command = [PROGRAM, "-c", path, "-g", f"{as_root}daemon off;"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    child = processes.start("nginx", command, env={}, log_path=folder / "log")
    with processes.running(child):
        proxy = Proxy(port)
        processes.wait_until(lambda: answers(proxy), child=child, seconds=10)
        yield proxy


def adapted(folder: Path, application_port: int, port: int) -> str:
    """Put this machine's paths and ports in place of the container's, and nothing else."""
    changes = {
        " /tmp/": f" {folder}/",
        "server web:8000;": f"server 127.0.0.1:{application_port};",
        "listen 8443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "listen 8080;": f"listen 127.0.0.1:{workspace.free_port()};",
        "/run/secrets/": f"{folder}/",
        "/srv/media/": f"{folder}/media/",
        "/etc/nginx/pages/": f"{FOLDER}/pages/",
        "proxy_read_timeout 60s;": "proxy_read_timeout 1s;",
    }
    text = CONFIGURATION
    for container, here in changes.items():
        assert container in text, container
        text = text.replace(container, here)
    return text if version() >= (1, 25, 1) else text.replace("http2 on;", "")


def version() -> tuple[int, ...]:
    assert PROGRAM
    said = subprocess.run([PROGRAM, "-v"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", said)
    assert found, said
    return tuple(int(part) for part in found.groups())


def answers(proxy: Proxy) -> bool:
    try:
        proxy.asks("/")
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def proxy(folder, application) -> Iterator[Proxy]:
    with running(folder, application) as proxy:
        yield proxy


@needs_nginx
def test_pages_and_private_files_come_through_and_the_log_names_nobody(proxy, folder):
    assert proxy.asks("/my/a-secret/?q=Okoro").body == "from the application"
    assert proxy.asks("/documents/1/").body == "the letter"
    assert proxy.asks("/private-media/letter.pdf").status == 404, "nobody helps themselves"
    written = (folder / "log").read_text()
    assert " 200 GET /my/[link]/ " in written
    assert "a-secret" not in written
    assert "Okoro" not in written


@needs_nginx
def test_what_is_too_large_is_said_in_words(proxy):
    answer = proxy.asks("/patients/", method="POST", size=200 * 2**20)
    assert answer.status == 413
    assert "larger than 160 MB" in answer.body


@needs_nginx
def test_an_application_that_takes_too_long_is_said_in_words(proxy):
    answer = proxy.asks("/slow/")
    assert answer.status == 504
    assert "does not answer" in answer.body
    assert answer.headers["cache-control"] == "no-store"


@needs_nginx
def test_an_application_that_is_away_is_said_in_words(folder):
    with running(folder, workspace.free_port()) as proxy:
        answer = proxy.asks("/my/a-secret/?q=Okoro")
    assert answer.status == 502
    assert "does not answer" in answer.body
    assert "a-secret" not in answer.body
    written = (folder / "log").read_text()
    assert " 502 GET " in written
    assert "a-secret" not in written
    assert "Okoro" not in written


@needs_nginx
def test_what_the_application_says_itself_is_left_alone(proxy):
    assert proxy.asks("/own-error/").body == "from the application"


@needs_nginx
def test_the_pages_have_no_address_of_their_own(proxy):
    assert proxy.asks("/proxy-pages/away.html").status == 404


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_needs_nothing_else(page):
    """Its server is away: whatever it would load from there is missing."""
    assert not re.findall(r"(?:src|href|url\()", page.read_text())


def test_the_configuration_names_each_page():
    assert len(PAGES) == 2
    for page in PAGES:
        assert f"/proxy-pages/{page.name};" in CONFIGURATION


def test_the_page_and_the_application_speak_of_the_same_limit():
    limit = re.search(r"client_max_body_size (\d+)m;", CONFIGURATION)
    assert limit
    assert f"{limit[1]} MB" in (FOLDER / "pages" / "too-large.html").read_text()
