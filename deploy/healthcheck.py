"""What the containers ask themselves: exit 0 for well, 1 with a sentence otherwise.

healthcheck.py http PORT PATH  this container answers 200 there
healthcheck.py fresh FILE SEC  the file was written in the last SEC seconds
"""

import os
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit


def http(port: str, path: str) -> None:
    """Exit unless the page answers 200."""
    # The application answers only to its public name.
    headers = {"Host": urlsplit(os.environ["PUBLIC_URL"]).netloc}
    connection = HTTPConnection("127.0.0.1", int(port), timeout=8)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
    except OSError as error:
        raise SystemExit(f"{path} did not answer: {error}") from None
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}: {answer.read(500).decode()}")


def fresh(path: str, seconds: str) -> None:
    """Exit unless the file was written lately."""
    file = Path(path)
    # Some storage formats add a suffix to the name.
    written = [found.stat().st_mtime for found in file.parent.glob(f"{file.name}*")]
    if not written:
        raise SystemExit(f"{path} is not there")
    age = time.time() - max(written)
    if age > float(seconds):
        raise SystemExit(f"{path} was last written {age:.0f} s ago")


if __name__ == "__main__":
    {"http": http, "fresh": fresh}[sys.argv[1]](*sys.argv[2:])
