"""How a patient's details are written in templates."""

from datetime import date
from typing import Any

from django import template

from clinic.base.templatetags.anagen import day, or_not_known
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients import phone

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
