"""A browser reduced to what is measured: one kept connection, cookies and a stopwatch."""

import base64
import hashlib
import hmac
import http.client
import re
import struct
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from clinic.bench.pages import Person

PATIENCE_SECONDS = 60
TOTP_PERIOD_SECONDS = 30
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CLOSED = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)


class WrongAnswerError(RuntimeError):
    """A page did not answer what it should; measuring it would say nothing."""


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took from sending to the last byte."""

    status: int
    headers: http.client.HTTPMessage
    body: str
    seconds: float


@dataclass
class Line:
    """One kept connection to a server on this machine, which believes to be behind a proxy."""

    port: int
    host: str
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE_SECONDS
        )

    def close(self) -> None:
        """Close the connection; asking again opens a new one."""
        self._connection.close()

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str], body: str | None = None
    ) -> Answer:
        """Send one request; an idle connection that the server has closed is opened again."""
        everything = {"Host": self.host, "X-Forwarded-Proto": "https", **headers}
        for attempt in (1, 2):
            if self._connection.sock is None:
                self._connection.connect()
            started = time.perf_counter()
            try:
                self._connection.request(method, path, body=body, headers=everything)
                response = self._connection.getresponse()
                content = response.read()
            except _CLOSED:
                self._connection.close()
                if attempt == 2:
                    raise
            else:
                seconds = time.perf_counter() - started
                return Answer(response.status, response.headers, content.decode(), seconds)
        raise AssertionError("unreachable")


@dataclass
class Browser:
    """One person's cookies on a line that several people may share."""

    line: Line
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return self._ask("GET", path, {}, None)

    def post(self, path: str, values: Mapping[str, str]) -> Answer:
        """Send a form as the page at the same address would, with its token."""
        token = _TOKEN.search(self.get(path).body)
        if token is None:
            raise WrongAnswerError(f"There is no form at {path}.")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"https://{self.line.host}{path}",
        }
        body = urlencode({**values, "csrfmiddlewaretoken": token[1]})
        return self._ask("POST", path, headers, body)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: str | None) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.line.ask(method, path, headers={**headers, "Cookie": cookie}, body=body)
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: m.value for name, m in SimpleCookie(line).items()}
        return answer


def totp_code(secret: str, at: float) -> str:
    """The six digits that an authenticator shows at a time, in seconds since 1970 (RFC 6238)."""
    counter = struct.pack(">Q", int(at) // TOTP_PERIOD_SECONDS)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    (value,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(value & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(browser: Browser, person: Person) -> None:
    """Sign in as the person would: e-mail and password, then the second factor."""
    credentials = {"login": person["email"], "password": person["password"]}
    _moved_on(browser.post("/accounts/login/", credentials), "/accounts/2fa/authenticate/")
    code = {"code": totp_code(person["totp_secret"], time.time())}
    _moved_on(browser.post("/accounts/2fa/authenticate/", code), "/")


def _moved_on(answer: Answer, address: str) -> None:
    if answer.status != 302 or answer.headers["Location"] != address:
        raise WrongAnswerError(
            f"Signing in answered {answer.status} and not the way to {address}:\n{answer.body}"
        )


def checked(answer: Answer, path: str, expects: Iterable[str] = ()) -> Answer:
    """Return the answer; raise WrongAnswerError if it is not the page that was to be measured."""
    if answer.status != 200:
        raise WrongAnswerError(f"{path} answered {answer.status}.")
    missing = [words for words in expects if words not in answer.body]
    if missing:
        raise WrongAnswerError(f"{path} does not say {missing[0]!r} ({len(missing)} such).")
    return answer
