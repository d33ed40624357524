"""Everybody who may read the record sees what spoke against a treatment, and what was decided."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.models import ContraindicationCheck
from patients.views.patient_contraindications import SHOWN
from tests.factories.treatments import checked
from tests.treatments.pages import page_of, stored, url_of
from tests.treatments.test_contraindications import (
    WHY,
    absolute,
    asked,
    has,
    plan,
    reasons,
    rule,
    sign,
    takes,
)
from treatments.actions.drafts import save_draft
from treatments.contraindications import evaluation_of
from treatments.draft import Draft
from treatments.models import Session

pytestmark = pytest.mark.django_db


def page_about(patient, browser):
    return browser.get(reverse("patients:contraindications", args=[patient.pk])).content.decode()


def test_a_reason_is_read_again_on_the_patients_page(whole, browser, clinician):
    rule()
    session = whole()
    takes(session.patient, clinician)
    sign(session, clinician, reasons=reasons(evaluation_of(session, timezone.now())))
    page = page_about(session.patient, browser)
    assert "Went on with reasons" in page
    assert WHY in page
    assert "not approved then" in page
    signed = browser.get(url_of(session)).content.decode()
    assert reverse("patients:contraindications", args=[session.patient_id]) in signed


def test_what_was_held_up_is_told_apart_from_what_was_signed(case, browser, clinician):
    absolute()
    has(case.patient, clinician)
    browser.post(
        reverse("treatments:new_plan", args=[case.patient_id]),
        {
            "micrograft-planned": "on",
            "micrograft-sessions_planned": "3",
            "micrograft-interval_days": "45",
        },
    )
    assert ContraindicationCheck.objects.get().is_refused
    page = page_about(case.patient, browser)
    assert "Held up" in page
    assert "Went on with reasons" not in page


@pytest.mark.parametrize(
    ("answer", "words"), [("no", "Nothing against it"), (None, "Not all was known")]
)
def test_what_was_not_known_is_never_shown_as_nothing(case, browser, clinician, answer, words):
    absolute()
    if answer:
        has(case.patient, clinician, answer)
    plan(case, clinician)
    page = page_about(case.patient, browser)
    for shown in ("Nothing against it", "Not all was known"):
        assert (shown in page) == (shown == words)


def test_without_rules_every_page_says_that_nothing_is_checked(whole, browser):
    session = whole()
    assert "Nothing was checked" in page_about(session.patient, browser)
    assert (
        "No rules: nothing is checked"
        in browser.get(reverse("caseload:chart", args=[session.patient_id])).content.decode()
    )
    for address in ("session", "sign"):
        page = browser.get(url_of(session, address)).content.decode()
        assert "Nothing was checked" in page
        assert "nothing speaks against it" not in page
    new = browser.get(reverse("treatments:new_plan", args=[session.patient_id]))
    assert "Nothing was checked" in new.content.decode()
    checked(session)
    assert "No rules: nothing checked" in page_about(session.patient, browser)


def test_the_chart_is_calm_only_where_everything_is_known(case, browser, clinician, start):
    start()
    absolute()
    chart = reverse("caseload:chart", args=[case.patient_id])
    assert "1 of 1 rules not known" in browser.get(chart).content.decode()
    has(case.patient, clinician, "no")
    page = browser.get(chart).content.decode()
    assert "rules not known" not in page
    assert "Contraindicated" not in page
    has(case.patient, clinician, "yes")
    assert "Contraindicated" in browser.get(chart).content.decode()


def test_the_answers_of_the_day_stand_in_the_signed_session(whole, browser, clinician):
    asked(sentence="Infection")
    session = whole()
    Session.objects.filter(pk=session.pk).update(asked_today={"infection": "no"})
    sign(stored(session), clinician)
    page = browser.get(url_of(session)).content.decode()
    assert "Infection or open wound where blood is drawn or the scalp is treated" in page


def test_a_session_dated_anew_asks_again_what_is_true_of_one_day(whole, browser, clinician):
    asked(sentence="Infection")
    session = whole()
    browser.post(url_of(session), page_of(session, asked_infection="no"))
    before = stored(session).performed_date - timedelta(days=1)
    dated = page_of(session, performed_date=before.isoformat())
    assert browser.post(url_of(session), dated).status_code == 302
    session = stored(session)
    assert (session.performed_date, session.asked_today) == (before, {})
    assert not session.identity_confirmed
    assert not session.contraindications_checked
    assert not session.consent_reconfirmed
    assert not session.identity_confirmed_before_injection
    page = browser.get(url_of(session, "sign")).content.decode()
    assert "Not asked today" in page
    assert "Contraindications and allergies were not asked again" in page


def test_a_session_dated_anew_keeps_what_was_asked_for_its_new_day(whole, browser, clinician):
    asked(sentence="Infection")
    session = whole()
    before = (stored(session).performed_date - timedelta(days=1)).isoformat()
    page = page_of(session, asked_infection="no", performed_date=before, asked_date=before)
    assert browser.post(url_of(session), page).status_code == 302
    assert stored(session).asked_today == {"infection": "no"}
    assert stored(session).identity_confirmed


def test_a_draft_saved_for_another_day_without_a_word_of_asking_counts_as_not_asked(
    whole, clinician
):
    session = whole()
    before = session.performed_date - timedelta(days=1)
    answers = {"performed_date": before, "asked_today": {"infection": "no"}}
    draft = Draft(session=answers)
    saved = save_draft(
        by=clinician, session=session, revision=session.revision, draft=draft, now=timezone.now()
    )
    assert saved.asked_today == {}


def test_before_the_day_what_is_asked_on_it_is_said_and_is_not_clear(
    case, browser, clinician, start
):
    absolute()
    asked(sentence="Infection")
    has(case.patient, clinician, "no")
    plan(case, clinician)
    page = page_about(case.patient, browser)
    assert "Nothing known speaks against it; 1 of 2 rules asked on the day" in page
    assert "Nothing known against it" in page
    assert "Not all was known" not in page
    assert "Checked: nothing speaks against it" not in page
    chart = browser.get(reverse("caseload:chart", args=[case.patient_id])).content.decode()
    assert "Nothing known; 1 asked on the day" in chart


def test_the_newest_checks_are_shown_and_all_of_them_when_asked_for(whole, browser):
    session = whole()
    for _ in range(SHOWN + 1):
        checked(session)
    url = reverse("patients:contraindications", args=[session.patient_id])
    page = browser.get(url)
    assert len(page.context["checks"]) == SHOWN
    assert f"Show all {ContraindicationCheck.objects.count()} checks" in page.content.decode()
    assert len(browser.get(f"{url}?all").context["checks"]) == ContraindicationCheck.objects.count()


def test_a_refused_signature_is_kept_once(whole, browser, clinician):
    absolute()
    rule(code="bleeds")
    session = whole()
    has(session.patient, clinician, stated_at=session.started_at)
    takes(session.patient, clinician)
    browser.get(url_of(session, "sign"))
    found = evaluation_of(session, timezone.now())
    why = found.relative[0].verdict.why
    typed = {"revision": session.revision, "reasons-bleeds": WHY, "reasons-bleeds__why": why}
    before = ContraindicationCheck.objects.filter(about_id=session.pk).count()
    assert browser.post(url_of(session, "sign"), typed).status_code == 422
    assert ContraindicationCheck.objects.filter(about_id=session.pk).count() == before + 1
