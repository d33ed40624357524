"""A tablet in a patient's hands shows their page alone, until a member of staff confirms."""

import pytest
from django.urls import reverse

from tests.factories.patients import DiscussedConsentFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import PASSWORD

pytestmark = pytest.mark.django_db

CONFIRM = "/accounts/reauthenticate/"


@pytest.fixture
def consent():
    SiteFactory()
    return DiscussedConsentFactory()


@pytest.fixture
def page(consent):
    return reverse("patients:sign_consent", args=[consent.patient_id, consent.pk])


@pytest.fixture
def consents(consent):
    return reverse("patients:consents", args=[consent.patient_id])


@pytest.fixture
def tablet(client_of, clinician, page):
    """The clinician's browser, once the patient's page is open on it."""
    tablet = client_of(clinician)
    assert tablet.get("/").status_code == 200
    assert tablet.get(page).status_code == 200
    return tablet


def names(patient, answer) -> bool:
    return patient.family_name.casefold() in answer.content.decode().casefold()


@pytest.mark.parametrize(
    "address", ["/", "/patients/", "/patients/search/?q=a", "/diary/", "/accounts/2fa/"]
)
def test_every_other_address_asks_who_is_there_and_names_nobody(tablet, consent, page, address):
    answer = tablet.get(address)
    assert answer.status_code == 302
    assert answer.url.startswith(f"{CONFIRM}?next=")
    behind = tablet.get(answer.url)
    assert behind.status_code == 200
    assert not names(consent.patient, behind)
    assert names(consent.patient, tablet.get(page)), "as their own page does"


def test_the_way_back_leads_to_the_consents_and_asks_first(tablet, consents):
    answer = tablet.get(consents, follow=True)
    assert answer.redirect_chain[0][0].startswith(CONFIRM)
    assert "A patient held this device" in answer.content.decode()


def test_a_part_of_a_page_is_not_handed_out(tablet):
    assert tablet.get("/patients/search/?q=a", HTTP_HX_REQUEST="true").status_code == 401


def test_nothing_is_written_from_a_held_device(tablet, consent):
    give = reverse("patients:give_information", args=[consent.patient_id, consent.template_id])
    answer = tablet.post(give)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, CONFIRM)


def test_the_patients_own_page_stays_open(tablet, page):
    assert tablet.get(page).status_code == 200
    assert tablet.post(page, {}).status_code == 422
    assert tablet.get("/accounts/alive/").status_code == 200


def test_a_wrong_password_opens_nothing(tablet, consents):
    tablet.post(CONFIRM, {"password": "not-the-password", "next": consents})
    assert tablet.get(consents).status_code == 302


def test_the_right_one_gives_the_record_back(tablet, page, consents):
    answer = tablet.post(CONFIRM, {"password": PASSWORD, "next": consents})
    assert (answer.status_code, answer.url) == (302, consents)
    assert tablet.get(consents).status_code == 200
    assert tablet.get("/patients/").status_code == 200
    assert tablet.get(page).status_code == 200
    assert tablet.get("/patients/").status_code == 302, "handed over once more"


def test_to_have_confirmed_before_is_not_enough(client_of, clinician, page, consents):
    tablet = client_of(clinician)
    tablet.post(CONFIRM, {"password": PASSWORD, "next": "/"})
    tablet.get(page)
    assert tablet.get(consents).status_code == 302


def test_a_consent_that_cannot_be_signed_holds_nothing(client_of, clinician, consent, page):
    consent.case.closed_at, consent.case.closed_by = consent.information_given_at, clinician
    consent.case.outcome = "discharged"
    consent.case.save()
    tablet = client_of(clinician)
    assert "cannot be signed" in tablet.get(page).content.decode()
    assert tablet.get("/").status_code == 200
