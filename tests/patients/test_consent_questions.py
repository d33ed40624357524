"""What a patient asks before signing reaches the clinician, and counts as answered only then."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from patients.actions.consent_questions import ask_question
from patients.models import Consent
from tests.patients.consent_pages import given, page, talked, url
from tests.patients.consents import fresh, patient_signed

pytestmark = pytest.mark.django_db

TALK = {"risks_added": "Bleeding", "no_treatment_discussed": "on", "capacity": "assumed"}


def ask(consent, words, ago=timedelta(0)):
    return ask_question(consent=consent, words=words, now=timezone.now() - ago)


def shown_in(html_page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', html_page).group(1)


def test_what_was_asked_while_the_page_was_open_is_shown_before_it_counts_as_answered(
    client_of, clinician, case
):
    consent = given(case)
    ask(consent, "Does it hurt?", timedelta(hours=1))
    browser, address = client_of(clinician), url("discuss_consent", case, consent)
    before = shown_in(page(browser.get(address)), "asked_seen")
    ask(consent, "May I fly afterwards?")
    told = page(browser.post(address, TALK | {"asked_seen": before, "questions": "Typed"}), 422)
    assert "asked something after you opened the page" in told
    assert "May I fly afterwards?" in told
    assert "Typed" in told
    assert fresh(consent).discussed_at is None
    browser.post(address, TALK | {"asked_seen": shown_in(told, "asked_seen")})
    assert fresh(consent).discussed_at
    assert Consent.objects.get(pk=consent.pk).questions_open == []


def test_who_signs_for_the_signature_reads_what_was_asked_and_not_answered(
    client_of, clinician, case
):
    consent = talked(case)
    ask(consent, "May I fly afterwards?")
    patient_signed(case.clinician, consent, now=timezone.now())
    told = page(client_of(case.clinician).get(url("countersign", case, consent)))
    assert "May I fly afterwards?" in told
