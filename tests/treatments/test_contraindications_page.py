"""Everybody who may read the record sees what spoke against a treatment, and what was decided."""

import pytest
from django.urls import reverse
from django.utils import timezone

from patients.models import ContraindicationCheck
from tests.factories.treatments import checked
from tests.treatments.pages import stored, url_of
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
from treatments.contraindications import evaluation_of
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
