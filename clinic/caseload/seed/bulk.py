"""Lets many rows in at once: what can wait until they are all there, waits."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

_FOREIGN_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
                  conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype = 'f'
    ORDER BY conname
"""
_INDEXES_FOR_READING = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique AND NOT indisexclusion
    ORDER BY indexrelid::regclass::text
"""
_TRIGGERS = """
    SELECT format('ALTER TABLE %%s DISABLE TRIGGER USER', name),
           format('ALTER TABLE %%s ENABLE TRIGGER USER', name)
    FROM unnest(%s::regclass[]) AS name
"""


@contextmanager
def checked_afterwards(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Check no foreign key in these tables during the block, and all rows of them after it.

    One row that points nowhere undoes the whole block. Triggers stay silent: what these would
    refuse, or write a history of, must not come this way. Constraints within a row, unique ones
    and exclusions hold throughout. Needs the role that owns the tables.
    """
    names = [f'"{model._meta.db_table}"' for model in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        # A table with a check outstanding cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        put_back = []
        for what in (_FOREIGN_KEYS, _INDEXES_FOR_READING, _TRIGGERS):
            cursor.execute(what, [names])
            for take_down, later in cursor.fetchall():
                cursor.execute(take_down)
                put_back.append(later)
        yield
        for statement in reversed(put_back):
            cursor.execute(statement)
