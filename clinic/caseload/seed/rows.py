"""Rows of an invented patient, made one by one and written as the lines that COPY reads."""

import json
from collections import defaultdict
from datetime import datetime
from functools import cache
from random import Random
from typing import Any

from django.db import models
from django.db.models import NOT_PROVIDED

from clinic.caseload.seed.blanks import blank

Table = type[models.Model]
Lines = dict[tuple[int, Table], str]
"""Lines for COPY by round and table."""

# Which bits of a UUID say what it is, and what they say in version 7 (RFC 9562).
_FIXED_BITS = (0xF << 76) | (0x3 << 62)
_VERSION_7 = (0x7 << 76) | (0x2 << 62)

# How COPY wants what would otherwise end a value or a line.
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


class Rows:
    """What one patient leaves in the tables; identifiers follow the seed and the time.

    A case has one draft of a technique at most, so sessions come in rounds: those of the first
    round are signed before those of the second are begun.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._rows: dict[tuple[int, Table], list[dict[str, Any]]] = defaultdict(list)
        self._signatures: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)

    def new_id(self, at: datetime) -> str:
        """Return a version 7 UUID of that time, which ends in a blank for the desk."""
        value = (int(at.timestamp() * 1000) << 80) | self._random.getrandbits(80)
        digits = f"{value & ~_FIXED_BITS | _VERSION_7:032x}"
        groups = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:28])
        return "-".join(groups) + blank("desk")

    def add(self, model: Table, *, at: datetime, in_round: int = 0, **values: Any) -> str:
        """Keep one row, made at that time, and return its identifier."""
        identifier = self.new_id(at)
        self._rows[in_round, model].append({"id": identifier, "created_at": at, **values})
        return identifier

    def sign(self, in_round: int, session_id: str, at: datetime, by: object) -> None:
        """Have a session of a round signed."""
        self._signatures[in_round][session_id] = {"signed_at": at, "signed_by_id": by}

    def unsigned(self) -> Lines:
        """Return the rows, sessions as drafts."""
        return self._lines({})

    def signed(self) -> Lines:
        """Return the rows, sessions as they are in the end."""
        return self._lines(
            {
                session_id: signature
                for signatures in self._signatures.values()
                for session_id, signature in signatures.items()
            }
        )

    def signatures(self) -> dict[int, str]:
        """Return who signed which session when, as lines by round."""
        return {
            in_round: "".join(
                f"{session_id}\t{values['signed_at']}\t{values['signed_by_id']}\n"
                for session_id, values in signatures.items()
            )
            for in_round, signatures in self._signatures.items()
        }

    def _lines(self, signatures: dict[str, dict[str, Any]]) -> Lines:
        return {
            (in_round, model): "".join(
                _line(model, row | signatures.get(row["id"], {})) for row in rows
            )
            for (in_round, model), rows in self._rows.items()
        }


def columns_of(model: Table) -> list[str]:
    """Return the columns of a table's lines in their order."""
    return [str(field.column) for field in _fields(model)]


def written(value: object) -> str:
    """Return a value as COPY reads it."""
    if isinstance(value, str):
        return _escaped(value)
    if value is None:
        return "\\N"
    if isinstance(value, dict):
        return _escaped(json.dumps(value, ensure_ascii=False))
    if isinstance(value, list):
        return _escaped(f"{{{','.join(value)}}}")
    return str(value)


def _escaped(text: str) -> str:
    for mark, escape in _ESCAPES:
        text = text.replace(mark, escape)
    return text


def _line(model: Table, row: dict[str, Any]) -> str:
    defaults = _defaults(model)
    values = defaults | {name: written(value) for name, value in row.items()}
    if len(values) != len(defaults):
        raise ValueError(f"{model.__name__} has no {row.keys() - defaults.keys()}.")
    return "\t".join(values.values()) + "\n"


@cache
def _fields(model: Table) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if not field.generated]


@cache
def _defaults(model: Table) -> dict[str, str]:
    return {field.attname: written(_default(field)) for field in _fields(model)}


def _default(field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, models.FileField) or field.default is NOT_PROVIDED:
        return None if field.null else ""
    return field.get_default()
