"""The status of an appointment in templates."""

from django import template
from django.utils.safestring import SafeString

from clinic.base.templatetags.anagen import status
from clinic.booking.looks import STATUS_LOOKS
from clinic.booking.models import Status

register = template.Library()


@register.filter
def appointment_status(value: str) -> SafeString:
    """A chip with colour, icon and word."""
    kind, picture = STATUS_LOOKS[value]
    return status(kind, str(Status(value).label), picture)
