"""A Celery worker, or beat, whose clock is some seconds ahead.

Started by `python -m tests.journeys.shifted_worker`. The first argument is the
shift in seconds; the rest are Celery's own.
"""

import sys
import time

import time_machine
from celery.__main__ import main

if __name__ == "__main__":
    shift_seconds = float(sys.argv.pop(1))
    time_machine.travel(time.time() + shift_seconds, tick=True).start()
    time.time()  # The clock begins to tick when it is first read.
    sys.exit(main())
