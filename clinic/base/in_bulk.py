"""Many rows of one table in one statement, past everything that a form or a person would ask.

Constraints, triggers and foreign keys of the database hold as they do for a single row; model
rules do not run. The caller is an action that knows its rows to be right, and writes the trail.
"""

import json
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django.db import connection, models

_INSERT = """
INSERT INTO {table} ({columns})
SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)
"""
_UPDATE = """
UPDATE {table} SET {changes}
FROM json_populate_recordset(NULL::{table}, %s) AS said WHERE {table}.{key} = said.{key}
"""


def insert_all(rows: Sequence[models.Model]) -> None:
    """Insert rows of one table. Raises `DatabaseError` where one is refused; then none is in."""
    if not rows:
        return
    fields: Sequence[Any] = rows[0]._meta.local_concrete_fields
    given = [field for field in fields if not field.generated]
    columns = ", ".join(_quoted(field.column) for field in given)
    _run(_INSERT, given, rows, columns=columns)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def update_all(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields of rows of one table. Raises `DatabaseError` where one is refused."""
    if not rows:
        return
    meta: Any = rows[0]._meta
    changed = [meta.get_field(name) for name in fields]
    names = [_quoted(field.column) for field in changed]
    changes = ", ".join(f"{name} = said.{name}" for name in names)
    _run(_UPDATE, [meta.pk, *changed], rows, changes=changes, key=_quoted(meta.pk.column))


def _run(sql: str, fields: Sequence[Any], rows: Sequence[models.Model], **parts: str) -> None:
    table = _quoted(rows[0]._meta.db_table)
    said = [{field.column: getattr(row, field.attname) for field in fields} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=table, **parts), [json.dumps(said, default=_written_out)])


def _written_out(value: Any) -> str:
    """Return a day, a moment (to the microsecond) or an identifier as the database reads it."""
    return str(value.isoformat()) if isinstance(value, date | time) else str(value)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
