"""Taking rows from one record to another. The database allows it where a merge stands for it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from patients.merging.tables import Model, keys_within, tables_of_patients
from patients.models import Allergy, Case, Merge, OtherNumber, Patient

# Keys of rows by the label of their table.
Keys = dict[str, list[str]]

# Tables of apps above, by label, whose rows belong to nothing of the record by themselves: one
# that was added to a merged record goes, when the merge is undone, where what points to it goes.
follow_what_points_to_them: set[str] = set()


def take_along(merge: Merge) -> Keys:
    """Take every row of the absorbed patient to the survivor, and return what was taken.

    What the survivor has as well stays behind: a registration at the same site, and a case in
    which nothing happened. Raises `ValidationError` for a row that cannot be beside the
    survivor's.
    """
    taken: Keys = {}
    for model in tables_of_patients(apps):
        stays = {row.pk for row in staying_behind(model, merge.survivor, merge.absorbed)}
        rows = [row for row in _rows_of(model, merge.absorbed) if row.pk not in stays]
        for row in rows:
            _hand_over(row, merge.survivor)
        if rows:
            taken[model._meta.label] = [str(row.pk) for row in rows]
    return taken


def take_back(merge: Merge) -> None:
    """Take back what a merge took along, with what was added to it since.

    That is what hangs on a row that goes, and what nothing but rows that go hang on. Raises
    `ValidationError` where something that was added belongs to rows of both.
    """
    going = _going_back(merge)
    for model, keys in going.items():
        for row in _rows_of(model, merge.survivor):
            if row.pk in keys:
                _hand_over(row, merge.absorbed)


def _going_back(merge: Merge) -> dict[Model, set[UUID]]:
    """Return the keys of the rows that go, by table, parents before what points to them."""
    tables = tables_of_patients(apps)
    rows = {model: list(_rows_of(model, merge.survivor)) for model in tables}
    going: dict[Model, set[UUID]] = {
        model: {UUID(key) for key in merge.moved.get(model._meta.label, [])} for model in tables
    }
    known, found = -1, 0
    while known < found:
        known = found
        for model in tables:
            going[model] |= {row.pk for row in rows[model] if _hangs_on(row, model, going)}
        for model in reversed(tables):
            since = (row for row in rows[model] if row.created_at >= merge.created_at)  # type: ignore[attr-defined]
            going[model] |= {row.pk for row in since if _serves_only(row, going)}
        _follow(rows, going)
        found = sum(len(keys) for keys in going.values())
    return going


def _follow(rows: Mapping[Model, list[models.Model]], going: dict[Model, set[UUID]]) -> None:
    """Add what belongs to nothing by itself, where what points to it goes."""
    followers = {each for each in going if each._meta.label in follow_what_points_to_them}
    theirs = {parent: {row.pk for row in rows[parent]} for parent in followers}
    for model, keys in going.items():
        for key, parent in keys_within(model, followers):
            pointed_to = {getattr(row, key) for row in rows[model] if row.pk in keys}
            going[parent] |= pointed_to & theirs[parent]


def staying_behind(model: Model, survivor: Patient, absorbed: Patient) -> Iterator[models.Model]:
    """Return the absorbed patient's rows that would say twice what one of the survivor's says."""
    if model is Case:
        if survivor.cases.open().exists():
            yield from absorbed.cases.open()
        return
    names = ["substance", "reaction"] if model is Allergy else _said_once(model)
    if names is None:
        return
    theirs = set(_rows_of(model, survivor).values_list(*names))
    for row in _rows_of(model, absorbed):
        if tuple(getattr(row, name) for name in names) in theirs:
            yield row


def rows_in_cases(cases: Iterable[Case]) -> dict[str, int]:
    """Return how many rows of each kind hang on these cases, by what they are called."""
    wanted = [case.pk for case in cases]
    counts = {}
    for relation in _relations_to(Case):
        model = relation.related_model
        count = model._default_manager.filter(**{f"{relation.field.name}__in": wanted}).count()
        counts[_told_as(model)[1]] = count
    return {name: count for name, count in counts.items() if count}


def rows_by_kind(patient: Patient) -> Mapping[str, int]:
    """Return how many rows of each kind a patient has, by what they are called."""
    counts = {
        _told_as(model)[1]: _rows_of(model, patient).count()
        for model in tables_of_patients(apps)
        if model is not OtherNumber
    }
    return {name: count for name, count in counts.items() if count}


def _said_once(model: Model) -> list[str] | None:
    """Return what, beside the patient, no two rows of a table may both say; None where nothing is.

    A table with one row for each patient says it by nothing but the patient.
    """
    unconditional = (
        each.fields
        for each in model._meta.constraints
        if isinstance(each, models.UniqueConstraint) and each.condition is None
    )
    for fields in unconditional:
        if "patient" in fields:
            return [
                each.attname
                for each in model._meta.concrete_fields
                if each.name in fields and each.name != "patient"
            ]
    unique = model._meta.get_field("patient").unique  # type: ignore[union-attr]
    return [] if unique else None


def _rows_of(model: Model, patient: Patient) -> models.QuerySet[models.Model]:
    return model._default_manager.filter(patient=patient).order_by("created_at", "pk")


def _hangs_on(row: models.Model, model: Model, going: Mapping[Model, set[UUID]]) -> bool:
    return any(
        getattr(row, key) in going[parent]
        for key, parent in keys_within(model, set(going))
        if getattr(row, key) is not None
    )


def _serves_only(row: models.Model, going: Mapping[Model, set[UUID]]) -> bool:
    """Return whether something else hangs on a row, and all of it goes."""
    says = [
        _goes(each, type(row), going)
        for relation in _relations_to(type(row))
        for each in relation.related_model._default_manager.filter(**{relation.field.name: row.pk})
    ]
    return True in says and False not in says


def _goes(row: models.Model, parent: Model, going: Mapping[Model, set[UUID]]) -> bool | None:
    """Return whether a row goes: by itself, or, without a patient, with another than `parent`.

    A count goes with its visit, whichever spot it is of. None for what is of its parent alone.
    """
    model = type(row)
    if model in going:
        return row.pk in going[model]
    others = [(key, table) for key, table in keys_within(model, set(going)) if table is not parent]
    owned = [getattr(row, key) in going[table] for key, table in others if getattr(row, key)]
    return any(owned) if owned else None


def _told_as(model: Model) -> tuple[str, str]:
    """Return what one row of a table is called, and several."""
    return model.told_as  # type: ignore[attr-defined]


def _relations_to(model: Model) -> list[Any]:
    """Return by which foreign keys rows point to those of a table, but for those of its history."""
    return [
        each
        for each in model._meta.get_fields(include_hidden=True)
        if (each.one_to_many or each.one_to_one)
        and each.auto_created
        and not hasattr(each.related_model, "pgh_tracked_model")
    ]


def _hand_over(row: models.Model, patient: Patient) -> None:
    """Give one row to a patient; one at a time, a row before those that point to it."""
    model = type(row)
    try:
        with transaction.atomic():
            model._default_manager.filter(pk=row.pk).update(patient=patient)
    except IntegrityError as error:
        raise ValidationError(_in_the_way(model, row, error)) from error


def _in_the_way(model: Model, row: models.Model, error: IntegrityError) -> str:
    """Say which row could not go along, and what the violated constraint says of it."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    said = next((each for each in model._meta.constraints if each.name == name), None)
    why = f" {said.violation_error_message}" if said else ""
    kind = _told_as(model)[0]
    return f"{kind.capitalize()} “{row}” cannot be in one record with what is there.{why}"
