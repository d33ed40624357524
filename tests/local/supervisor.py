"""A small supervisor for the tests: two servers and a child with a child of its own.

Prints one line of JSON when all is up and waits to be ended.
"""

import json
import os
import sys
import time

from clinic.local import broker, postgres, processes, workspace

STUBBORN_PARENT = """
import signal, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", stubborn])
time.sleep(600)
"""


def main() -> None:
    with (
        processes.orderly_exit(),
        workspace.fresh() as place,
        postgres.run(place.path / "postgres", log_path=place.logs / "database.log"),
        broker.run(place.path / "broker", log_path=place.logs / "broker.log"),
        processes.running(
            processes.start(
                "parent",
                [sys.executable, "-c", STUBBORN_PARENT],
                env=os.environ,
                log_path=place.logs / "parent.log",
            )
        ),
    ):
        time.sleep(0.5)
        sys.stdout.write(json.dumps({"folder": str(place.path)}) + "\n")
        sys.stdout.flush()
        time.sleep(600)


if __name__ == "__main__":
    main()
