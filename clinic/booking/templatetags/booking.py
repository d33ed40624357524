"""The status of an appointment in templates."""

from django import template
from django.utils.safestring import SafeString

from clinic.base.templatetags.anagen import status
from clinic.booking.looks import STATUS_LOOKS, STEP_WORDS
from clinic.booking.models import Status

register = template.Library()


MINUTES_IN_AN_HOUR = 60


@register.filter
def minutes_in_words(minutes: int) -> str:
    """Return 45 min, or 6 h 40 min."""
    hours, rest = divmod(minutes, MINUTES_IN_AN_HOUR)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


@register.filter
def appointment_status(value: str) -> SafeString:
    """A chip with colour, icon and word."""
    kind, picture = STATUS_LOOKS[value]
    return status(kind, str(Status(value).label), picture)


@register.filter
def step_words(value: str) -> str:
    """What the button says that brings a visit to this status: Check in."""
    return STEP_WORDS[value]
