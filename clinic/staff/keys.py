"""Who did something, as a column."""

from typing import TYPE_CHECKING, Any, Literal, overload

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from clinic.staff.models import User


@overload
def by_staff() -> "models.ForeignKey[User, User]": ...


@overload
def by_staff(*, optional: Literal[True]) -> "models.ForeignKey[User | None, User | None]": ...


def by_staff(*, optional: bool = False) -> Any:
    """Return the foreign key to the person who did something, for a column `<action>_by`.

    Without an index: nobody asks what else a person did, and staff are never deleted. Where
    somebody asks, the column is a foreign key as any other (tests/base/test_indexes.py).
    """
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=optional,
        blank=optional,
        db_index=False,
    )
