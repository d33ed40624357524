"""How reviews write changes."""

from decimal import Decimal

from django import template

from clinic.base.templatetags.anagen import NOT_KNOWN, measure

register = template.Library()


@register.filter
def signed(value: Decimal | None, unit: str = "") -> str:
    """+18 % or −1.1: a change always says in which direction."""
    if value is None:
        return NOT_KNOWN
    text = measure(value, unit)
    return f"+{text}" if value > 0 else text


@register.filter
def less(value: Decimal, before: Decimal) -> Decimal:
    """By how much a figure is more than it was."""
    return Decimal(value) - Decimal(before)
