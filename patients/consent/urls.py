"""Addresses of consents and their texts, for `patients.urls`."""

from django.urls import URLPattern, path

from patients.views import consent_signing, consent_texts, consent_withdrawals, consents

_ALL = "patients/<uuid:patient_id>/consents/"
_ONE = f"{_ALL}<uuid:consent_id>/"
_TEXT = f"{_ALL}texts/<uuid:template_id>/"
_WRITTEN = "consent-texts/<uuid:template_id>/"

consent_urls: list[URLPattern] = [
    path(_ALL, consents.consent_list, name="consents"),
    path(_TEXT, consents.consent_text, name="consent_text"),
    path(f"{_TEXT}give/", consents.give_information, name="give_information"),
    path(_ONE, consents.consent_record, name="consent"),
    path(f"{_ONE}discuss/", consent_signing.discuss, name="discuss_consent"),
    path(f"{_ONE}sign/", consent_signing.sign_consent, name="sign_consent"),
    path(f"{_ONE}clinician/", consent_signing.countersign, name="countersign"),
    path(f"{_ALL}withdraw/", consent_withdrawals.withdrawals, name="withdrawals"),
    path(f"{_ONE}withdraw/", consent_withdrawals.withdraw_consent, name="withdraw_consent"),
]

text_urls: list[URLPattern] = [
    path("consent-texts/", consent_texts.text_list, name="texts"),
    path("consent-texts/begin/", consent_texts.begin, name="begin_text"),
    path(_WRITTEN, consent_texts.text_page, name="text"),
    path(f"{_WRITTEN}edit/", consent_texts.edit, name="edit_text"),
    path(f"{_WRITTEN}autosave/", consent_texts.autosave, name="autosave_text"),
    path(f"{_WRITTEN}changes/", consent_texts.changes, name="text_changes"),
    path(f"{_WRITTEN}publish/", consent_texts.publish, name="publish_text"),
    path(f"{_WRITTEN}discard/", consent_texts.discard, name="discard_text"),
]
