"""Processes that fill the database side by side.

Imports no table: a process gets here before it knows of any.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

import django
from django.db import connection

T = TypeVar("T")


def processors() -> int:
    """Return how many processors there are for us."""
    return len(os.sched_getaffinity(0))


def side_by_side(work: Callable[[Any], T], portions: Iterable[Any]) -> Iterator[T]:
    """Yield what `work` returns for each of the portions, in their order.

    Each portion is worked on in one of as many processes as there are processors. The work and
    what it is given must be such as can be sent to another process; the database is this one's.
    """
    with ProcessPoolExecutor(
        processors(),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(connection.settings_dict["NAME"],),
    ) as pool:
        yield from pool.map(work, portions)


def _begin(database: str) -> None:
    django.setup()
    connection.settings_dict["NAME"] = database
    # The rows make no cycles, and the search for some takes a third of the time.
    gc.disable()
