"""The stage of a case follows from what has happened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.caseload.stages import Stage, with_stage
from clinic.practice.models import Technique
from patients.models import Case
from tests.factories.booking import AppointmentFactory
from tests.factories.followups import ReviewFactory
from tests.factories.patients import (
    CaseFactory,
    ConsentFactory,
    DiagnosisFactory,
    SignedConsentFactory,
)
from tests.factories.treatments import PlanFactory, signed_session

pytestmark = pytest.mark.django_db


def stage_of(case: Case) -> str:
    return with_stage(Case.objects.filter(pk=case.pk)).get().stage


def test_a_new_case_is_an_enquiry():
    assert stage_of(CaseFactory()) == Stage.ENQUIRY


def test_a_visit_to_come_makes_it_booked_and_a_cancellation_unmakes_it():
    case = CaseFactory()
    appointment = AppointmentFactory(patient=case.patient)
    assert stage_of(case) == Stage.BOOKED
    appointment.cancelled_at, appointment.cancelled_by = timezone.now(), case.clinician
    appointment.save()
    assert stage_of(case) == Stage.ENQUIRY


def test_diagnosis_information_and_signature_lead_on():
    case = CaseFactory()
    DiagnosisFactory(case=case)
    assert stage_of(case) == Stage.ASSESSED
    ConsentFactory(case=case)
    assert stage_of(case) == Stage.REFLECTING
    SignedConsentFactory(case=case)
    assert stage_of(case) == Stage.CONSENTED


def test_a_withdrawn_consent_is_no_consent():
    case = CaseFactory()
    SignedConsentFactory(case=case, withdrawn_at=timezone.now(), withdrawn_by=case.clinician)
    assert stage_of(case) == Stage.ENQUIRY


def test_sessions_still_to_come_keep_it_in_treatment():
    case = CaseFactory()
    plan = PlanFactory(case=case, sessions_planned=2)
    signed_session(case=case, plan=plan, number=1)
    assert stage_of(case) == Stage.IN_TREATMENT
    signed_session(case=case, plan=plan, number=2)
    assert stage_of(case) == Stage.MAINTENANCE


def test_reviews_to_come_keep_it_in_follow_up_and_then_it_is_maintained():
    review = ReviewFactory()
    case = review.case
    assert stage_of(case) == Stage.IN_FOLLOW_UP
    review.held_at = timezone.now()
    review.save()
    assert stage_of(case) == Stage.MAINTENANCE


def test_a_second_technique_with_sessions_to_come_keeps_it_in_treatment():
    case = CaseFactory()
    PlanFactory(case=case, sessions_planned=1)
    PlanFactory(case=case, technique=Technique.PRP, sessions_planned=1)
    signed_session(case=case, number=1)
    assert stage_of(case) == Stage.IN_TREATMENT
    signed_session(Technique.PRP, case=case, number=1)
    assert stage_of(case) == Stage.MAINTENANCE


@pytest.mark.parametrize("outcome", ["discharged", "declined", "lost"])
def test_a_closed_case_stands_where_it_was_closed(outcome):
    case = CaseFactory()
    signed_session(case=case)
    case.closed_at, case.closed_by = timezone.now() + timedelta(hours=1), case.clinician
    case.outcome = outcome
    case.save()
    assert stage_of(case) == outcome
