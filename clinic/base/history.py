"""Field-level history, written by the database underneath every audited change."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
import pghistory.trigger
import pgtrigger
from django.db import models
from pgtrigger import compiler

from clinic.base.triggers import append_only, never_ignored

Model = TypeVar("Model", bound=models.Model)


class _Keeps(pghistory.trigger.Event):
    """Writes a row of history, whatever the session's settings say."""

    def compile(self, model: models.Model) -> compiler.Trigger:
        """Return the trigger for a migration."""
        return never_ignored(super().compile(model))


class _KeptEvent(pghistory.RowEvent):
    row = pghistory.Old

    def add_event_trigger(self, event_model: type[models.Model]) -> None:
        """Put the trigger on the tracked model."""
        pgtrigger.register(
            _Keeps(
                event_model=event_model,
                label=self.label,
                name=self.trigger_name,
                row=self.row,
                operation=self.operation,
                condition=self.condition,
            )
        )(event_model.pgh_tracked_model)  # type: ignore[attr-defined]


class _AfterInsert(_KeptEvent):
    label = "after_insert"
    operation = pgtrigger.Insert
    row = pghistory.New


class _BeforeUpdate(_KeptEvent):
    label = "before_update"
    operation = pgtrigger.Update


class _BeforeDelete(_KeptEvent):
    label = "before_delete"
    operation = pgtrigger.Delete


def tracked(*, exclude: tuple[str, ...] = ()) -> Callable[[type[Model]], type[Model]]:
    """Keep what a row was before each update and before its deletion, append-only.

    The present row is in the table itself; generated columns are to be named in `exclude`.
    """
    return pghistory.track(
        _BeforeUpdate(),
        _BeforeDelete(),
        exclude=list(exclude) or None,
        obj_field=pghistory.ObjForeignKey(related_name="past_versions"),
        meta={"triggers": append_only()},
    )


def tracked_link() -> Callable[[type[Model]], type[Model]]:
    """Keep when a row that only ties two others was added, and when it was taken away."""
    return pghistory.track(
        _AfterInsert(),
        _BeforeUpdate(),
        _BeforeDelete(),
        obj_field=None,
        meta={"triggers": append_only()},
    )
