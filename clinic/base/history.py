"""Field-level history, written by the database underneath every audited change."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

from clinic.base.triggers import append_only

Model = TypeVar("Model", bound=models.Model)


def tracked(*, exclude: tuple[str, ...] = ()) -> Callable[[type[Model]], type[Model]]:
    """Keep what a row was before each update and before its deletion, append-only.

    The present row is in the table itself; generated columns are to be named in `exclude`.
    """
    return pghistory.track(
        pghistory.UpdateEvent("before_update", row=pghistory.Old),
        pghistory.DeleteEvent("before_delete"),
        exclude=list(exclude) or None,
        obj_field=pghistory.ObjForeignKey(related_name="past_versions"),
        meta={"triggers": append_only()},
    )
