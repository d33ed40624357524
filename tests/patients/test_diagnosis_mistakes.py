"""A diagnosis made on the history page is taken back with a reason, and told what follows."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import Event
from patients.actions.assessment import Graded, make_diagnosis, withdraw_diagnosis
from patients.models import Diagnosis, FindingWithdrawal
from patients.pathway import standing_stop, what_follows
from tests.factories.followups import ExaminationFactory
from tests.factories.patients import CaseFactory, DiagnosisFactory
from tests.factories.practice import SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of, clinician, site):
    return client_of(clinician)


def made(by, case, condition, **more):
    return make_diagnosis(
        by=by, patient=case.patient, graded=Graded(condition, **more), now=timezone.now()
    )


def history(case):
    return reverse("patients:history", args=[case.patient_id])


def taking_back(diagnosis):
    return reverse("patients:withdraw_diagnosis", args=[diagnosis.case.patient_id, diagnosis.pk])


def test_it_is_taken_back_with_a_reason_and_the_one_before_is_the_present_one(
    browser, clinician, case
):
    made(clinician, case, "aga_male", scale="norwood", grade="III")
    wrong = made(clinician, case, "telogen_effluvium")
    assert "Was this diagnosis entered by mistake?" in browser.get(history(case)).content.decode()
    refused = browser.post(taking_back(wrong), {"reason": ""})
    assert refused.status_code == 422
    assert not FindingWithdrawal.objects.exists()
    page = browser.post(taking_back(wrong), {"reason": "Another patient"}, follow=True)
    words = page.content.decode()
    assert "pattern, Norwood-Hamilton III” is the present diagnosis again" in words
    assert "Entered by mistake" in words
    assert "Another patient" in words
    assert case.diagnoses.standing().get().grade == "III"
    row = FindingWithdrawal.objects.get()
    assert (row.reason, row.withdrawn_by) == ("Another patient", clinician)
    (event,) = Event.objects.filter(kind="patients.finding_withdrawn")
    assert event.sentence == "took off what was entered by mistake: the diagnosis"


def test_what_it_stopped_stays_stopped_and_says_that_it_was_a_mistake(browser, clinician, case):
    wrong = made(clinician, case, "areata")
    assert what_follows(wrong) == [
        "No diagnosis is left",
        "“Alopecia areata: likely (Diagnosed)” stays among the possible causes until it is weighed"
        " anew",
        "The AGA pathway stays stopped until a clinician reviews it",
        "Papers that were issued with it stay as they are",
    ]
    browser.post(taking_back(wrong), {"reason": "Another patient"})
    assert standing_stop(case.patient_id).grounds == [
        "Alopecia areata: likely (Diagnosed); entered by mistake"
    ]


def test_it_is_taken_back_once(clinician, case):
    wrong = made(clinician, case, "areata")
    take = {"by": clinician, "diagnosis": wrong, "now": timezone.now()}
    withdraw_diagnosis(**take, reason="Another patient")
    with pytest.raises(ValidationError, match="taken back meanwhile"):
        withdraw_diagnosis(**take, reason="Another patient")


def test_one_of_a_visit_is_taken_off_there(browser, clinician, case):
    found = DiagnosisFactory(case=case)
    ExaminationFactory(case=case, diagnosis=found)
    page = browser.get(history(case)).content.decode()
    assert "Found at the baseline of" in page
    assert taking_back(found) not in page
    answer = browser.post(taking_back(found), {"reason": "Another patient"})
    assert answer.status_code == 422
    assert "Take it off there" in answer.content.decode()
    assert not FindingWithdrawal.objects.exists()


def test_an_earlier_one_is_taken_back_and_the_present_one_stays(browser, clinician, case):
    earlier = made(clinician, case, "telogen_effluvium")
    present = made(clinician, case, "aga_male")
    browser.post(taking_back(earlier), {"reason": "Another patient"})
    assert Diagnosis.objects.standing().get() == present


def test_nobody_takes_back_a_diagnosis_by_the_address_of_another_patient(browser, case):
    other = DiagnosisFactory(case=CaseFactory(patient__site=SiteFactory()))
    url = reverse("patients:withdraw_diagnosis", args=[case.patient_id, other.pk])
    assert browser.post(url, {"reason": "Another patient"}).status_code == 404
