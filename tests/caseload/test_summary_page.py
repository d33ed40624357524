"""Asking for a treatment summary in the browser."""

import pytest
from django.urls import reverse

from clinic.documents.models import Document, PrivateLink
from clinic.messaging.models import Message
from tests.factories.documents import IssuedDocumentFactory
from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.factories.treatments import SessionFactory, signed_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    case = CaseFactory(patient=PatientFactory(site=SiteFactory()))
    signed_session(case=case)
    return case


def page_of(case):
    return reverse("caseload:summary", args=[case.patient_id])


def test_it_says_what_the_summary_will_hold(client_of, clinician, case):
    SessionFactory(case=case, number=2)
    page = client_of(clinician).get(page_of(case)).content.decode()
    for words in (
        "1 signed session",
        "Micrograft session 2",
        "is left out",
        "there is no consent for them",
        "No hair count is on record",
    ):
        assert words in page


@pytest.mark.parametrize(("answer", "send_link"), [("yes", True), ("no", False)])
def test_it_is_asked_for_and_the_list_shows_it_coming(
    client_of, clinician, case, answer, send_link
):
    response = client_of(clinician).post(page_of(case), {"send_link": answer}, follow=True)
    assert "Being made" in response.content.decode()
    assert Document.objects.get().send_link is send_link


def test_without_an_answer_it_asks_again(client_of, clinician, case):
    response = client_of(clinician).post(page_of(case))
    assert response.status_code == 422
    assert "Say whether to send the patient a link." in response.content.decode()
    assert not Document.objects.exists()


def test_asking_twice_is_refused_with_a_sentence(client_of, clinician, case):
    client = client_of(clinician)
    client.post(page_of(case), {"send_link": "no"})
    response = client.post(page_of(case), {"send_link": "no"})
    assert response.status_code == 422
    assert "already being made" in response.content.decode()
    assert Document.objects.count() == 1


def test_without_a_signed_session_it_is_refused(client_of, clinician):
    case = CaseFactory()
    response = client_of(clinician).post(page_of(case), {"send_link": "no"})
    assert response.status_code == 422
    assert "No session of this case is signed" in response.content.decode()


def test_a_patient_without_a_case_has_no_summary(client_of, clinician):
    page = reverse("caseload:summary", args=[PatientFactory().pk])
    assert client_of(clinician).get(page).status_code == 404


def test_only_those_who_issue_documents_may_ask(client_of, reception, admin, case):
    for user in (reception, admin):
        assert client_of(user).get(page_of(case)).status_code == 403
        assert client_of(user).post(page_of(case), {"send_link": "no"}).status_code == 403


def test_another_sites_patient_does_not_exist(client_of, case):
    client = client_of(ClinicianFactory(sites=[SiteFactory()]))
    assert client.post(page_of(case), {"send_link": "no"}).status_code == 404
    send = reverse("caseload:send_link", args=[case.patient_id])
    assert client.post(send).status_code == 404


def test_no_link_is_sent_to_nothing(client_of, clinician, case):
    send = reverse("caseload:send_link", args=[case.patient_id])
    response = client_of(clinician).post(send, follow=True)
    assert "no document has been issued" in response.content.decode()
    assert not PrivateLink.objects.exists()
    assert not Message.objects.exists()


def test_a_new_link_is_sent(client_of, clinician, case):
    IssuedDocumentFactory(case=case)
    send = reverse("caseload:send_link", args=[case.patient_id])
    response = client_of(clinician).post(send, follow=True)
    assert "on its way to the patient" in response.content.decode()
    assert PrivateLink.objects.count() == 1
    assert Message.objects.get().patient == case.patient


def test_a_new_link_needs_an_address(client_of, clinician):
    patient = PatientFactory(email="", phone="", site=SiteFactory())
    IssuedDocumentFactory(patient=patient)
    send = reverse("caseload:send_link", args=[patient.pk])
    response = client_of(clinician).post(send, follow=True)
    assert "There is no way to send a link" in response.content.decode()
    assert not PrivateLink.objects.exists()
