"""What a patient asks before signing reaches the clinician, and counts as answered only then."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.actions.consent_questions import ask_question
from patients.models import Consent
from tests.patients.consent_pages import given, page, talked, url
from tests.patients.consents import discussed, fresh, informed, patient_signed, text

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


def test_what_the_patient_asked_is_answered_by_a_button_that_says_so(client_of, case):
    consent = talked(case, ago=timedelta(hours=1))
    browser, address = client_of(case.clinician), url("consents", case)
    assert "Sign early" in page(browser.get(address))
    ask(consent, "May I fly afterwards?")
    shown = page(browser.get(address))
    assert "Answer the questions" in shown
    assert "Sign early" not in shown


def test_who_signs_for_the_signature_reads_what_was_asked_and_not_answered(
    client_of, clinician, case
):
    consent = talked(case)
    ask(consent, "May I fly afterwards?")
    patient_signed(case.clinician, consent, now=timezone.now())
    told = page(client_of(case.clinician).get(url("countersign", case, consent)))
    assert "May I fly afterwards?" in told


def home_of(client_of, user):
    return page(client_of(user).get(reverse("caseload:home")))


def test_a_question_about_a_replaced_text_is_read_and_answered_in_the_talk_about_the_new_one(
    client_of, case
):
    consent = given(case)
    ask(consent, "May I fly afterwards?")
    old = consent.template
    newer = text(old.technique, version=old.version + 1)
    blocked = page(client_of(case.clinician).get(url("discuss_consent", case, consent)))
    assert "May I fly afterwards?" in blocked
    assert "Questions before signing" in home_of(client_of, case.clinician)
    again = informed(case.clinician, case, template=newer, now=timezone.now())
    discussed(case.clinician, again, now=timezone.now())
    assert "Questions before signing" not in home_of(client_of, case.clinician)


@pytest.mark.parametrize(
    ("asked_ago", "is_there"), [(timedelta(days=3), True), (timedelta(days=30), False)]
)
def test_a_question_of_a_case_that_was_closed_since_stays_for_four_weeks(
    client_of, case, asked_ago, is_there
):
    consent = given(case, ago=timedelta(days=40))
    ask(consent, "May I fly afterwards?", asked_ago)
    case.closed_at, case.closed_by, case.outcome = timezone.now(), case.clinician, "lost"
    case.save()
    assert ("Questions before signing" in home_of(client_of, case.clinician)) is is_there
