"""What staff see of a questionnaire, and what each button does."""

import pytest
from django.urls import reverse

from clinic.questionnaires.models import Questionnaire
from clinic.staff.handover import HELD
from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.questionnaires import SentInFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(site, client_of):
    return client_of(ClinicianFactory(sites=[site]))


@pytest.fixture
def desk(site, client_of):
    return client_of(ReceptionFactory(sites=[site]))


def address(name, patient, *more):
    return reverse(f"questionnaires:{name}", args=[patient.pk, *more])


def page(client, url):
    return client.get(url).content.decode()


def test_reception_sends_it_and_sees_how_far_it_is_but_no_answer(desk, patient):
    desk.post(address("send", patient))
    listed = page(desk, address("of_patient", patient))
    assert "Sent" in listed
    assert "Send it again" in listed
    sent_in = SentInFactory(patient=patient)
    assert "2 answers to read" in page(desk, address("of_patient", patient))
    assert desk.get(address("read", patient, sent_in.pk)).status_code == 403


def test_without_a_date_of_birth_the_page_says_what_to_do(desk, site):
    unknown = PatientFactory(site=site, date_of_birth=None)
    listed = page(desk, address("of_patient", unknown))
    assert "The date of birth is not known" in listed
    assert reverse("patients:edit", args=[unknown.pk]) in listed
    assert "Send the questions</button>" not in listed


def test_handed_over_the_device_shows_nothing_but_the_questions(desk, patient):
    answer = desk.post(address("hand_over", patient))
    assert "/my/" in answer.url
    assert desk.session[HELD]["under"] == answer.url
    assert desk.get(answer.url).status_code == 200
    desk.post(answer.url, {"day": "22", "month": "11", "year": "1980"})
    assert "Hello Adalbert" in page(desk, f"{answer.url}questions/")
    elsewhere = desk.get(reverse("caseload:chart", args=[patient.pk]))
    assert "reauthenticate" in elsewhere.url


def test_the_clinician_reads_both_sides_and_accepts(doctor, patient):
    sent_in = SentInFactory(patient=patient)
    read = page(doctor, address("read", patient, sent_in.pk))
    assert "Asked: “Do you have a problem with your thyroid?”" in read
    assert '<h3 class="beside-question">Thyroid disease</h3>' in read
    assert "Underactive" in read
    for answer in sent_in.answers.all():
        doctor.post(address("accept", patient, sent_in.pk, answer.pk), {"seen": ""})
    assert Questionnaire.objects.get().gone_through_at
    history = page(doctor, reverse("patients:history", args=[patient.pk]))
    assert "said by the patient in the questionnaire of" in history
    assert "Gone through" in page(doctor, reverse("caseload:chart", args=[patient.pk]))


def test_what_was_corrected_wrongly_comes_back_as_typed(doctor, patient):
    sent_in = SentInFactory(patient=patient)
    answer = sent_in.answers.get(item="condition.thyroid")
    url = address("correct", patient, sent_in.pk, answer.pk)
    assert "Underactive" in page(doctor, url)
    typed = {
        "shown": "",
        "conditions-thyroid_answer": "yes",
        "conditions-thyroid_since": "whenever",
    }
    refused = doctor.post(url, typed)
    assert refused.status_code == 422
    assert "whenever" in refused.content.decode()
    assert doctor.post(url, typed | {"conditions-thyroid_since": "2018"}).status_code == 302
    assert answer.decision.outcome == "corrected"


def test_an_answer_of_somebody_else_is_not_there(doctor, patient, site):
    theirs = SentInFactory(patient=PatientFactory(site=site))
    mine = SentInFactory(patient=patient)
    answer = theirs.answers.first()
    assert doctor.get(address("read", patient, theirs.pk)).status_code == 404
    for name in ("accept", "correct", "leave_out"):
        assert doctor.post(address(name, patient, mine.pk, answer.pk)).status_code == 404


def test_what_cannot_wait_stands_first(site, client_of, patient):
    clinician = ClinicianFactory(sites=[site])
    CaseFactory(patient=patient, clinician=clinician)
    sent_in = SentInFactory(patient=patient, told={"condition.suicidal": {"answer": "yes"}})
    client = client_of(clinician)
    assert "Read today" in page(client, "/")
    assert "Read this first" in page(client, address("read", patient, sent_in.pk))


def test_what_is_still_with_the_patient_is_nobody_elses_to_read(doctor, patient, desk):
    desk.post(address("send", patient))
    open_one = Questionnaire.objects.get()
    assert doctor.get(address("read", patient, open_one.pk)).status_code == 302
    assert page(doctor, address("of_patient", patient)).count("Take it back") >= 1
    desk.post(address("revoke", patient, open_one.pk))
    assert "Taken back" in page(desk, address("of_patient", patient))
