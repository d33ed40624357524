"""What a browser would send back of a session's page."""

from typing import Any

from django import forms
from django.urls import reverse

from treatments.contraindications import known_of
from treatments.forms.session import SessionForms
from treatments.models import Session
from treatments.views.session import today_at


def url_of(session: Session, name: str = "session") -> str:
    return reverse(f"treatments:{name}", args=[session.patient_id, session.pk])


def stored(session: Session) -> Session:
    """Return the session as the database has it."""
    return Session.objects.with_everything().get(pk=session.pk)


def page_of(session: Session, **changes: Any) -> dict[str, Any]:
    """Return the untouched page as form data, with the changes made to it."""
    session = stored(session)
    sheet = SessionForms(
        *(session, today_at(session), session.operator),
        known=known_of(session),
    )
    typed = {"revision": session.revision, "asked_date": session.performed_date.isoformat()}
    for part in sheet.all:
        if isinstance(part, forms.BaseFormSet):
            typed |= {field.html_name: field.value() for field in part.management_form}
            for row in part.forms:
                typed |= _entries(row)
        else:
            typed |= _entries(part)
    return {name: value for name, value in (typed | changes).items() if value is not None}


def with_row(page: dict[str, Any], rows: str, **values: Any) -> dict[str, Any]:
    """Return the page with one row more, as the button adds it."""
    place = int(page[f"{rows}-TOTAL_FORMS"])
    added = {f"{rows}-{place}-{name}": value for name, value in values.items()}
    return {**page, f"{rows}-TOTAL_FORMS": place + 1, **added}


def _entries(form: forms.Form) -> dict[str, Any]:
    found = {}
    for field in form:
        value = field.value()
        if isinstance(field.field, forms.BooleanField):
            value = "on" if value else None
        elif not isinstance(field.field, forms.ModelChoiceField):
            value = field.field.widget.format_value(value)
            value = value[0] if isinstance(value, list) and value else value
        found[field.html_name] = value if value != [] else ""
    return found


WHOLE_MICROGRAFT = {
    "started_time": "09:00",
    "ended_time": "10:15",
    "identity_confirmed": "on",
    "contraindications_checked": "on",
    "consent_reconfirmed": "on",
    "identity_confirmed_before_injection": "on",
    "aftercare_given": "on",
    "donor_site": "occipital",
    "punches": "4",
    "punch_diameter_mm": "2",
    "closure": "none",
    "saline_ml": "4.5",
    "device": "Tissue disruptor",
    "processing_minutes": "2",
    "suspension_ml": "4",
    "lots-0-product": "Tissue disruptor",
    "lots-0-lot_number": "RG-0001",
    "lots-0-expiry_date": "2099-01-31",
    "zones-0-region": "vertex",
    "zones-0-area_cm2": "40",
    "zones-0-volume_ml": "4",
    "zones-0-points": "40",
    "zones-0-depth_mm": "4",
}
WHOLE_PRP = {
    "started_time": "09:00",
    "ended_time": "09:45",
    "identity_confirmed": "on",
    "contraindications_checked": "on",
    "consent_reconfirmed": "on",
    "identity_confirmed_before_injection": "on",
    "aftercare_given": "on",
    "blood_ml": "20",
    "anticoagulant": "acd_a",
    "prp_ml": "4",
    "activator": "none",
    "blood_platelets": "250",
    "prp_platelets": "1000",
    "lots-0-product": "PRP kit",
    "lots-0-lot_number": "PK-0001",
    "lots-0-expiry_date": "2099-01-31",
    "spins-0-rpm": "1500",
    "spins-0-rotor_radius_cm": "15",
    "spins-0-minutes": "10",
    "zones-0-region": "frontal",
    "zones-0-area_cm2": "40",
    "zones-0-volume_ml": "4",
    "zones-0-points": "40",
    "zones-0-depth_mm": "3",
}
