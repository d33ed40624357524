"""Database triggers that hold what Python alone cannot.

Each trigger executes a shared function (made by `base/migrations/0001_initial.py`); none asks a
session setting whether it is to stand aside (`TriggerSql`).
"""

from typing import Any

import pgtrigger
from django.db import models
from pgtrigger import compiler


class TriggerSql(compiler.UpsertTriggerSql):
    """The statements that make a trigger, without django-pgtrigger's way to switch it off.

    django-pgtrigger's own template makes a function for each trigger that first reads the setting
    `pgtrigger.ignore`, which anybody may make.
    """

    def get_template(self) -> str:
        """Return the template: the trigger's own function, where it has one, and the trigger."""
        own_function = """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS trigger LANGUAGE plpgsql
            SET search_path = public, pg_temp AS $$
            {declare}
            BEGIN
                {func}
            END $$;
        """
        trigger = """
            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid} {when} {operation} ON {table}
                {timing} {referencing} FOR EACH {level} {condition} EXECUTE FUNCTION {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """
        is_shared = self.kwargs.get("execute", f"{self.kwargs['pgid']}()") != (
            f"{self.kwargs['pgid']}()"
        )
        return trigger if is_shared else own_function + trigger


def never_ignored(trigger: compiler.Trigger) -> compiler.Trigger:
    """Return a compiled trigger that no session setting switches off."""
    return compiler.Trigger(name=trigger.name, sql=TriggerSql(**trigger.sql.kwargs))


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

    def compile(self, model: models.Model) -> compiler.Trigger:
        """Return the trigger for a migration."""
        return never_ignored(super().compile(model))

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


class _NeverChanges(SharedFunctionTrigger):
    function = "anagen_never_changes"


class _AgreesWith(SharedFunctionTrigger):
    function = "anagen_agrees_with"


def not_truncated() -> pgtrigger.Trigger:
    """Refuse TRUNCATE."""
    return _AppendOnly(
        name="not_truncated", operation=pgtrigger.Truncate, level=pgtrigger.Statement
    )


def never_deleted() -> pgtrigger.Trigger:
    """Refuse DELETE, where rows change in some columns and are never removed."""
    return _AppendOnly(name="never_deleted", operation=pgtrigger.Delete)


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


def never_changes(*fields: str) -> pgtrigger.Trigger:
    """Refuse to change these fields of a row, whatever else of it may change."""
    return _NeverChanges(
        name="never_changes",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*fields),
        arguments=fields,
    )


def key_never_changes() -> pgtrigger.Trigger:
    """Refuse to change the key of a row; `clinic.base.apps` puts this on every `Record`.

    Foreign keys are checked at the end of a transaction, so two rows could swap their keys in it,
    and what points to one would then belong to the other.
    """
    return _NeverChanges(
        name="key_never_changes",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("id"),
        arguments=("id",),
    )


def never_changes_after(moment: str, *fields: str) -> pgtrigger.Trigger:
    """Refuse to change a moment once it is set, and these fields with it."""
    changed = pgtrigger.Q()
    for field in (moment, *fields):
        changed |= pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")})
    return _NeverChanges(
        name=f"never_changes_after_{moment}",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(**{f"old__{moment}__isnull": False}) & changed,
        arguments=(moment, *fields),
    )


def same_patient(*parents: tuple[str, str]) -> pgtrigger.Trigger:
    """Refuse a row that points to rows of different patients, or of another than its own.

    Each parent is a table with a `patient_id`, and the foreign key to it.
    """
    return _agrees_with("same_patient", "patient_id", parents)


def same_case(*parents: tuple[str, str]) -> pgtrigger.Trigger:
    """Refuse a row that points to rows of another case than its own; as `same_patient`."""
    return _agrees_with("same_case", "case_id", parents)


def _agrees_with(name: str, column: str, parents: tuple[tuple[str, str], ...]) -> pgtrigger.Trigger:
    return _AgreesWith(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update,
        arguments=(column, *(part for parent in parents for part in parent)),
    )
