"""A course is planned without warning signs asked, or a baseline counted, only with a reason."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions.assessment import take_off
from patients.models import PlannedWithout, SignsStatement
from patients.planning import lacks_of
from tests.factories.followups import ExaminationFactory, MeasurementFactory, assessed
from tests.factories.patients import (
    CaseFactory,
    ConsentFactory,
    PlannedWithoutFactory,
    SignsFactory,
    closed,
)
from tests.factories.practice import SiteFactory
from tests.factories.treatments import PlanFactory
from treatments.actions.plans import change_plan, make_plan
from treatments.models import Plan

pytestmark = pytest.mark.django_db

WHY = "The trichoscope is being repaired"
LATER = "Looked for by the referring dermatologist"
BOTH = {"signs": LATER, "baseline": WHY}


@pytest.fixture
def case(clinician):
    """Return a case in which nobody asked or counted anything."""
    return CaseFactory(clinician=clinician, patient__site=SiteFactory())


def planned(by, case, technique="prp", **values):
    figures = {"technique": technique, "sessions_planned": 3, "interval_days": 30}
    return make_plan(by=by, case=case, now=timezone.now(), **figures, **values)


def count(case):
    return MeasurementFactory(examination__case=case)


def asked(case):
    return SignsFactory(patient=case.patient, case=case, stop=None, present=())


def test_nothing_is_planned_in_silence_without_what_was_not_asked_or_counted(case, clinician):
    with pytest.raises(ValidationError) as refused:
        planned(clinician, case)
    words = " ".join(refused.value.messages)
    assert "Warning signs were not asked. Write why" in words
    assert "No baseline count. Write why" in words
    assert not Plan.objects.exists()
    with pytest.raises(ValidationError, match="No baseline count"):
        planned(clinician, case, without={**BOTH, "baseline": " too short "})


def test_the_reasons_are_kept_with_the_plan_and_the_trail_says_so(case, clinician):
    plan = planned(clinician, case, without={"signs": f" {LATER}\n", "baseline": WHY})
    rows = {row.lack: row for row in PlannedWithout.objects.all()}
    assert {name: row.reason for name, row in rows.items()} == BOTH
    assert {row.about_id for row in rows.values()} == {plan.pk}
    assert rows["signs"].planned_by == clinician
    (event,) = Event.objects.filter(kind=Kind.PLANNED_WITHOUT)
    assert event.patient_id == case.patient_id
    assert event.sentence == (
        "gave reasons for planning PRP: warning signs were not asked; no baseline count"
    )


def test_what_is_known_wants_no_reason_and_keeps_none(case, clinician):
    planned(clinician, assessed(case), without=BOTH)
    assert not PlannedWithout.objects.exists()


def test_a_baseline_without_a_count_is_no_baseline_count(case):
    asked(case)
    ExaminationFactory(case=case)
    assert lacks_of(case) == ["baseline"]
    MeasurementFactory(examination=case.examinations.get())
    assert lacks_of(case) == []


def test_signs_taken_off_as_a_mistake_were_not_asked(case, clinician):
    count(case)
    asked(case)
    signs = SignsStatement.objects.get()
    take_off(by=clinician, finding=signs, reason="Another patient", now=timezone.now())
    assert lacks_of(case) == ["signs"]


def test_what_was_found_in_an_earlier_case_says_nothing_of_this_one(case):
    earlier = closed(assessed(case))
    assert lacks_of(CaseFactory(patient=earlier.patient)) == ["signs", "baseline"]


def test_signs_from_before_they_named_their_case_count(case):
    count(case)
    SignsFactory(patient=case.patient, case=None, stop=None, present=())
    assert lacks_of(case) == []


def test_more_sessions_want_the_reason_that_the_plan_does_not_have(case, clinician):
    plan = PlanFactory(case=case, sessions_planned=3)
    more = {"by": clinician, "plan": plan, "sessions_planned": 4, "interval_days": 30, "note": ""}
    with pytest.raises(ValidationError, match="Warning signs were not asked"):
        change_plan(**more, revision=0, now=timezone.now())
    change_plan(**more, revision=0, without=BOTH, now=timezone.now())
    change_plan(**more | {"sessions_planned": 5}, revision=1, now=timezone.now())
    assert PlannedWithout.objects.filter(about_id=plan.pk).count() == 2


def sent(*techniques, **reasons):
    ticked = {
        f"{each}-{name}": value
        for each in techniques
        for name, value in (("planned", "on"), ("sessions_planned", "3"), ("interval_days", "30"))
    }
    return ticked | {f"without-{name}": value for name, value in reasons.items()}


def test_the_page_asks_once_for_both_treatments_and_keeps_what_was_typed(
    case, clinician, client_of
):
    browser = client_of(clinician)
    url = reverse("treatments:new_plan", args=[case.patient_id])
    page = browser.get(url).content.decode()
    assert "Not asked does not mean that nothing is wrong" in page
    refused = browser.post(url, sent("prp", "micrograft", signs=LATER, baseline="soon"))
    assert refused.status_code == 422
    assert LATER in refused.content.decode()
    assert "in 10 letters or more" in refused.content.decode()
    assert browser.post(url, sent("prp", "micrograft", **BOTH)).status_code == 302
    assert PlannedWithout.objects.count() == 4
    plan = browser.get(reverse("treatments:plan", args=[case.patient_id])).content.decode()
    assert plan.count(WHY) == 2


def test_more_sessions_ask_on_their_page(case, clinician, client_of):
    plan = PlanFactory(case=case, sessions_planned=3)
    browser = client_of(clinician)
    url = reverse("treatments:change_plan", args=[case.patient_id, plan.pk])
    figures = {"sessions_planned": "4", "interval_days": "30", "note": "", "revision": "0"}
    assert "Warning signs were not asked" in browser.get(url).content.decode()
    assert browser.post(url, figures).status_code == 422
    assert browser.post(url, figures | {"sessions_planned": "2"}).status_code == 302
    typed = {f"without-{name}": reason for name, reason in BOTH.items()}
    assert browser.post(url, figures | typed | {"revision": "1"}).status_code == 302
    assert "Warning signs were not asked" not in browser.get(url).content.decode()


def test_chart_and_consent_talk_say_what_is_not_known_and_why(case, clinician, client_of):
    browser = client_of(clinician)
    plan = planned(clinician, case, without=BOTH)
    talk = ConsentFactory(case=case, template__technique="prp")
    pages = [
        reverse("caseload:chart", args=[case.patient_id]),
        reverse("patients:discuss_consent", args=[case.patient_id, talk.pk]),
    ]
    for address in pages:
        page = browser.get(address).content.decode()
        assert "Warning signs were not asked" in page
        assert LATER in page
        assert WHY in page
    assessed(case)
    for address in pages:
        assert "Warning signs were not asked" not in browser.get(address).content.decode()
    kept = browser.get(reverse("treatments:plan", args=[case.patient_id])).content.decode()
    assert LATER in kept, "what it was planned without stays with the plan"
    assert plan.pk


@pytest.mark.parametrize(
    "wrong", [{"reason": "too short"}, {"reason": "           "}, {"lack": "photos"}]
)
def test_the_database_keeps_no_reason_that_says_nothing(case, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedWithoutFactory(case=case, **wrong)


def test_the_database_changes_and_deletes_no_reason(case):
    row = PlannedWithoutFactory(case=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedWithout.objects.filter(pk=row.pk).update(reason="Another reason altogether")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedWithoutFactory(case=case, patient=CaseFactory().patient)
