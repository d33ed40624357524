"""Identifiers for rows."""

import time
from itertools import pairwise
from uuid import RFC_4122

from clinic.base.ids import uuid7


def test_an_identifier_says_when_it_was_made_and_of_what_kind_it_is():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)


def test_rows_of_one_millisecond_are_in_the_order_in_which_they_were_made(monkeypatch):
    moments = iter(range(1_795_000_000_000_000_000, 1_795_000_000_001_000_000, 1_000))
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    made = [uuid7() for _ in range(1_000)]
    assert len({each.int >> 80 for each in made}) == 1
    assert all(first < second for first, second in pairwise(made))
