"""The measuring client, against a server that answers as it is told."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from clinic.bench.client import Browser, Line, WrongAnswerError, checked, totp_code


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    seen: list[tuple[str, str, dict[str, str], str]]
    connections = 0

    def get_request(self):
        self.connections += 1
        return super().get_request()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _answer(self, body: str) -> None:
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        page = b'<input name="csrfmiddlewaretoken" value="t0ken"> \xc2\xb5'
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Set-Cookie", "anagen_session=abc; HttpOnly; Secure; Path=/")
        self.send_header("Content-Length", str(len(page)))
        if self.path == "/bye":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Handler) as running:
        running.seen = []
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def browser(server) -> Iterator[Browser]:
    browser = Browser(Line(server.server_port, "clinic.example.test"))
    yield browser
    browser.line.close()


def test_one_connection_is_kept_and_the_time_is_taken(browser, server):
    answers = [browser.get("/a") for _ in range(3)]
    assert server.connections == 1
    assert all(answer.status == 200 and 0 < answer.seconds < 5 for answer in answers)
    assert "µ" in answers[0].body


def test_a_connection_that_the_server_closed_is_opened_again(browser, server):
    browser.get("/bye")
    assert browser.get("/a").status == 200
    assert server.connections == 2


def test_cookies_come_back_and_the_address_is_the_clinics_own(browser, server):
    browser.get("/a")
    browser.get("/b")
    _, _, headers, _ = server.seen[1]
    assert headers["Cookie"] == "anagen_session=abc"
    assert headers["Host"] == "clinic.example.test"
    assert headers["X-Forwarded-Proto"] == "https"


def test_a_form_is_sent_with_the_token_of_its_page(browser, server):
    browser.post("/form", {"login": "a@example.test"})
    method, path, headers, body = server.seen[-1]
    assert (method, path) == ("POST", "/form")
    assert body == "login=a%40example.test&csrfmiddlewaretoken=t0ken"
    assert headers["Referer"] == "https://clinic.example.test/form"


def test_another_page_than_the_expected_is_not_measured(browser):
    assert checked(browser.get("/a"), "/a", ["csrf"]).status == 200
    with pytest.raises(WrongAnswerError, match="/missing answered 404"):
        checked(browser.get("/missing"), "/missing")
    with pytest.raises(WrongAnswerError, match="does not say 'Diary'"):
        checked(browser.get("/a"), "/a", ["Diary"])


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(at, code):
    assert totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at) == code
