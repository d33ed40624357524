"""The parts of one patient's record, as tabs."""

from dataclasses import dataclass
from typing import Any

from django import template

from clinic.base.addresses import address_of
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.models import Patient

register = template.Library()

# Name in `tab`, label, URL name (of any app, by string), and the permission that opens it.
_PARTS = (
    ("chart", "Chart", "caseload:chart", Permission.VIEW_PATIENT),
    ("appointments", "Appointments", "booking:for_patient", Permission.VIEW_DIARY),
    ("history", "History", "patients:history", Permission.VIEW_CLINICAL),
    ("questions", "Questionnaire", "questionnaires:of_patient", Permission.VIEW_PATIENT),
    ("plan", "Plan and sessions", "treatments:plan", Permission.VIEW_CLINICAL),
    ("consents", "Consents", "patients:consents", Permission.VIEW_CLINICAL),
    ("withdrawals", "Withdraw a consent", "patients:withdrawals", Permission.RECORD_WITHDRAWAL),
    ("photos", "Photos", "photos:sets", Permission.VIEW_CLINICAL),
    ("reviews", "Reviews", "followups:list", Permission.VIEW_CLINICAL),
    ("documents", "Documents", "documents:list", Permission.VIEW_CLINICAL),
    ("case", "Case", "patients:case", Permission.VIEW_PATIENT),
)


@dataclass(frozen=True)
class Tab:
    """One tab as `components/tabs.html` shows it."""

    label: str
    url: str
    current: bool


@register.simple_tag(takes_context=True)
def patient_tabs(context: dict[str, Any]) -> list[Tab]:
    """Return the tabs that the user may open."""
    user: User = context["user"]
    patient: Patient = context["patient"]
    return [
        Tab(label=label, url=address_of(name, patient.pk), current=part == context.get("tab"))
        for part, label, name, permission in _PARTS
        if user.can(permission) and not _is_part_of_another(part, user)
    ]


def _is_part_of_another(part: str, user: User) -> bool:
    """Say whether who reads the consents finds this tab's page among them."""
    return part == "withdrawals" and user.can(Permission.VIEW_CLINICAL)
