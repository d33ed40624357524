"""Lets many rows in at once: what can wait until they are all there, waits."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from clinic.caseload.seed.workers import processors

_FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s ', conrelid::regclass)
               || string_agg(format('DROP CONSTRAINT IF EXISTS %%I', conname), ', '),
           format('ALTER TABLE %%s ', conrelid::regclass)
               || string_agg(format('ADD CONSTRAINT %%I %%s NOT VALID', conname,
                                    pg_get_constraintdef(oid)), ', ')
    FROM pg_constraint
    WHERE %s::regclass[] && ARRAY[conrelid, confrelid]::regclass[] AND contype = 'f'
    GROUP BY conrelid
    ORDER BY conrelid
"""
# The largest tables first, so that no processor is left with one in the end.
_UNCHECKED = """
    SELECT format('ALTER TABLE %%s ', conrelid::regclass)
               || string_agg(format('VALIDATE CONSTRAINT %%I', conname), ', ')
    FROM pg_constraint
    WHERE contype = 'f' AND NOT convalidated
    GROUP BY conrelid
    ORDER BY pg_table_size(conrelid) DESC
"""
_UNIQUE = """
    SELECT format('ALTER TABLE %%s ', conrelid::regclass)
               || string_agg(format('DROP CONSTRAINT IF EXISTS %%I', conname), ', '),
           format('ALTER TABLE %%s ', conrelid::regclass)
               || string_agg(format('ADD CONSTRAINT %%I %%s', conname,
                                    pg_get_constraintdef(oid)), ', ')
    FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('p', 'u')
    GROUP BY conrelid
    ORDER BY conrelid
"""
_UNIQUE_INDEXES = """
    SELECT format('DROP INDEX IF EXISTS %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND indisunique
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY indexrelid::regclass::text
"""
_INDEXES_FOR_READING = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique AND NOT indisexclusion
    ORDER BY indexrelid::regclass::text
"""
# Long texts are kept as they come: to compress each takes longer than all else of its row.
_LONG_TEXTS = """
    SELECT format('ALTER TABLE %%s ALTER COLUMN %%I SET STORAGE EXTERNAL', attrelid::regclass,
                  attname),
           format('ALTER TABLE %%s ALTER COLUMN %%I SET STORAGE EXTENDED', attrelid::regclass,
                  attname)
    FROM pg_attribute
    WHERE attrelid = ANY(%s::regclass[]) AND attstorage = 'x'
      AND atttypid IN ('text'::regtype, 'jsonb'::regtype)
    ORDER BY attrelid::regclass::text, attname
"""
# While rows come in by the million, it would count and tidy each table time and again.
_TIDYING = """
    SELECT format('ALTER TABLE %%s SET (autovacuum_enabled = off)', name),
           format('ALTER TABLE %%s RESET (autovacuum_enabled)', name)
    FROM unnest(%s::regclass[]) AS name
"""
_LARGEST_FIRST = """
    SELECT format('%%I', relname) FROM pg_stat_user_tables
    WHERE schemaname = 'public' ORDER BY pg_table_size(relid) DESC
"""
_TRIGGERS = """
    SELECT format('ALTER TABLE %%s DISABLE TRIGGER USER', name),
           format('ALTER TABLE %%s ENABLE TRIGGER USER', name)
    FROM unnest(%s::regclass[]) AS name
"""


@contextmanager
def checked_afterwards(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Check foreign keys and what must be unique not during the block, but for all rows after it.

    The block may write from any number of connections. Triggers stay silent: what these would
    refuse, or write a history of, must not come this way. Constraints within a row and exclusions
    hold throughout. Needs the role that owns the tables.

    When the block ends, everything is put back. Where it fails, a row points nowhere or is there
    twice, the tables are emptied before that. A process that is killed meanwhile leaves a database
    without guards, which is not ready (`clinic.views.readyz`) and must be made anew.
    """
    names = [f'"{model._meta.db_table}"' for model in tables]
    keys, unique, guards, indexes = _take_down(names)
    try:
        try:
            yield
            _put_back(keys, unique)
        except BaseException:
            empty = [f"DELETE FROM {name}" for name in names]  # noqa: S608 - tables' own names
            _run([*keys, *unique, *empty])
            _put_back(keys, unique)
            raise
    finally:
        _run(guards)
        _run_side_by_side(indexes)


@transaction.atomic(durable=True)
def _take_down(
    names: list[str],
) -> tuple[dict[str, str], dict[str, str], list[str], list[str]]:
    """Take down what can wait, and return the statements that put it back.

    Those that drop foreign keys with those that add them, the same of what is unique, then those of
    guards and of indexes.
    """
    with connection.cursor() as cursor:
        keys = _found(cursor, _FOREIGN_KEYS, names)
        unique = _found(cursor, _UNIQUE, names) | _found(cursor, _UNIQUE_INDEXES, names)
        for drop in (*keys, *unique):
            cursor.execute(drop)
        guards = [
            *_take_down_each(cursor, _LONG_TEXTS, names),
            *_take_down_each(cursor, _TRIGGERS, names),
            *_take_down_each(cursor, _TIDYING, names),
        ]
        return keys, unique, guards[::-1], _take_down_each(cursor, _INDEXES_FOR_READING, names)


def _put_back(keys: dict[str, str], unique: dict[str, str]) -> None:
    """Put back what is unique, then the foreign keys, and check every row."""
    _run_side_by_side(list(unique.values()))
    _run(list(keys.values()))
    with connection.cursor() as cursor:
        cursor.execute(_UNCHECKED, [])
        checks = [check for (check,) in cursor.fetchall()]
    _run_side_by_side(checks)


def _found(cursor: Any, what: str, names: list[str]) -> dict[str, str]:
    """Return the statements that put something back, by those that take it down."""
    cursor.execute(what, [names])
    return dict(cursor.fetchall())


def _take_down_each(cursor: Any, what: str, names: list[str]) -> list[str]:
    found = _found(cursor, what, names)
    for take_down in found:
        cursor.execute(take_down)
    return list(found.values())


@transaction.atomic(durable=True)
def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        # A table with a check outstanding cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)


def count_rows() -> None:
    """Have the planner learn how much every table holds."""
    with connection.cursor() as cursor:
        cursor.execute(_LARGEST_FIRST, [])
        names = [name for (name,) in cursor.fetchall()]
    _run_side_by_side([f"ANALYZE {name}" for name in names])


def _run_side_by_side(statements: list[str]) -> None:
    """Run each statement by itself, on as many connections as there are processors."""
    waiting = iter(statements)
    with ThreadPoolExecutor(processors()) as pool:
        for done in [pool.submit(_run_waiting, waiting) for _ in range(processors())]:
            done.result()


def _run_waiting(statements: Iterator[str]) -> None:
    """Run statements until there are no more; others take theirs from the same iterator."""
    try:
        for statement in statements:
            _run([statement])
    finally:
        connection.close()
