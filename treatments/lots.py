"""Lots as they are on record. Nothing here writes."""

from typing import Any

from django.db.models import QuerySet

from clinic.base.templatetags.anagen import day
from treatments.models import Lot, LotUse, Session


def same_lot(values: dict[str, Any]) -> QuerySet[Lot]:
    """Return the lot on record with this kind, product and number, in any case of letters."""
    return Lot.objects.filter(
        kind=values["kind"],
        product__iexact=values["product"],
        lot_number__iexact=values["lot_number"],
    )


def is_used_elsewhere(lot: Lot, session: Session) -> bool:
    """Say whether another session names this lot."""
    return LotUse.objects.filter(lot=lot).exclude(session=session).exists()


def lot_trouble(session: Session, values: dict[str, Any]) -> tuple[str, str] | None:
    """Return the field and the sentence that say why a lot cannot be used as typed, or None.

    `values` has kind, product, lot_number and expiry_date.
    """
    lot = same_lot(values).first()
    if lot is None:
        return None
    if lot.recalled_at is not None:
        return "lot_number", f"This lot was recalled on {day(lot.recalled_at)}. Do not use it."
    if lot.expiry_date != values["expiry_date"] and is_used_elsewhere(lot, session):
        words = f"This lot is on record with the expiry {day(lot.expiry_date)}. Check the label."
        return "expiry_date", words
    return None
