"""What every table of the product has in common."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models, router
from django.db.models import Q
from django.utils import timezone

from clinic.base import constraints
from clinic.base.ids import uuid7


class Record(models.Model):
    """A row with an identifier that is safe in an address, and the time it was made.

    The identifier never changes: `clinic.base.apps` puts a trigger on every table of this kind.
    Every table of a patient says in `told_as` what one of its rows, and several, are called by
    people who never saw a table: pages count them.
    """

    told_as: ClassVar[tuple[str, str]]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def check_and_create(cls, **values: Any) -> Self:
        """Validate fields, model rules and constraints, then insert.

        Raises `django.core.exceptions.ValidationError` naming the fields at fault.
        """
        row = cls(**values)
        row.full_clean()
        row.save(force_insert=True)
        return row

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Ask about all checks at once, and one by one only where something may be broken.

        Raises `django.core.exceptions.ValidationError` with what each broken one says.
        """
        using = router.db_for_write(type(self), instance=self)
        if not constraints.all_hold(self, set(exclude or ()), using=using):
            super().validate_constraints(exclude)

    def check_and_save(self) -> None:
        """Validate fields, model rules and constraints, then update the row."""
        self.full_clean()
        self.save(force_update=True)


def paired(table: str, action: str) -> models.CheckConstraint:
    """Return the constraint that `<action>_at` and `<action>_by` are given together, or neither."""
    return models.CheckConstraint(
        name=f"{table}_{action}_paired",
        condition=Q(**{f"{action}_at__isnull": True, f"{action}_by__isnull": True})
        | Q(**{f"{action}_at__isnull": False, f"{action}_by__isnull": False}),
        violation_error_message=f"Say both when and by whom it was {action.replace('_', ' ')}.",
    )


def between(
    table: str, field: str, lowest: object, highest: object, *, message: str = ""
) -> models.CheckConstraint:
    """Return the constraint that a quantity, where given, lies within physical bounds."""
    return models.CheckConstraint(
        name=f"{table}_{field}_range",
        condition=Q(**{f"{field}__isnull": True})
        | Q(**{f"{field}__gte": lowest, f"{field}__lte": highest}),
        violation_error_message=message
        or f"{field.replace('_', ' ').capitalize()} must be between {lowest} and {highest}.",
    )
