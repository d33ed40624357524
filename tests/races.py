"""Two people at the same moment, each with a connection of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction


def in_its_own_connection(action: Callable[[], object]) -> object:
    """Do something in this thread; return what came of it, a refusal included."""
    try:
        return action()
    except ValidationError as error:
        return error
    finally:
        connections.close_all()


def one_after_the_other(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Begin `second` while `first` is done and not committed; return what came of each.

    `first` is committed once `second` is seen to wait for it, and fails the test where it never
    does.
    """
    done, waiting = threading.Event(), threading.Event()

    def hold() -> object:
        with transaction.atomic():
            result = first()
            done.set()
            assert waiting.wait(timeout=30)
        return result

    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(in_its_own_connection, hold)
        assert done.wait(timeout=30), holding.result(timeout=30)
        coming = pool.submit(in_its_own_connection, second)
        try:
            wait_until_somebody_is_blocked()
        finally:
            waiting.set()
        return [holding.result(timeout=30), coming.result(timeout=30)]


def wait_until_somebody_is_blocked() -> None:
    """Return once a connection waits for another's lock."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE cardinality(pg_blocking_pids(pid)) > 0 AND datname = current_database()"
    )
    pause = threading.Event()
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(query)
            if cursor.fetchone()[0]:
                return
        pause.wait(0.05)
    raise AssertionError("Nobody waited for anybody.")
