"""How the product writes dates, numbers, icons and statuses in templates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm, BaseFormSet, BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from clinic.base.addresses import address_of

register = template.Library()

NOT_KNOWN = "Not known"
NARROW_SPACE = "\u202f"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# What a user agent contains, in the order to look for it: each also names its forebears.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
KIND_ICONS = {
    "good": "good",
    "attention": "warning",
    "danger": "danger",
    "information": "info",
    "neutral": "dot",
}
MESSAGE_KINDS = {
    "debug": "neutral",
    "info": "information",
    "success": "good",
    "warning": "attention",
    "error": "danger",
}


_WRITTEN_DATE = re.compile(rf"\b(\d{{2}}-(?:{'|'.join(MONTHS)})-\d{{4}})\b")


class Unbroken(str):
    """Plain text that a page shows in one line: a date would else break at its hyphens.

    In a page it stands in a span that frame.css does not let break; its characters stay what
    they are, so that copying and searching find them. In an attribute, a page's title or a
    sentence it is text like any other (`plain`).
    """

    __slots__ = ()

    def __html__(self) -> SafeString:
        """Return the text as a page shows it."""
        return format_html('<span class="date">{}</span>', str(self))


def local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    """A moment in the active zone; a plain date or naive time as it is."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """Write 22-Nov-2026."""
    if not value:
        return NOT_KNOWN
    value = local(value)
    return Unbroken(f"{value.day:02d}-{MONTHS[value.month - 1]}-{value.year:04d}")


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    """Write 14:32."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value.hour:02d}:{value.minute:02d}"


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Write 22-Nov-2026 14:32."""
    if not value:
        return NOT_KNOWN
    return Unbroken(f"{day(value)} {clock(value)}")


@register.filter
def plain(value: str) -> str:
    """A date for an attribute or a page's title, where no markup may stand."""
    return str(value)


@register.filter
def whole_dates(sentence: Any) -> SafeString:
    """A sentence whose dates do not break at their hyphens."""
    if hasattr(sentence, "__html__"):
        return conditional_escape(sentence)
    parts = _WRITTEN_DATE.split(str(sentence))  # Every second one is a date.
    words = ((Unbroken(part) if number % 2 else part,) for number, part in enumerate(parts))
    return format_html_join("", "{}", words)


@register.filter
def age(born: dt.date | None) -> str:
    """Write 46y, on today's date in the active zone."""
    if not born:
        return NOT_KNOWN
    today = timezone.localdate()
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{max(years, 0)}y"


@register.filter
def nhs(value: str | int | None) -> str:
    """Write 943 476 5919."""
    digits = str(value or "").replace(" ", "").replace("-", "")
    if not digits:
        return NOT_KNOWN
    if len(digits) != 10 or not digits.isdigit():
        return str(value)
    return f"{digits[:3]}\u00a0{digits[3:6]}\u00a0{digits[6:]}"


@register.filter
def or_not_known(value: Any) -> Any:
    """The value, or the words for a missing one; nought and False are values."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return NOT_KNOWN
    return value


@register.filter
def measure(value: Decimal | float | int | str | None, unit: str = "") -> str:
    """Write 1.5 ml: no needless decimals, a narrow space that does not break."""
    if value is None or value == "":
        return NOT_KNOWN
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    text = f"{number:,f}" if abs(number) >= 10000 else f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text.replace("-", "\u2212")
    return f"{text}{NARROW_SPACE}{unit}" if unit else text


@register.filter
def browser(agent: str) -> str:
    """Write Firefox on Windows, for what a browser says of itself."""
    program = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{program} on {system}" if system else program


@register.filter
def address(identifier: UUID | str, name: str) -> str:
    """The address of a row, by the name of its page; for lists, where `url` would take long."""
    return address_of(name, identifier)


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """Draw an icon from our sprite: silent, unless it stands alone and has a label."""
    classes = f"icon icon-{size}" if size else "icon"
    href = f"{static('icons.svg')}#{name}"
    said = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html('<svg class="{}" {}><use href="{}"></use></svg>', classes, said, href)


@register.simple_tag
def status(kind: str, label: str, picture: str = "", *, wrap: bool = False) -> SafeString:
    """A chip: colour, icon and word. Kinds: good attention danger information neutral.

    One with a whole sentence may `wrap` on a narrow page.
    """
    if kind not in KIND_ICONS:
        kind = "neutral"
    return format_html(
        '<span class="status{} status-{}">{}<span>{}</span></span>',
        " status-wrap" if wrap else "",
        kind,
        icon(picture or KIND_ICONS[kind]),
        whole_dates(label),
    )


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of one of the five kinds."""
    return KIND_ICONS.get(kind, KIND_ICONS["neutral"])


@register.filter
def message_kind(tags: str) -> str:
    """One of our kinds for the tags of a Django message."""
    for tag in str(tags).split():
        if tag in KIND_ICONS:
            return tag
        if tag in MESSAGE_KINDS:
            return MESSAGE_KINDS[tag]
    return "information"


@register.filter
def unit(field: BoundField) -> str:
    """The unit a widget asks for with its attribute data-unit."""
    return str(field.field.widget.attrs.get("data-unit", ""))


@register.filter
def first_control(field: BoundField) -> str:
    """The id to which a link to this field leads: the first of a group."""
    parts = (str(part.id_for_label) for part in field.subwidgets if part.id_for_label)
    return field.id_for_label or next(parts, field.auto_id or "")


def field_errors(form: BaseForm) -> Iterator[dict[str, str]]:
    """Every error of a form: the id of its control, its label, its text."""
    for name, errors in form.errors.items():
        field = None if name == NON_FIELD_ERRORS else form[name]
        target = first_control(field) if field and not field.is_hidden else ""
        label = str(field.label or "") if field else ""
        if field and getattr(field.field, "error_says_all", False):
            label = ""
        if about := getattr(form, "errors_about", ""):  # Forms beside each other ask the same.
            label = f"{about}, {label[:1].lower()}{label[1:]}" if label else about
        for error in errors:
            yield {"target": target, "label": _led_by(label), "text": str(error)}


def _led_by(label: str) -> str:
    """A label as it stands before its error: a question keeps its mark, the rest get a colon."""
    return label if not label or label.endswith("?") else f"{label}:"


def forms_of(parts: Iterable[BaseForm | BaseFormSet | None]) -> Iterator[BaseForm]:
    """Every single form among forms and formsets."""
    for part in parts:
        if isinstance(part, BaseFormSet):
            yield from part.forms
        elif part is not None:
            yield part


@register.inclusion_tag("components/error_summary.html")
def error_summary(*parts: BaseForm | BaseFormSet | None) -> dict[str, Any]:
    """Every error of these forms and formsets, linked to its field."""
    errors: list[dict[str, str]] = []
    for part in parts:
        if isinstance(part, BaseFormSet) and part.is_bound:
            errors += [{"target": "", "label": "", "text": str(e)} for e in part.non_form_errors()]
    for form in forms_of(parts):
        if not form.is_bound:
            continue
        errors += field_errors(form)
        form.errors_are_shown = True  # type: ignore[attr-defined]
    return {"errors": errors}
