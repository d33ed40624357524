"""Queries that are written once: only the database works when they are asked again.

Putting a long query together takes Django longer than PostgreSQL needs to answer it. Where every
page asks the same one, a function says what it is, in the ORM as anywhere else, and is called
once; afterwards its SQL is sent with other values in the same places.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, models

Row = tuple[Any, ...]
Build = Callable[..., "models.QuerySet[Any, Any]"]

# Values that no query has of its own, by which the places of the arguments are found.
_STAND_INS: dict[type, Callable[[int], Any]] = {
    UUID: lambda place: UUID(int=(0xA7A9E7 << 64) + place),
    datetime: lambda place: datetime(1066, 10, 14, 9, tzinfo=UTC) + timedelta(seconds=place),
    date: lambda place: date(1066, 10, 14) + timedelta(days=place),
}


class _Argument(str):
    """The name of an argument, in the place of its value."""

    __slots__ = ()


class Prepared:
    """What `prepared` makes of a function: called with the same names, it returns the rows."""

    def __init__(self, build: Build, types: dict[str, type]) -> None:
        self._build = build
        self._types = types

    def __call__(self, **values: Any) -> list[Row]:
        """Ask the database; each value must be of the type that was declared for its name."""
        sql, places = self._written
        params = [values[place] if isinstance(place, _Argument) else place for place in places]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
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
    def _written(self) -> tuple[str, list[Any]]:
        """The SQL, and its parameters with an argument's name where its value goes."""
        sql, params = self._compiler.as_sql()
        names = {value: _Argument(name) for name, value in self._stand_ins.items()}
        kinds = tuple(_STAND_INS)
        places = [names.get(each, each) if isinstance(each, kinds) else each for each in params]
        unused = set(self._types) - {each for each in places if isinstance(each, _Argument)}
        if unused:
            raise ValueError(f"The query does not depend on {', '.join(sorted(unused))}.")
        return sql, places

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

    UUID, date and datetime are possible. The function must put each argument into the query and
    decide nothing by it, since it is called once and for stand-ins.
    """

    def decorate(build: Build) -> Prepared:
        return Prepared(build, types)

    return decorate
