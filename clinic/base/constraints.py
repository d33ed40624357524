"""Whether a row breaks a constraint of its table, with all its checks in one question.

Django asks the database about each check by itself, within a savepoint of its own: three trips to
the server, and a query that names all values of the row, for every check of every row written.
"""

from collections.abc import Sequence
from contextlib import nullcontext

from django.core.exceptions import FieldError, ValidationError
from django.db import DatabaseError, connections, models, transaction
from django.db.models import BooleanField, CheckConstraint, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.sql import Query
from django.db.models.sql.constants import SINGLE


def all_hold(row: models.Model, exclude: set[str], *, using: str) -> bool:
    """Say whether the row breaks no constraint of its table.

    No means "perhaps not": it is then for Django to ask one by one, to leave out what concerns a
    field in ``exclude``, and to name what is broken.
    """
    for model, constraints in row.get_constraints():
        checks = [each for each in constraints if isinstance(each, CheckConstraint)]
        if checks and not _checks_hold(row, model, checks, exclude, using):
            return False
        try:
            for each in constraints:
                if each not in checks:
                    each.validate(model, row, exclude=exclude, using=using)
        except ValidationError:
            return False
    return True


def _checks_hold(
    row: models.Model,
    model: type[models.Model],
    checks: Sequence[CheckConstraint],
    exclude: set[str],
    using: str,
) -> bool:
    """Ask about all the checks at once, as `Q.check` asks about one: what is unknown holds."""
    connection = connections[using]
    query = Query(None)
    # Django's own checks take the values from here; its type stubs do not know the method.
    values = row._get_field_expression_map(meta=model._meta, exclude=exclude)  # type: ignore[attr-defined]
    for name, value in values.items():
        query.add_annotation(value, name, select=False)
    query.add_annotation(Value(1), "_check")
    try:
        for each in checks:
            query.add_q(Q(Coalesce(Q(each.condition), True, output_field=BooleanField())))
        with transaction.atomic(using) if connection.in_atomic_block else nullcontext():
            return query.get_compiler(using).execute_sql(SINGLE) is not None
    except (FieldError, DatabaseError):
        return False
