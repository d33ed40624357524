"""Queries that are written and planned once.

Putting a long query together takes Django longer than PostgreSQL needs to answer it, and so does
planning it. Where every page asks the same one, a function says what it is, in the ORM as anywhere
else, and is called once; afterwards its SQL is a prepared statement of the connection, and only
the values are sent.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from typing import Any, Self, TypeVar
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import BooleanField, F, Func, Value
from psycopg import sql

Row = tuple[Any, ...]
AnyModel = TypeVar("AnyModel", bound=models.Model)
Build = Callable[..., "models.QuerySet[Any, Any]"]

# Values that no query has of its own, by which the places of the arguments are found.
_STAND_INS: dict[type, Callable[[int], Any]] = {
    UUID: lambda place: UUID(int=(0xA7A9E7 << 64) + place),
    datetime: lambda place: datetime(1066, 10, 14, 9, tzinfo=UTC) + timedelta(seconds=place),
    date: lambda place: date(1066, 10, 14) + timedelta(days=place),
    list: lambda place: [UUID(int=(0xA7A9E7 << 64) + place)],
}


class _Argument(str):
    """The name of an argument, in the place of its value."""

    __slots__ = ()


class _PreparingCursor(psycopg.Cursor[Row]):
    """Has the server keep the plan of what it executes, for as long as the connection lasts."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        return super().execute(query, params, **options | {"prepare": True})


def _written(place: Any) -> str:
    if isinstance(place, _Argument):
        return f"%({place})s"
    return sql.Literal(place).as_string(connection.connection).replace("%", "%%")


class Prepared:
    """What `prepared` makes of a function: called with the same names, it returns the rows."""

    def __init__(self, build: Build, types: dict[str, type]) -> None:
        self._build = build
        self._types = types

    def __call__(self, **values: Any) -> list[Row]:
        """Ask the database; each value must be of the type that was declared for its name."""
        database: Any = connection
        database.ensure_connection()
        asking = _PreparingCursor(database.connection)
        with database.wrap_database_errors, database._prepare_cursor(asking) as cursor:
            cursor.execute(self._statement, values)
            rows: list[Row] = cursor.fetchall()
        return [self._converted(row) for row in rows] if self._converters else rows

    @cached_property
    def _compiler(self) -> Any:
        return self._build(**self._stand_ins).query.get_compiler(connection=connection)

    @cached_property
    def _stand_ins(self) -> dict[str, Any]:
        return {
            name: _STAND_INS[kind](place) for place, (name, kind) in enumerate(self._types.items())
        }

    @cached_property
    def _statement(self) -> str:
        """The SQL with the arguments by name, and all else as it will always be."""
        text, params = self._compiler.as_sql()
        places = [self._argument(value) or value for value in params]
        if any(isinstance(each, date) for each in places):
            raise ValueError("The query keeps a time of its own: pass the clock as an argument.")
        unused = set(self._types) - {each for each in places if isinstance(each, _Argument)}
        if unused:
            raise ValueError(f"The query does not depend on {', '.join(sorted(unused))}.")
        return str(text.replace("%%", "%%%%") % tuple(map(_written, places)))

    def _argument(self, value: Any) -> _Argument | None:
        found = (
            name
            for name, stand_in in self._stand_ins.items()
            if type(value) is type(stand_in) and value == stand_in
        )
        return next(map(_Argument, found), None)

    @cached_property
    def _converters(self) -> dict[int, Any]:
        columns = [expression for expression, *_ in self._compiler.select]
        converters: dict[int, Any] = self._compiler.get_converters(columns)
        return converters

    def _converted(self, row: Row) -> Row:
        values = list(row)
        for place, (converters, expression) in self._converters.items():
            for convert in converters:
                values[place] = convert(values[place], expression, connection)
        return tuple(values)


def prepared(**types: type) -> Callable[[Build], Prepared]:
    """Prepare the `values_list` that a function returns for arguments of these types.

    UUID, date, datetime and list (of UUIDs, see `is_one_of`) are possible. The function must put
    each argument into the query, decide nothing by it and never look at the clock, since it is
    called once, for stand-ins.
    """

    def decorate(build: Build) -> Prepared:
        return Prepared(build, types)

    return decorate


def is_one_of(field: str, ids: list[UUID]) -> Func:
    """Return the condition that a field is in a list, which is one parameter of the query."""
    return Func(
        F(field),
        Value(ids),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


@cache
def columns(
    model: type[models.Model], via: str = "", only: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return a model's columns, or `only` these, for `values_list`; `via` leads to the model."""
    prefix = f"{via}__" if via else ""
    names = (field.attname for field in model._meta.concrete_fields)
    return tuple(f"{prefix}{name}" for name in names if not only or name in only)


def from_row(model: type[AnyModel], values: Sequence[Any], only: tuple[str, ...] = ()) -> AnyModel:
    """Return the row of a model whose `columns` are the first of these values.

    With `only` some, the others are fetched when they are asked for, as after `QuerySet.only`.
    """
    names = columns(model, only=only)
    return model.from_db(DEFAULT_DB_ALIAS, names, values[: len(names)])
