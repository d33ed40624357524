"""Invented things for the style guide to show."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from django import forms, template
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.utils import timezone

from clinic.base.forms import PlainForm
from clinic.base.templatetags.anagen import KIND_ICONS

register = template.Library()

COLOURS = [
    "ground",
    "surface",
    "sunken",
    "line",
    "line-strong",
    "ink",
    "ink-soft",
    "accent",
    "accent-strong",
    "accent-tint",
]


def icons() -> list[str]:
    """Return the names in our sprite."""
    found = finders.find("icons.svg")
    return re.findall(r'<symbol id="([^"]+)"', Path(str(found)).read_text()) if found else []


class VisitForm(PlainForm):
    """One field of each kind."""

    family_name = forms.CharField(widget=forms.TextInput(attrs={"class": "w-name"}))
    born = forms.DateField(
        label="Date of birth", widget=forms.DateInput(attrs={"class": "w-date", "type": "date"})
    )
    technique = forms.ChoiceField(
        choices=[("m", "Micrograft"), ("p", "PRP"), ("b", "Both")],
        widget=forms.RadioSelect(attrs={"across": True}),
    )
    blood_ml = forms.DecimalField(
        label="Blood drawn",
        help_text="What went into the tubes, not what was left.",
        widget=forms.NumberInput(
            attrs={"class": "w-number", "data-unit": "ml", "inputmode": "decimal"}
        ),
    )
    room = forms.ChoiceField(
        required=False,
        choices=[("", "Any room"), ("1", "Room 1")],
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    note = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"class": "w-text", "rows": 3})
    )
    photo = forms.FileField(required=False, widget=forms.FileInput(attrs={"class": "w-text"}))
    agreed = forms.BooleanField(required=False, label="The patient agrees to photos for the record")


class ZoneForm(PlainForm):
    """A row of a formset."""

    area = forms.ChoiceField(
        choices=[("f", "Frontal"), ("v", "Vertex")],
        widget=forms.Select(attrs={"class": "w-code"}),
    )
    area_cm2 = forms.DecimalField(
        label="Size", widget=forms.NumberInput(attrs={"class": "w-number", "data-unit": "cm²"})
    )
    volume_ml = forms.DecimalField(
        label="Volume", widget=forms.NumberInput(attrs={"class": "w-number", "data-unit": "ml"})
    )


Zones = forms.formset_factory(ZoneForm, extra=0, can_delete=True)


@register.simple_tag
def sample() -> dict[str, Any]:
    """Return everything the guide shows."""
    now = timezone.now()
    return {
        "now": now,
        "patient": {
            "pk": "00000000-0000-0000-0000-000000000000",
            "family_name": "Okoro-Whitfield",
            "given_names": "Ada Jane",
            "title": "Ms",
            "preferred_name": "Jay",
            "date_of_birth": dt.date(1980, 11, 22),
            "sex_label": "Female",
            "nhs_number": "9434765919",
            "number": "A-1042",
        },
        "alerts": ["Faints at blood draws"],
        "kinds": [{"kind": kind, "icon": icon} for kind, icon in KIND_ICONS.items()],
        "icons": icons(),
        "colours": COLOURS,
        "form": VisitForm(),
        "wrong": VisitForm(
            {"family_name": "", "born": "2030-01-01x", "blood_ml": "-3", "note": "Kept as typed."},
            auto_id="wrong_%s",
        ),
        "zones": Zones(initial=[{"area": "f", "area_cm2": 24, "volume_ml": 3}], prefix="zones"),
        "page": Paginator(range(137), 25).page(2),
        "tabs": [
            {"label": "Overview", "url": "#tabs", "current": True},
            {"label": "Sessions", "url": "#tabs", "count": 3},
            {"label": "Photos", "url": "#tabs", "count": 12},
            {"label": "Consent", "url": "#tabs"},
            {"label": "Reviews", "url": "#tabs"},
            {"label": "History", "url": "#tabs"},
        ],
        "hours": [{"at": hour * 12, "text": f"{hour:02d}:00"} for hour in range(8, 14)],
    }
