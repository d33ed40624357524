"""How a patient's details are written in templates."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from clinic.base.templatetags.anagen import day, or_not_known, status
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients import phone
from patients.facts import is_too_old
from patients.models import BloodResult

register = template.Library()


@register.filter
def readable_phone(value: str | None) -> Any:
    """0121 496 0000, +353 20 912 3456, or Not known."""
    return phone.readable(value) if value else or_not_known(value)


@register.filter
def in_words(value: Any) -> Any:
    """A detail of whatever kind, as people read it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, str) and value.startswith("+") and value[1:].isdigit():
        return phone.readable(value)
    return or_not_known(value)


@register.filter
def sees_clinical_record(user: Any) -> bool:
    """Whether the person at the screen may see the clinical record."""
    return isinstance(user, User) and user.can(Permission.VIEW_CLINICAL)


@register.filter
def ago(then: datetime | date) -> str:
    """How long a moment or a day lies back: today, 3 days ago, 10 weeks ago, 2 years ago."""
    day_then = timezone.localdate(then) if isinstance(then, datetime) else then
    days = (timezone.localdate() - day_then).days
    if days <= 0:
        return "today"
    for size, unit in ((730, "year"), (14, "week")):
        if days >= size:
            count = days // {"year": 365, "week": 7}[unit]
            return f"{count} {unit}s ago"
    return "yesterday" if days == 1 else f"{days} days ago"


@register.filter
def is_dated(statement: Any) -> bool:
    """Whether what was said about a pregnancy is too old to go by (patients.facts)."""
    return is_too_old(statement, timezone.now())


@register.filter
def flag(result: BloodResult) -> Any:
    """How a blood result stands to the laboratory's range, as a chip; nothing where none says."""
    return status(*_FLAGS[result.flag]) if result.flag in _FLAGS else ""


_FLAGS = {
    "low": ("attention", "Low", "chevron-down"),
    "high": ("attention", "High", "chevron-up"),
    "reactive": ("danger", "Reactive"),
    "indeterminate": ("attention", "Indeterminate"),
}
