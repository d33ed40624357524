"""No plan is made and no session signed while something that was found stops the pathway."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from patients.actions.assessment import (
    Graded,
    Signs,
    Weighed,
    look_for_signs,
    make_diagnosis,
    review_stop,
    weigh_causes,
)
from patients.actions.cases import close_case, open_case_for, reopen_case
from patients.models import CauseStatement, PathwayStop, SignsStatement
from patients.pathway import standing_stop
from tests.factories.patients import (
    CaseFactory,
    CauseFactory,
    DiagnosisFactory,
    SignsFactory,
    StopFactory,
)
from tests.factories.practice import SiteFactory
from tests.factories.treatments import PlanFactory, SessionFactory, signed_session
from treatments.actions.plans import change_plan, make_plan
from treatments.actions.starting import start_session
from treatments.completeness import blocking, gaps
from treatments.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(clinician):
    return CaseFactory(clinician=clinician)


def found(by, case, *present, **more):
    return look_for_signs(
        by=by,
        case=case,
        signs=Signs(present),
        found_date=timezone.localdate(),
        now=timezone.now(),
        **more,
    )


def weighed(by, case, cause, weight, note=""):
    return weigh_causes(
        by=by,
        case=case,
        weighed={cause: Weighed(weight, note)},
        found_date=timezone.localdate(),
        now=timezone.now(),
    )


def planned(by, case):
    return make_plan(
        by=by,
        case=case,
        technique="prp",
        sessions_planned=3,
        interval_days=30,
        without={"baseline": "Counted at the first session"},
        now=timezone.now(),
    )


def reviewed(by, stop, outcome="ruled_out", seen=None, reason="Biopsy shows no scarring."):
    seen = stop.evidence | set(stop.reviews.values_list("pk", flat=True)) if seen is None else seen
    return review_stop(
        by=by, stop=stop, outcome=outcome, reason=reason, seen=seen, now=timezone.now()
    )


def test_a_warning_sign_stops_the_plan_until_a_clinician_reviews_it(clinician, case):
    found(clinician, case, "scarring")
    with pytest.raises(ValidationError, match="Scarring, or follicle openings lost"):
        planned(clinician, case)
    assert not Plan.objects.exists()
    reviewed(clinician, standing_stop(case.patient_id))
    assert planned(clinician, case)
    kinds = Event.objects.about_patient(case.patient_id).values_list("kind", flat=True)
    assert {"patients.pathway_stopped", "patients.stop_reviewed"} <= set(kinds)


def test_no_warning_signs_is_an_answer_that_stops_nothing(clinician, case):
    assert str(found(clinician, case)) == "No warning signs"
    assert standing_stop(case.patient_id) is None


@pytest.mark.parametrize("cause", ["areata", "tinea", "lpp", "ffa", "dle", "ccca", "scarring"])
def test_scarring_infection_and_areata_stop_unless_they_are_ruled_out(clinician, case, cause):
    weighed(clinician, case, cause, "ruled_out")
    assert standing_stop(case.patient_id) is None
    weighed(clinician, case, cause, "considered")
    assert standing_stop(case.patient_id) is not None


@pytest.mark.parametrize("cause", ["aga", "telogen_effluvium", "traction", "thyroid", "iron"])
def test_other_causes_stop_nothing(clinician, case, cause):
    weighed(clinician, case, cause, "likely")
    assert standing_stop(case.patient_id) is None


def test_another_cause_is_said_in_words(clinician, case):
    with pytest.raises(ValidationError, match="Say in words"):
        weighed(clinician, case, "other", "likely")


def test_ruling_a_cause_out_later_does_not_lift_the_stop(clinician, case):
    weighed(clinician, case, "tinea", "likely")
    weighed(clinician, case, "tinea", "ruled_out", "Culture negative")
    assert standing_stop(case.patient_id) is not None


def test_a_diagnosis_of_areata_stops_and_does_so_again_once_it_had_been_ruled_out(clinician, case):
    graded = Graded("areata")
    make_diagnosis(by=clinician, patient=case.patient, graded=graded, now=timezone.now())
    first = standing_stop(case.patient_id)
    reviewed(clinician, first)
    make_diagnosis(by=clinician, patient=case.patient, graded=graded, now=timezone.now())
    again = standing_stop(case.patient_id)
    assert again is not None
    assert again != first
    reviewed(clinician, again, "accounted")
    make_diagnosis(by=clinician, patient=case.patient, graded=graded, now=timezone.now())
    assert standing_stop(case.patient_id) is None


def test_a_review_may_keep_the_pathway_stopped_and_a_later_one_open_it(clinician, case):
    found(clinician, case, "patchy")
    stop = standing_stop(case.patient_id)
    reviewed(clinician, stop, "kept", reason="Biopsy to come.")
    with pytest.raises(ValidationError, match="a review kept it so"):
        planned(clinician, case)
    reviewed(clinician, stop, "accounted")
    assert planned(clinician, case)


def test_what_is_found_after_a_review_is_another_stop(clinician, case):
    found(clinician, case, "pain")
    stop = standing_stop(case.patient_id)
    reviewed(clinician, stop)
    found(clinician, case, "pain")
    assert standing_stop(case.patient_id) not in (None, stop)
    with pytest.raises(IntegrityError, match="needs a stop of its own"), transaction.atomic():
        SignsFactory(stop=stop)


def test_an_accounted_sign_seen_again_is_no_news_and_another_one_is(clinician, case):
    first = found(clinician, case, "patchy", "broken")
    reviewed(clinician, first.stop, "accounted")
    assert found(clinician, case, "patchy").stop == first.stop
    assert standing_stop(case.patient_id) is None
    assert found(clinician, case, "patchy", "pain").stop == standing_stop(case.patient_id)


def test_an_accounted_sign_is_news_in_the_next_case(clinician, case):
    first = found(clinician, case, "patchy")
    reviewed(clinician, first.stop, "accounted")
    close_case(by=clinician, case=case, outcome="discharged", now=timezone.now())
    again = CaseFactory(patient=case.patient, clinician=clinician)
    assert found(clinician, again, "patchy").stop != first.stop


def test_another_note_on_an_accounted_cause_is_kept_and_stops_nothing(clinician, case):
    [first] = weighed(clinician, case, "areata", "likely", "One patch")
    reviewed(clinician, first.stop, "accounted")
    [again] = weighed(clinician, case, "areata", "likely", "One patch, hair grows back")
    assert again.stop == first.stop
    assert standing_stop(case.patient_id) is None
    weighed(clinician, case, "areata", "considered")
    assert standing_stop(case.patient_id) is not None


def test_the_database_adds_nothing_new_to_what_a_review_accounted_for(clinician, case):
    first = found(clinician, case, "patchy")
    reviewed(clinician, first.stop, "accounted")
    with pytest.raises(IntegrityError, match="needs a stop of its own"), transaction.atomic():
        SignsFactory(stop=first.stop, patient=case.patient, present=["pain"])
    with pytest.raises(IntegrityError, match="needs a stop of its own"), transaction.atomic():
        CauseFactory(stop=first.stop, patient=case.patient, item="areata", weight="likely")


def test_a_correction_of_the_day_alone_does_not_stop_what_was_ruled_out(clinician, case):
    first = found(clinician, case, "sudden")
    reviewed(clinician, first.stop)
    assert found(clinician, case, "sudden", replaces=first).stop == first.stop
    assert standing_stop(case.patient_id) is None


def old_diagnosis(case, condition="scarring"):
    """Return a diagnosis from before there were stops."""
    return DiagnosisFactory(case=case, condition=condition, scale="", grade="")


def test_a_reopened_case_is_stopped_by_its_old_diagnosis_once(clinician, case):
    old_diagnosis(case)
    for _ in range(2):
        close_case(by=clinician, case=case, outcome="discharged", now=timezone.now())
        reopen_case(by=clinician, case=case, reason="Came back", now=timezone.now())
    stop = standing_stop(case.patient_id)
    assert stop.grounds == ["Scarring, not told apart yet: likely (Diagnosed)"]
    reviewed(clinician, stop)
    close_case(by=clinician, case=case, outcome="discharged", now=timezone.now())
    reopen_case(by=clinician, case=case, reason="Came back", now=timezone.now())
    assert standing_stop(case.patient_id) is None


@pytest.mark.parametrize(("condition", "stops"), [("areata", True), ("aga_male", False)])
def test_a_new_case_begins_stopped_where_the_last_diagnosis_stops(clinician, condition, stops):
    earlier = CaseFactory(closed_at=timezone.now(), closed_by=clinician, outcome="discharged")
    old_diagnosis(earlier, condition)
    case = open_case_for(by=None, patient=earlier.patient, now=timezone.now())
    assert (standing_stop(case.patient_id) is not None) is stops
    assert PathwayStop.objects.filter(case=case).exists() is stops


def test_nobody_reviews_what_they_have_not_read(clinician, case):
    found(clinician, case, "sudden")
    stop = standing_stop(case.patient_id)
    seen = stop.evidence
    weighed(clinician, case, "areata", "considered")
    with pytest.raises(ValidationError, match="More was found"):
        reviewed(clinician, stop, seen=seen)
    assert standing_stop(case.patient_id) == stop


def test_a_review_needs_a_reason_and_a_clinician(clinician, admin, case):
    found(clinician, case, "broken")
    stop = standing_stop(case.patient_id)
    with pytest.raises(ValidationError, match="reason"):
        reviewed(clinician, stop, reason="  ")
    with pytest.raises(PermissionDenied):
        reviewed(admin, stop)


def test_the_database_itself_refuses_a_plan_a_signature_and_a_sign_without_a_stop(clinician):
    stop = StopFactory()
    case = CaseFactory(patient=stop.patient)
    refused = pytest.raises(IntegrityError, match="pathway of this patient is stopped")
    with refused, transaction.atomic():
        PlanFactory(case=case)
    for make in (SignsFactory, CauseFactory):
        with pytest.raises(IntegrityError, match="check constraint"), transaction.atomic():
            make(stop=None, patient=stop.patient)
    assert not SignsStatement.objects.exists()
    assert not CauseStatement.objects.exists()


def test_a_draft_says_what_stops_it_and_cannot_be_signed(clinician, client_of):
    session = signed_session()
    draft = SessionFactory(case=session.case, patient=session.patient, plan=session.plan, number=2)
    found(clinician, session.case, "inflamed")
    missing = [gap.text for gap in blocking(gaps(draft, None, timezone.now()))]
    assert any("Scaling, pustules or inflammation" in text for text in missing)
    refused = pytest.raises(IntegrityError, match="pathway of this patient is stopped")
    with refused, transaction.atomic():
        type(draft).objects.filter(pk=draft.pk).update(
            signed_at=timezone.now(), signed_by=clinician, consent=session.consent
        )
    page = client_of(clinician).get(reverse("treatments:sign", args=[draft.patient_id, draft.pk]))
    assert reverse("patients:pathway", args=[draft.patient_id]) in page.content.decode()


def test_the_page_leads_from_the_plan_to_the_review_and_keeps_what_was_typed(
    client_of, clinician, case
):
    found(clinician, case, "brows")
    client = client_of(clinician)
    new_plan = client.get(reverse("treatments:new_plan", args=[case.patient_id])).content.decode()
    assert reverse("patients:pathway", args=[case.patient_id]) in new_plan
    stop = PathwayStop.objects.get()
    address = reverse("patients:review_stop", args=[case.patient_id, stop.pk])
    refused = client.post(address, {"reason": "Seen with a colleague", "outcome": ""})
    assert refused.status_code == 422
    assert "Seen with a colleague" in refused.content.decode()
    unread = client.post(address, {"reason": "Too fast", "outcome": "ruled_out", "seen": ""})
    assert unread.status_code == 422
    assert "More was found" in unread.content.decode()
    seen = " ".join(map(str, stop.evidence))
    sent = {"reason": "Lichen excluded", "outcome": "ruled_out", "seen": seen}
    assert client.post(address, sent).status_code == 302
    assert (
        "The pathway is open"
        in client.get(reverse("patients:pathway", args=[case.patient_id])).content.decode()
    )


def test_a_stopped_pathway_keeps_more_sessions_and_a_new_one_from_being_planned_or_begun(
    case, clinician
):
    plan = PlanFactory(case=case, technique="prp", sessions_planned=3)
    StopFactory(patient=case.patient)
    figures = {"by": clinician, "plan": plan, "interval_days": 30, "note": "", "revision": 0}
    now = timezone.now()
    with pytest.raises(ValidationError, match="is stopped"):
        change_plan(sessions_planned=4, now=now, **figures)
    with pytest.raises(IntegrityError, match="is stopped"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(sessions_planned=4)
    assert change_plan(sessions_planned=2, now=now, **figures).sessions_planned == 2
    site = SiteFactory()
    with pytest.raises(ValidationError, match="Review it first"):
        start_session(by=clinician, case=case, technique="prp", site=site, now=now)
