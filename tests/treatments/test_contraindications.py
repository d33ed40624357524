"""What speaks against a treatment is held against the record at plan, consent and session."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.practice.models import Technique
from patients.actions.contraindications import ContraindicatedError, ReasonsMissingError
from patients.contraindications.evaluation import Given, evaluate_for
from patients.models import ConditionStatement, ContraindicationCheck, Medicine
from tests.factories.patients import RuleFactory
from tests.factories.treatments import checked, signed_session
from tests.treatments.pages import page_of, stored, url_of
from treatments.actions.plans import make_plan
from treatments.actions.signing import sign_session
from treatments.contraindications import evaluation_of
from treatments.models import Plan, Session

pytestmark = pytest.mark.django_db

NOW = timezone.now
WHY = "Agreed with the prescriber; pressure for longer"


def rule(**values):
    return RuleFactory(technique=Technique.MICROGRAFT, **values)


def absolute(**values):
    return rule(
        severity="absolute",
        kind="condition",
        parameters={"conditions": ["platelet_disorder"]},
        sentence="Platelet disorder",
        **values,
    )


def takes(patient, by, name="Apixaban"):
    recorded = {"recorded_at": NOW(), "recorded_by": by}
    return Medicine.objects.create(patient=patient, group="anticoagulant", name=name, **recorded)


def has(patient, by, answer="yes", stated_at=None):
    stated = {"stated_at": stated_at or NOW(), "stated_by": by}
    return ConditionStatement.objects.create(
        patient=patient, item="platelet_disorder", answer=answer, **stated
    )


def reasons(evaluation, text=WHY):
    return {each.key: Given(text, each.verdict.why) for each in evaluation.wanting_reason}


def plan(case, by, **values):
    figures = {"technique": "micrograft", "sessions_planned": 3, "interval_days": 45}
    return make_plan(by=by, case=case, now=NOW(), **figures, **values)


def sign(session, by, **values):
    return sign_session(by=by, session=session, revision=session.revision, now=NOW(), **values)


def test_an_absolute_contraindication_keeps_a_course_from_being_planned(case, clinician):
    absolute()
    has(case.patient, clinician)
    with pytest.raises(ContraindicatedError, match="Contraindicated: Platelet disorder"):
        plan(case, clinician)
    assert not Plan.objects.exists()
    kept = ContraindicationCheck.objects.get()
    assert (kept.step, kept.is_refused, kept.results[0]["state"]) == ("plan", True, "applies")
    event = Event.objects.get(kind=Kind.CONTRAINDICATED)
    assert event.sentence == "was held up from Micrograft (planning): Platelet disorder"


def test_a_relative_one_needs_a_reason_which_is_kept_with_the_version_of_the_rule(case, clinician):
    made = rule()
    takes(case.patient, clinician)
    with pytest.raises(ReasonsMissingError, match="Takes Apixaban"):
        plan(case, clinician)
    found = evaluate_for(case.patient, "micrograft", timezone.localtime())
    with pytest.raises(ReasonsMissingError):
        plan(case, clinician, reasons=reasons(found, "yes"))
    course = plan(case, clinician, reasons=reasons(found))
    kept = ContraindicationCheck.objects.get(about_id=course.pk)
    assert kept.results[0]["reason"] == WHY
    assert (kept.results[0]["rule"], kept.results[0]["version"]) == (str(made.pk), 1)
    event = Event.objects.get(kind=Kind.CONTRAINDICATIONS_CHECKED)
    assert event.sentence.endswith("(planning), and gave reasons for going on")


def test_more_sessions_are_planned_over_nothing_that_a_course_is_not(case, clinician, browser):
    absolute(code="platelets")
    course = plan(case, clinician)
    rule(code="bleeds")
    takes(case.patient, clinician)
    figures = {"revision": 0, "interval_days": 45, "note": ""}
    url = reverse("treatments:change_plan", args=[case.patient_id, course.pk])
    page = browser.get(url).content.decode()
    assert "Takes Apixaban" in page
    assert browser.post(url, figures | {"sessions_planned": 4}).status_code == 422
    assert browser.post(url, figures | {"sessions_planned": 2}).status_code == 302
    course.refresh_from_db()
    found = evaluate_for(case.patient, "micrograft", timezone.localtime()).relative[0]
    typed = {"reasons-bleeds": WHY, "reasons-bleeds__why": found.verdict.why}
    typed |= figures | {"revision": 1, "sessions_planned": 4}
    assert browser.post(url, typed).status_code == 302
    course.refresh_from_db()
    assert course.sessions_planned == 4
    check = ContraindicationCheck.objects.filter(about_id=course.pk).first()
    assert WHY in str(check.results)
    has(case.patient, clinician)
    refused = browser.post(url, typed | {"revision": 2, "sessions_planned": 5})
    assert refused.status_code == 422
    assert ContraindicationCheck.objects.filter(about_id=course.pk, is_refused=True).exists()
    course.refresh_from_db()
    assert course.sessions_planned == 4


def test_no_session_is_started_that_could_not_be_signed(case, clinician, browser, consent_to):
    absolute()
    consent_to()
    plan(case, clinician)
    chart = reverse("caseload:chart", args=[case.patient_id])
    url = reverse("treatments:start", args=[case.patient_id])
    started = f"{url}?technique=micrograft"
    assert started in browser.get(chart).content.decode()
    has(case.patient, clinician)
    assert started not in browser.get(chart).content.decode()
    refused = browser.post(url, {"technique": "micrograft"})
    assert refused.status_code == 422
    assert "Contraindicated: Platelet disorder" in refused.content.decode()
    assert not Session.objects.exists()
    has(case.patient, clinician, "no")
    assert browser.post(url, {"technique": "micrograft"}).status_code == 302


def test_a_reason_for_something_else_than_is_found_now_is_none(case, clinician):
    rule()
    takes(case.patient, clinician)
    read = reasons(evaluate_for(case.patient, "micrograft", timezone.localtime()))
    takes(case.patient, clinician, "Warfarin")
    with pytest.raises(ReasonsMissingError, match="Warfarin"):
        plan(case, clinician, reasons=read)


def test_the_page_asks_for_the_reason_and_keeps_what_was_typed(case, browser, clinician):
    rule(code="bleeds")
    medicine = takes(case.patient, clinician)
    url = reverse("treatments:new_plan", args=[case.patient.pk])
    page = browser.get(url)
    assert "Takes Apixaban (anticoagulant)" in page.content.decode()
    why = page.context["forms"][0].evaluation.relative[0].verdict.why
    typed = {
        "micrograft-planned": "on",
        "micrograft-sessions_planned": "3",
        "micrograft-interval_days": "45",
        "micrograft-reasons-bleeds__why": why,
    }
    refused = browser.post(url, typed | {"micrograft-reasons-bleeds": "short"})
    assert refused.status_code == 422
    assert "in 10 letters or more" in refused.content.decode()
    assert "short" in refused.content.decode()
    assert not Plan.objects.exists()
    assert browser.post(url, typed | {"micrograft-reasons-bleeds": WHY}).status_code == 302
    assert medicine.patient_id == Plan.objects.get().case.patient_id


def test_a_technique_that_is_not_ticked_asks_for_no_reason(case, browser, clinician):
    rule()
    takes(case.patient, clinician)
    url = reverse("treatments:new_plan", args=[case.patient.pk])
    typed = {"prp-planned": "on", "prp-sessions_planned": "3", "prp-interval_days": "30"}
    assert browser.post(url, typed).status_code == 302
    assert Plan.objects.get().technique == "prp"


def test_a_session_is_signed_with_a_frozen_check_of_it(whole, clinician):
    rule()
    session = sign(whole(), clinician)
    kept = ContraindicationCheck.objects.get(about_id=session.pk)
    assert kept.results[0]["state"] == "not_known"
    assert (kept.step, kept.moment_at) == ("session", session.started_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContraindicationCheck.objects.filter(pk=kept.pk).update(results=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.delete()


def test_an_absolute_one_keeps_a_session_from_being_signed_and_that_is_kept(whole, clinician):
    absolute()
    session = whole()
    has(session.patient, clinician, stated_at=session.started_at)
    with pytest.raises(ContraindicatedError, match="Platelet disorder"):
        sign(session, clinician)
    assert not stored(session).is_signed
    assert ContraindicationCheck.objects.get(about_id=session.pk).is_refused


def test_an_absolute_one_that_is_not_known_needs_an_answer_or_a_reason(whole, clinician):
    absolute()
    session = whole()
    with pytest.raises(ReasonsMissingError, match="Not known: Platelet disorder"):
        sign(session, clinician)
    has(session.patient, clinician, "no")
    assert sign(session, clinician).is_signed


def test_an_absolute_one_that_is_not_known_is_gone_over_with_a_reason(whole, clinician):
    absolute()
    session = whole()
    found = evaluation_of(session, NOW())
    assert sign(session, clinician, reasons=reasons(found)).is_signed


def test_a_medicine_recorded_after_the_page_was_read_is_seen_by_the_signature(whole, clinician):
    rule()
    session = whole()
    read = evaluation_of(session, NOW())
    assert read.wanting_reason == []
    takes(session.patient, clinician)
    with pytest.raises(ReasonsMissingError, match="Apixaban"):
        sign(session, clinician, reasons=reasons(read))


def asked(**values):
    return rule(severity="absolute", kind="today", parameters={"question": "infection"}, **values)


def test_the_question_of_the_day_is_asked_in_the_session_and_holds_it_up(whole, browser, clinician):
    asked(sentence="Infection")
    session = whole()
    with pytest.raises(ValidationError, match="Not asked today"):
        sign(session, clinician)
    answer = browser.post(url_of(session, "autosave"), page_of(session, asked_infection="yes"))
    assert "Contraindicated" in answer.json()["live"]["contraindications"]
    session = stored(session)
    assert session.asked_today == {"infection": "yes"}
    page = browser.get(url_of(session, "sign")).content.decode()
    assert "Contraindicated: Infection" in page
    assert "Sign as" not in page
    with pytest.raises(ContraindicatedError):
        sign(session, clinician)
    browser.post(url_of(session), page_of(session, asked_infection="no"))
    assert sign(stored(session), clinician).is_signed


def test_looking_twice_at_a_session_that_is_held_up_keeps_it_once(whole, browser, clinician):
    absolute()
    session = whole()
    has(session.patient, clinician, stated_at=session.started_at)
    for _ in range(2):
        assert browser.get(url_of(session, "sign")).status_code == 200
    assert ContraindicationCheck.objects.filter(about_id=session.pk).count() == 1


def test_the_signing_page_asks_for_the_reason_and_signs_with_it(whole, browser, clinician):
    rule(code="bleeds")
    session = whole()
    takes(session.patient, clinician)
    page = browser.get(url_of(session, "sign"))
    typed = {"revision": session.revision}
    refused = browser.post(url_of(session, "sign"), typed)
    assert refused.status_code == 422
    assert "Write the reason" in refused.content.decode()
    why = page.context["evaluation"].relative[0].verdict.why
    typed |= {"reasons-bleeds": WHY, "reasons-bleeds__why": why}
    assert browser.post(url_of(session, "sign"), typed).status_code == 302
    assert stored(session).is_signed


def test_where_nothing_speaks_against_it_that_is_one_line(whole, browser, clinician):
    absolute()
    session = whole()
    has(session.patient, clinician, "no")
    page = browser.get(url_of(session, "sign")).content.decode()
    assert "Checked: nothing speaks against it (1 rule)" in page


def test_what_was_recorded_after_the_session_began_asks_for_a_reason_and_lets_it_be_signed(
    whole, clinician
):
    absolute()
    session = whole()  # it began yesterday
    has(session.patient, clinician)
    with pytest.raises(ReasonsMissingError, match="recorded only after the session began"):
        sign(session, clinician)
    assert not stored(session).is_signed
    found = evaluation_of(session, NOW())
    assert sign(session, clinician, reasons=reasons(found)).is_signed
    kept = ContraindicationCheck.objects.get(about_id=session.pk).results[0]
    assert (kept["state"], kept["late"], kept["reason"]) == ("applies", True, WHY)


def test_a_yes_said_again_after_the_session_began_is_none_of_afterwards(whole, clinician):
    absolute()
    session = whole()
    has(session.patient, clinician, stated_at=session.started_at - timedelta(hours=1))
    has(session.patient, clinician)
    with pytest.raises(ContraindicatedError):
        sign(session, clinician)


APPLIES = {"severity": "absolute", "state": "applies", "reason": "A long enough reason"}
RELATIVE = {"severity": "relative", "state": "applies", "reason": ""}
UNKNOWN = {"severity": "absolute", "state": "not_known", "reason": "short"}


LATE = {"severity": "absolute", "state": "applies", "late": True, "reason": "short"}


@pytest.mark.parametrize("result", [APPLIES, RELATIVE, UNKNOWN, LATE])
def test_the_database_signs_nothing_over_what_is_open(monkeypatch, result):
    with pytest.raises(IntegrityError, match="nothing speaks against it"), transaction.atomic():
        _signed_with(monkeypatch, result)
    assert not Session.objects.signed().exists()


@pytest.mark.parametrize(
    "values",
    [
        {"checked_at": NOW() - timedelta(days=1)},
        {"checked_at": NOW() + timedelta(days=1)},
        {"step": "plan"},
        {"technique": "prp"},
        {"about_id": "01900000-0000-7000-8000-000000000000"},
    ],
)
def test_the_database_signs_nothing_without_a_check_of_that_session_and_day(monkeypatch, values):
    with pytest.raises(IntegrityError, match="of the same day"), transaction.atomic():
        _signed_with(monkeypatch, **values)


def _signed_with(monkeypatch, *results, **values):
    """Sign with raw rows, past every action, with a check that says this."""
    monkeypatch.setattr(
        "tests.factories.treatments.checked",
        lambda session: checked(session, *results, **values),
    )
    return signed_session()


def test_the_newest_check_counts(monkeypatch):
    def twice(session):
        checked(session, APPLIES, checked_at=NOW() - timedelta(seconds=5))
        return checked(session)

    monkeypatch.setattr("tests.factories.treatments.checked", twice)
    assert signed_session().is_signed


def test_the_chart_says_what_speaks_against_the_planned_course(case, browser, clinician, start):
    start()
    rule()
    takes(case.patient, clinician)
    page = browser.get(reverse("caseload:chart", args=[case.patient.pk])).content.decode()
    assert "Against Micrograft" in page
    assert "Takes Apixaban (anticoagulant)" in page
