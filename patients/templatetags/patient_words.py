"""How a patient's details are written in templates."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import template
from django.utils import timezone
from django.utils.html import format_html

from clinic.base.templatetags.anagen import NOT_KNOWN, age, day, or_not_known, status
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients import completeness, phone
from patients.contraindications.evaluation import Finding, where_asked
from patients.contraindications.kinds import read_kind
from patients.details import words_of
from patients.facts import has_to_be_asked_again
from patients.models import BloodResult, ContraindicationRule, Patient

register = template.Library()


@register.filter
def readable_phone(value: str | None) -> Any:
    """0121 496 0000, +353 20 912 3456, or Not known."""
    return phone.readable(value) if value else or_not_known(value)


@register.filter
def said_in(row: Any, sources: dict[Any, str]) -> str:
    """Return ", said by the patient in …" where the source of a row is known, else ""."""
    source = sources.get(row.pk)
    return f", {source}" if source else ""


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
    return has_to_be_asked_again(statement, timezone.now())


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


@register.simple_tag
def asked_at(finding: Finding, patient_id: UUID, today: str = "") -> str:
    """The address at which what a rule wants to know is asked; `today` is that of the session."""
    return where_asked(finding.verdict.asked, patient_id, today=today)


@register.filter
def rule_in_words(rule: ContraindicationRule) -> str:
    """What a rule holds, with its figures and units."""
    return read_kind(rule.kind, rule.parameters).in_words
