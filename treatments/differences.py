"""What two people typed differently into one draft."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms

from treatments.forms.rows import RowForm, RowsFormSet
from treatments.forms.session import SessionForms

_ROW_NAMES = {
    "anaesthetics": "Anaesthesia",
    "lots": "Lots",
    "spins": "Spins",
    "zones": "Zones",
}
EMPTY = "Empty"


@dataclass(frozen=True)
class Difference:
    """One field, or one list of rows, as it stands on record and as it was typed."""

    label: str
    theirs: str
    yours: str


def differences(theirs: SessionForms, yours: SessionForms) -> list[Difference]:
    """Return what differs between the draft on record and what was typed."""
    found = [
        *_of_fields(theirs.session, yours.session),
        *_of_fields(theirs.preparation, yours.preparation),
    ]
    for name, rows in yours.rows.items():
        on_record, typed = _rows_in_words(theirs.rows[name]), _rows_in_words(rows)
        if on_record != typed:
            found.append(Difference(_ROW_NAMES[name], on_record or EMPTY, typed or EMPTY))
    return found


def as_text(found: list[Difference]) -> str:
    """Return what was typed, a line for each entry, with what the signed record says instead."""
    return "\n".join(f"{each.label}: {each.yours} (signed: {each.theirs})" for each in found)


def _of_fields(theirs: forms.Form, yours: forms.Form) -> list[Difference]:
    found = []
    for name in yours.fields:
        on_record, typed = _in_words(theirs, name), _in_words(yours, name)
        if on_record != typed:
            label = str(yours[name].label)
            found.append(Difference(label, on_record or EMPTY, typed or EMPTY))
    return found


def _rows_in_words(rows: RowsFormSet) -> str:
    shown = rows.kept_or_wrong() if rows.is_bound else rows.forms
    lines = [_row_in_words(row) for row in shown]
    return "; ".join(line for line in lines if line)


def _row_in_words(row: forms.Form) -> str:
    names = [name for name in row.fields if name != "DELETE"]
    presets = row.presets if isinstance(row, RowForm) else frozenset()
    said = {name: _in_words(row, name) for name in names}
    if not any(words for name, words in said.items() if name not in presets):
        return ""
    return ", ".join(filter(None, said.values()))


def _in_words(form: forms.Form, name: str) -> str:
    bound = form[name]
    field, value = bound.field, bound.value()
    if isinstance(field, forms.BooleanField):
        return (str(bound.label) if isinstance(form, RowForm) else "Yes") if value else ""
    if isinstance(field, forms.ChoiceField):
        return _label(field, value)
    return _with_unit(bound, "" if value is None else _typed(bound, value))


def _typed(bound: forms.BoundField, value: Any) -> str:
    shown = bound.field.widget.format_value(value)
    return str(shown or "").replace("\r\n", "\n").strip()


def _label(field: forms.ChoiceField, value: Any) -> str:
    if value in (None, ""):
        return ""
    return next(
        (str(label) for key, label in cast(Any, field.choices) if str(key) == str(value)),
        str(value),
    )


def _with_unit(bound: forms.BoundField, text: str) -> str:
    if not text:
        return ""
    is_counted = isinstance(bound.field, forms.IntegerField) and isinstance(bound.form, RowForm)
    counted = str(bound.label).lower() if is_counted else ""
    return f"{text} {bound.field.widget.attrs.get('data-unit') or counted}".strip()
