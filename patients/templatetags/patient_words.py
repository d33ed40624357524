"""How a patient's details are written in templates."""

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html

from clinic.base.templatetags.anagen import NOT_KNOWN, age, day, or_not_known
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients import completeness, phone
from patients.details import words_of
from patients.models import Patient

register = template.Library()


@register.filter
def readable_phone(value: str | None) -> Any:
    """0121 496 0000, +353 20 912 3456, or Not known."""
    return phone.readable(value) if value else or_not_known(value)


@register.filter
def born(value: date | None) -> Any:
    """22-Nov-1980 (46y), or Not known."""
    return format_html("{} ({})", day(value), age(value)) if value else NOT_KNOWN


@register.filter
def detail_in_words(value: Any, name: str) -> str:
    """A detail of whatever kind, by the name of its field, as people read it."""
    return words_of(name, value)


@register.filter
def to_complete(patient: Patient) -> list[completeness.Missing]:
    """What is still to be asked of a patient."""
    return completeness.to_complete(patient)


@register.filter
def sees_clinical_record(user: Any) -> bool:
    """Whether the person at the screen may see the clinical record."""
    return isinstance(user, User) and user.can(Permission.VIEW_CLINICAL)
