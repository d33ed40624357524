"""What the forms of a session show at first: what is on record, then the rows begun."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from clinic.practice.models import Technique
from treatments.completeness import LOT_KINDS
from treatments.forms.rows import AnaestheticForm, LotForm, SpinForm, ZoneForm
from treatments.models import PrpPreparation, Session


def _clock(moment: datetime | None, session: Session) -> time | None:
    return None if moment is None else timezone.localtime(moment, session.site.zone).time()


def _shown(value: Any) -> Any:
    """Return a figure without needless noughts, anything else as it is."""
    if not isinstance(value, Decimal):
        return value
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: _shown(getattr(row, name)) for name in names}


def asked_date_of(session: Session, typed: QueryDict | None) -> date:
    """Return the day for which a page asked its questions: the session's when it was loaded."""
    try:
        return date.fromisoformat(typed.get("asked_date", "") if typed else "")
    except ValueError:
        return session.performed_date


def session_initial(session: Session, names: Iterable[str]) -> dict[str, Any]:
    """Return what is on record of the session itself, by the names of the form's fields."""
    names = set(names) - {
        *("started_time", "ended_time", "site", "operator", "responsible_doctor"),
    }
    return {
        **_values(session, names),
        "site": session.site_id,
        "operator": session.operator_id,
        "responsible_doctor": session.responsible_doctor_id,
        **{f"asked_{question}": answer for question, answer in session.asked_today.items()},
        "started_time": _clock(session.started_at, session),
        "ended_time": _clock(session.ended_at, session),
    }


def preparation_initial(session: Session, names: Iterable[str]) -> dict[str, Any]:
    """Return what is on record of the preparation, by the names of the form's fields."""
    preparation = session.preparation
    if preparation is None:
        return {}
    clock = "drawn" if isinstance(preparation, PrpPreparation) else "harvested"
    return {
        **_values(preparation, set(names) - {f"{clock}_time"}),
        f"{clock}_time": _clock(getattr(preparation, f"{clock}_at"), session),
    }


def rows_initial(session: Session, name: str) -> list[dict[str, Any]]:
    """Return the stored rows, then those begun, then an empty one where there are none."""
    begun = session.unfinished.get(name, [])
    rows = [*_STORED[name](session), *begun]
    if rows or name == "anaesthetics":
        return rows
    return [{"kind": LOT_KINDS[Technique(session.technique)]}] if name == "lots" else [{}]


def _spin_values(session: Session) -> list[dict[str, Any]]:
    spins = [_values(spin, SpinForm.base_fields) for spin in session.spins.all()]
    return [{**spin, "rcf_g": None if spin["rpm"] else spin["rcf_g"]} for spin in spins]


def _lot_values(session: Session) -> list[dict[str, Any]]:
    lots = [use.lot for use in session.lot_uses.all()]
    return [{**_values(lot, LotForm.base_fields), "kind": lot.kind} for lot in lots]


_STORED = {
    "anaesthetics": lambda session: [
        _values(row, AnaestheticForm.base_fields) for row in session.anaesthetics.all()
    ],
    "lots": _lot_values,
    "spins": _spin_values,
    "zones": lambda session: [_values(row, ZoneForm.base_fields) for row in session.zones.all()],
}
