"""One link opens everything that waits for the patient: nothing else shortens or closes it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.consenting.actions import identity, sending
from clinic.consenting.models import SigningRequest
from clinic.documents.actions import create_link
from clinic.documents.models import PrivateLink
from clinic.questionnaires.actions.sending import revoke_questionnaire, send_questionnaire
from patients.models import Consent
from tests.factories.consenting import PassedCheckFactory, SigningRequestFactory
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import (
    CaseFactory,
    ConsentTemplateFactory,
    DiscussedConsentFactory,
    PatientFactory,
)
from tests.factories.practice import SiteFactory
from tests.patients.consents import patient_signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def patient(site):
    return PatientFactory(email="ada@example.test", site=site)


@pytest.fixture
def asked(patient):
    """Something to sign by a link that is open for half a year."""
    case = CaseFactory(patient=patient)
    in_half_a_year = timezone.now() + timedelta(days=180)
    return SigningRequestFactory(
        consent=DiscussedConsentFactory(case=case),
        link=PrivateLinkFactory(patient=patient, expires_at=in_half_a_year),
    )


def open_links(patient):
    return PrivateLink.objects.open_at(timezone.now()).filter(patient=patient)


def test_a_later_link_is_open_as_long_as_what_waits_behind_the_earlier(asked, patient, clinician):
    until = asked.link.expires_at
    link, _ = create_link(by=clinician, patient=patient, way="sms", now=timezone.now())
    assert link.expires_at == until
    assert open_links(patient).get() == link


def test_taking_the_consent_back_leaves_the_link_to_the_questions_open(
    asked, patient, clinician, site
):
    send_questionnaire(by=clinician, patient=patient, site=site, now=timezone.now())
    request = sending.send_link(by=clinician, consent=asked.consent, site=site, now=timezone.now())
    sending.revoke_request(by=clinician, request=request, now=timezone.now())
    assert open_links(patient).exists()


def test_taking_the_questions_back_leaves_the_link_to_the_consent_open(
    asked, patient, clinician, site
):
    asked_too = send_questionnaire(by=clinician, patient=patient, site=site, now=timezone.now())
    revoke_questionnaire(by=clinician, questionnaire=asked_too, now=timezone.now())
    assert open_links(patient).exists()


def test_what_was_signed_at_the_clinic_keeps_no_link_open_and_is_not_taken_back(
    asked, patient, clinician, client_of
):
    other = SigningRequestFactory(
        consent=DiscussedConsentFactory(case=asked.consent.case), link=asked.link
    )
    patient_signed(clinician, Consent.objects.get(pk=other.consent_id), now=timezone.now())
    assert list(SigningRequest.objects.with_patient()) == [asked]
    address = reverse("consenting:link", args=[patient.pk, other.consent_id])
    page = client_of(clinician).get(address).content.decode()
    assert "Signed at the clinic" in page
    assert "Take it back" not in page
    sending.revoke_request(by=clinician, request=asked, now=timezone.now())
    assert not open_links(patient).exists()


def test_who_held_the_talk_reads_that_the_patient_opened_it_and_cannot_sign(asked, client_of):
    old = asked.consent.template
    browser = client_of(asked.consent.discussed_by)
    home = reverse("caseload:home")
    asked.opened_at = timezone.now()
    asked.save()
    assert "Could not sign by link" not in browser.get(home).content.decode()
    ConsentTemplateFactory(
        purpose=old.purpose, technique=old.technique, version=old.version + 1, title="Newer"
    )
    page = browser.get(home).content.decode()
    assert "Could not sign by link" in page
    assert "The text was replaced by version" in page


def test_staff_read_that_a_later_link_opens_it_and_that_wrong_codes_closed_it(
    asked, patient, clinician, client_of
):
    link, _ = create_link(by=clinician, patient=patient, way="sms", now=timezone.now())
    address = reverse("consenting:link", args=[patient.pk, asked.consent_id])
    browser = client_of(clinician)
    assert "Link does not open" not in browser.get(address).content.decode()
    for _ in range(2):
        PassedCheckFactory(link=link, passed_at=None, wrong_answers=5)
    assert identity.is_closed(link)
    page = browser.get(address).content.decode()
    assert "Closed by wrong codes" in page
    assert "send a new link" in page
