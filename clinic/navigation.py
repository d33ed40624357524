"""The frame around every page: where a role can go, and at which site one is."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from clinic.base.addresses import address_of

# Label, URL name, icon, and the permission (by name) that opens the place.
_PLACES = (
    ("Today", "caseload:home", "day", None),
    ("Diary", "booking:diary", "diary", "VIEW_DIARY"),
    ("Patients", "patients:list", "patients", "VIEW_PATIENT"),
    ("Reviews", "followups:overdue", "clock", "VIEW_FOLLOWUPS"),
    ("Messages", "messaging:outbox", "messages", "VIEW_MESSAGES"),
    ("Caseload", "caseload:board", "caseload", "VIEW_CASELOAD"),
    ("Consent texts", "patients:texts", "document", "MANAGE_CONSENT_TEXTS"),
    ("Rules", "patients:rules", "warning", "VIEW_CLINICAL"),
    ("Audit", "caseload:audit", "list", "VIEW_AUDIT"),
)


@dataclass(frozen=True)
class Place:
    """One entry of the rail."""

    label: str
    url: str
    icon: str
    current: bool
    badge: str = ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what `base.html` needs beside the page itself."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    chosen = request.session.get("site")
    sites = user.workplaces
    allowed = {permission.name for permission in user.permissions}
    return {
        "navigation": [
            _place(request, label, name, icon)
            for label, name, icon, permission in _PLACES
            if permission is None or permission in allowed
        ],
        "may_search": "VIEW_PATIENT" in allowed,
        "sites": sites,
        "current_site": next(
            (site for site in sites if site.slug == chosen), next(iter(sites), None)
        ),
    }


def _place(request: HttpRequest, label: str, name: str, icon: str) -> Place:
    url = address_of(name)
    here = request.path == url if url == "/" else request.path.startswith(url)
    return Place(label=label, url=url, icon=icon, current=here)
