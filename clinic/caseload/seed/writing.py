"""Writes the lines of many patients into the tables."""

from typing import Any

from django.db import connection

from clinic.caseload.seed.journeys import AFTER_SESSIONS, BEFORE_SESSIONS, SESSIONS
from clinic.caseload.seed.rows import Lines, Table, columns_of


def write_as_it_happened(lines: Lines, signatures: dict[int, str]) -> None:
    """Write drafts table by table and round by round, each round signed before the next."""
    with connection.cursor() as cursor:
        _write_tables(cursor, lines, 0, BEFORE_SESSIONS)
        for in_round in sorted({in_round for in_round, _ in lines} - {0}):
            _write_tables(cursor, lines, in_round, SESSIONS)
            _sign(cursor, signatures.get(in_round, ""))
        _write_tables(cursor, lines, 0, AFTER_SESSIONS)


def write_at_once(lines: Lines) -> None:
    """Write all there is in any order; see `bulk.checked_afterwards`."""
    with connection.cursor() as cursor:
        for (_, model), text in lines.items():
            _copy(cursor, model, text)


def _write_tables(cursor: Any, lines: Lines, in_round: int, tables: tuple[Table, ...]) -> None:
    for model in tables:
        if text := lines.get((in_round, model)):
            _copy(cursor, model, text)


def _copy(cursor: Any, model: Table, text: str) -> None:
    columns = ", ".join(f'"{column}"' for column in columns_of(model))
    with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
        copy.write(text)


def _sign(cursor: Any, signatures: str) -> None:
    cursor.execute("CREATE TEMP TABLE seed_signature (id uuid, at timestamptz, by uuid)")
    with cursor.copy("COPY seed_signature FROM STDIN") as copy:
        copy.write(signatures)
    cursor.execute(
        "UPDATE treatments_session session SET signed_at = at, signed_by_id = by"
        " FROM seed_signature WHERE seed_signature.id = session.id"
    )
    cursor.execute("DROP TABLE seed_signature")
