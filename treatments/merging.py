"""A page that was overtaken: what was not touched in it is taken from the record."""

from django import forms
from django.http import QueryDict

from treatments.forms.rows import RowsFormSet
from treatments.forms.session import SessionForms


def with_the_rest_of_record(typed: QueryDict, record: SessionForms, touched: set[str]) -> QueryDict:
    """Return what was typed, with every entry outside `touched` as it stands on record.

    `touched` holds names of fields on the page. The rows of one kind stand or fall together: with
    one of them touched, all are kept as typed.
    """
    merged = typed.copy()
    for form in (record.session, record.preparation):
        for name in form.fields:
            if form.add_prefix(name) not in touched:
                _put(merged, form[name])
    if "asked_date" not in touched:
        merged["asked_date"] = record.asked_date.isoformat()
    for prefix, rows in record.rows.items():
        if not any(name == prefix or name.startswith(f"{prefix}-") for name in touched):
            _put_rows(merged, prefix, rows)
    return merged


def _put_rows(merged: QueryDict, prefix: str, rows: RowsFormSet) -> None:
    for key in [key for key in merged if key.startswith(f"{prefix}-")]:
        del merged[key]
    for form in (rows.management_form, *rows.forms):
        for bound in form:
            _put(merged, bound)


def _put(merged: QueryDict, bound: forms.BoundField) -> None:
    """Write a field of an unbound form as its page would send it."""
    value, field = bound.value(), bound.field
    merged.pop(bound.html_name, None)
    if isinstance(field, forms.BooleanField):
        if value:
            merged[bound.html_name] = "on"
    elif isinstance(field, forms.ChoiceField):
        merged[bound.html_name] = "" if value is None else str(value)
    else:
        merged[bound.html_name] = str(field.widget.format_value(value) or "")
