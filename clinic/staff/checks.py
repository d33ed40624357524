"""What `check --deploy` refuses."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def check_second_factor(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuse to deploy without a second factor for staff."""
    if settings.MFA_REQUIRED:
        return []
    return [
        Error("MFA_REQUIRED is off: staff could sign in with a password alone.", id="staff.E001")
    ]


@register(Tags.security, deploy=True)
def check_not_a_demo(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuse to deploy the demo."""
    if not settings.DEMO:
        return []
    return [
        Error("ANAGEN_DEMO is on: the demo shows sent mail and known passwords.", id="staff.E002")
    ]
