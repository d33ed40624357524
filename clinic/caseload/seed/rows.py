"""Rows on their way into the database, by COPY."""

from collections import defaultdict
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import NOT_PROVIDED
from psycopg.types.json import Jsonb

Row = dict[str, Any]


Table = type[models.Model]
Signature = tuple[str, datetime, UUID]


class Rows:
    """Rows by table, kept until they are written; identifiers follow the seed and the time.

    A case has one draft of a technique at most, so sessions are written in rounds: those of the
    first round are signed before those of the second come.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._rows: dict[tuple[int, Table], list[Row]] = defaultdict(list)
        self._signatures: dict[int, list[Signature]] = defaultdict(list)

    def new_id(self, at: datetime) -> str:
        """Return a version 7 UUID of that time, as text, which is quicker to write."""
        value = (int(at.timestamp() * 1000) << 80) | self._random.getrandbits(80)
        value &= ~(0xF << 76) & ~(0x3 << 62)
        digits = f"{value | (0x7 << 76) | (0x2 << 62):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def add(self, model: Table, *, at: datetime, in_round: int = 0, **values: Any) -> str:
        """Keep one row, made at that time, and return its identifier."""
        identifier = self.new_id(at)
        self._rows[in_round, model].append({"id": identifier, "created_at": at, **values})
        return identifier

    def sign(self, in_round: int, session: str, at: datetime, by: UUID) -> None:
        """Have a session of a round signed when the round is written."""
        self._signatures[in_round].append((session, at, by))

    def write(
        self, *, first: tuple[Table, ...], rounds: tuple[Table, ...], last: tuple[Table, ...]
    ) -> None:
        """Write and forget what is kept as it happened: tables in order, the rounds between."""
        with connection.cursor() as cursor:
            self._write_tables(cursor, 0, first)
            for number in sorted({in_round for in_round, _ in self._rows} - {0}):
                self._write_tables(cursor, number, rounds)
                _sign(cursor, self._signatures.pop(number, []))
            self._write_tables(cursor, 0, last)
        if self._rows:
            raise ValueError(f"No place in the order for {[m.__name__ for _, m in self._rows]}.")

    def write_unchecked(self) -> None:
        """Write and forget what is kept, sessions as signed; see `bulk.checked_afterwards`."""
        signed = {
            session: {"signed_at": at, "signed_by_id": by}
            for signatures in self._signatures.values()
            for session, at, by in signatures
        }
        with connection.cursor() as cursor:
            for (_, model), rows in self._rows.items():
                _copy(cursor, model, [row | signed.get(row["id"], {}) for row in rows])
        self._rows.clear()
        self._signatures.clear()

    def _write_tables(self, cursor: Any, in_round: int, tables: tuple[Table, ...]) -> None:
        for model in tables:
            if rows := self._rows.pop((in_round, model), None):
                _copy(cursor, model, rows)


def _copy(cursor: Any, model: Table, rows: list[Row]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    defaults = {field.attname: _default(field) for field in fields}
    names = [field.attname for field in fields]
    json_names = [field.attname for field in fields if isinstance(field, models.JSONField)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            values = defaults | row
            for name in json_names:
                values[name] = Jsonb(values[name])
            copy.write_row([values[name] for name in names])


def _default(field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, models.FileField) or field.default is NOT_PROVIDED:
        return None if field.null else ""
    default = field.get_default()
    return [] if default == [] else default


def _sign(cursor: Any, signatures: list[Signature]) -> None:
    if not signatures:
        return
    cursor.execute("CREATE TEMP TABLE seed_signature (id uuid, at timestamptz, by uuid)")
    with cursor.copy("COPY seed_signature FROM STDIN") as copy:
        for signature in signatures:
            copy.write_row(signature)
    cursor.execute(
        "UPDATE treatments_session session SET signed_at = at, signed_by_id = by"
        " FROM seed_signature WHERE seed_signature.id = session.id"
    )
    cursor.execute("DROP TABLE seed_signature")
