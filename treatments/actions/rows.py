"""Bringing the rows of a draft to what was typed: only what differs is written."""

from collections.abc import Hashable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from treatments.lots import is_used_elsewhere, lot_trouble, same_lot
from treatments.models import Anaesthetic, Lot, LotUse, Session, Spin, Zone


def write_zones(session: Session, wanted: list[dict[str, Any]]) -> bool:
    """Bring the zones to what is wanted, one for each region; say whether anything changed."""
    stored = {zone.region: zone for zone in session.zones.all()}
    return _write(Zone, session, stored, {row["region"]: row for row in wanted})


def write_spins(session: Session, wanted: list[dict[str, Any]]) -> bool:
    """Bring the spins to what is wanted, in that order; say whether anything changed."""
    stored = {spin.order: spin for spin in session.spins.all()}
    ordered = {order: {**row, "order": order} for order, row in enumerate(wanted, 1)}
    return _write(Spin, session, stored, ordered)


def write_anaesthetics(session: Session, wanted: list[dict[str, Any]]) -> bool:
    """Bring the anaesthetics to what is wanted; say whether anything changed."""
    stored = dict(enumerate(session.anaesthetics.all()))
    return _write(Anaesthetic, session, stored, dict(enumerate(wanted)))


def _write(
    model: type[Model],
    session: Session,
    stored: Mapping[Any, Model],
    wanted: Mapping[Any, dict[str, Any]],
) -> bool:
    gone = [row.pk for key, row in stored.items() if key not in wanted]
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    changed = [_write_row(model, session, stored.get(key), wanted[key]) for key in wanted]
    return bool(gone) or any(changed)


def _write_row(
    model: type[Model], session: Session, row: Model | None, values: dict[str, Any]
) -> bool:
    if row is None:
        row = model(session=session, **values)
        row.clean_fields(exclude=["session"])
        row.save(force_insert=True)
        return True
    return update(row, values)


def differences(row: Model, values: dict[str, Any]) -> dict[str, Any]:
    """Return those of the values that the row does not have already."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def update(row: Model, values: dict[str, Any]) -> bool:
    """Set what differs and save it; say whether anything did."""
    different = differences(row, values)
    for name, value in different.items():
        setattr(row, name, value)
    if different:
        row.clean_fields(exclude=[f.name for f in row._meta.fields if f.name not in different])
        row.save(force_update=True, update_fields=list(different))
    return bool(different)


def write_lots(session: Session, wanted: list[dict[str, Any]]) -> bool:
    """Bring the lots used to what is wanted; say whether anything changed.

    A lot that only this draft knew and does not name any more is removed: it was mistyped.
    Raises `ValidationError` for a lot that is recalled or on record with another expiry.
    """
    stored = {use.lot_id: use for use in session.lot_uses.all()}
    lots = [_lot(session, values) for values in _in_one_order(wanted)]
    changed = any(fresh for _, fresh in lots)
    used = {lot.pk: lot for lot, _ in lots}
    gone = [use for lot_id, use in stored.items() if lot_id not in used]
    LotUse.objects.filter(pk__in=[use.pk for use in gone]).delete()
    _forget_unused([use.lot_id for use in gone])
    new = [LotUse(session=session, lot=lot) for pk, lot in used.items() if pk not in stored]
    LotUse.objects.bulk_create(new)
    return bool(gone or new) or changed


def _in_one_order(wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two drafts that name the same lots hold them in the same order, so neither waits for ever."""

    def identity(values: dict[str, Any]) -> Hashable:
        return values["kind"], values["product"].lower(), values["lot_number"].lower()

    return sorted(wanted, key=identity)  # type: ignore[arg-type]


def _lot(session: Session, values: dict[str, Any]) -> tuple[Lot, bool]:
    """Return the lot on record, or put it there; and say whether anything was written."""
    trouble = lot_trouble(session, values)
    if trouble is not None:
        raise ValidationError(trouble[1])
    lot = same_lot(values).select_for_update(no_key=True).first()
    if lot is None:
        lot = Lot(**values)
        lot.clean_fields()
        lot.save(force_insert=True)
        return lot, True
    if is_used_elsewhere(lot, session):
        return lot, False
    return lot, update(lot, values)


def _forget_unused(lot_ids: list[Any]) -> None:
    """Remove lots that nothing names; one that another draft is just taking up is left alone."""
    unused = Lot.objects.filter(pk__in=lot_ids, uses__isnull=True, recalled_at__isnull=True)
    held = unused.select_for_update(of=("self",), skip_locked=True)
    Lot.objects.filter(pk__in=[lot.pk for lot in held]).delete()
