"""Addresses of a patient's consents, for `patients.urls`."""

from django.urls import URLPattern, path

from patients.views import consents

_ONE = "patients/<uuid:patient_id>/consents/<uuid:consent_id>/"
_TEXT = "patients/<uuid:patient_id>/consents/texts/<uuid:template_id>/"

consent_urls: list[URLPattern] = [
    path("patients/<uuid:patient_id>/consents/", consents.consent_list, name="consents"),
    path(_TEXT, consents.consent_text, name="consent_text"),
    path(f"{_TEXT}give/", consents.give_information, name="give_information"),
    path(_ONE, consents.consent_record, name="consent"),
    path(f"{_ONE}sign/", consents.sign_consent, name="sign_consent"),
    path(f"{_ONE}withdraw/", consents.withdraw_consent, name="withdraw_consent"),
]
