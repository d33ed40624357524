"""What the containers ask themselves: exit 0 for well, 1 with a sentence otherwise.

healthcheck.py http URL        the address answers 200
healthcheck.py fresh FILE SEC  the file was written in the last SEC seconds
"""

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit


def http(url: str) -> None:
    # The application answers only to its public name.
    host = urlsplit(os.environ["PUBLIC_URL"]).netloc
    request = urllib.request.Request(url, headers={"Host": host})
    try:
        urllib.request.urlopen(request, timeout=8).close()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{url} answered {error.code}: {error.read(500).decode()}") from None
    except OSError as error:
        raise SystemExit(f"{url} did not answer: {error}") from None


def fresh(path: str, seconds: str) -> None:
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
