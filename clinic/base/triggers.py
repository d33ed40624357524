"""Database triggers that hold what Python alone cannot.

Each trigger executes a shared function (made by `base/migrations/0001_initial.py`) instead of
a function of its own, so that no session setting can switch it off.
"""

from typing import Any

import pgtrigger
from django.db import models


class SharedFunctionTrigger(pgtrigger.Trigger):
    """A trigger that executes one of the product's shared functions."""

    when = pgtrigger.Before
    function = ""

    def __init__(self, *, name: str, arguments: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.arguments = arguments
        super().__init__(name=name, **kwargs)

    def ignore(self, model: type[models.Model]) -> None:
        """Refuse to be switched off."""
        raise RuntimeError(f"{self.name} cannot be ignored")

    def get_func(self, model: models.Model) -> str:
        """Return a body that is never executed: `render_execute` names the shared function."""
        return "RETURN NULL;"

    def render_execute(self, model: models.Model) -> str:
        """Return the call of the shared function with its arguments."""
        arguments = ", ".join(f"'{argument}'" for argument in self.arguments)
        return f"{self.function}({arguments})"


class _AppendOnly(SharedFunctionTrigger):
    function = "anagen_append_only"


class _LockedWhenSigned(SharedFunctionTrigger):
    function = "anagen_locked_when_signed"


class _LockedWithParent(SharedFunctionTrigger):
    function = "anagen_locked_with_parent"


def not_truncated() -> pgtrigger.Trigger:
    """Refuse TRUNCATE."""
    return _AppendOnly(
        name="not_truncated", operation=pgtrigger.Truncate, level=pgtrigger.Statement
    )


def append_only() -> list[pgtrigger.Trigger]:
    """Refuse UPDATE, DELETE and TRUNCATE: rows are added and never changed."""
    return [
        _AppendOnly(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        not_truncated(),
    ]


def locked_when_signed(*open_columns: str) -> list[pgtrigger.Trigger]:
    """Refuse to change or delete a row whose `signed_at` is set.

    `open_columns` may still be filled once, from NULL, after signing (a withdrawal, for example).
    """
    return [
        _LockedWhenSigned(
            name="locked_when_signed",
            operation=pgtrigger.Update | pgtrigger.Delete,
            arguments=open_columns,
        ),
        not_truncated(),
    ]


def locked_with_parent(parent_table: str, foreign_key: str) -> list[pgtrigger.Trigger]:
    """Refuse to add, change or delete a child row of a signed parent."""
    return [
        _LockedWithParent(
            name="locked_with_parent",
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
            arguments=(parent_table, foreign_key),
        ),
        not_truncated(),
    ]
