"""What follows from a withdrawal outside the consents: the clinician, messages, documents."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.caseload.summary import collect
from clinic.documents import actions as documents
from clinic.documents.models import Document
from clinic.messaging.actions import queue
from clinic.messaging.models import Message
from patients.actions.consents import after_signing, withdraw_consent
from patients.models import Consent
from tests.factories.documents import DocumentFactory
from tests.factories.patients import CaseFactory, PatientFactory, SignedConsentFactory
from tests.factories.photos import PhotoFactory, PhotoSetFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory
from tests.factories.treatments import signed_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def case(site):
    clinician = ClinicianFactory(sites=[site])
    return CaseFactory(patient=PatientFactory(site=site), clinician=clinician)


def consent_to(case, purpose, **values) -> Consent:
    return SignedConsentFactory(
        case=case,
        template__purpose=purpose,
        template__technique="",
        template__title=f"About {purpose}",
        template__reflection_days=0,
        **values,
    )


def test_reception_records_what_a_patient_says_on_the_phone_and_the_clinician_reads_of_it(
    client_of, site, case
):
    consent = SignedConsentFactory(case=case, template__title="Micrograft treatment")
    desk = client_of(ReceptionFactory(sites=[site]))
    listed = desk.get(reverse("patients:withdrawals", args=[case.patient_id])).content.decode()
    address = reverse("patients:withdraw_consent", args=[case.patient_id, consent.pk])
    assert address in listed
    assert consent.signed_name not in listed
    assert "How did the patient say so?" in desk.get(address).content.decode()
    assert desk.post(address, {"reason": ""}).status_code == 422
    answer = desk.post(address, {"how": "phone", "reason": "Moved away."}, follow=True)
    assert "Nothing to withdraw" in answer.content.decode()
    home = client_of(case.clinician).get(reverse("caseload:home")).content.decode()
    assert "Consents withdrawn" in home
    assert "by phone, recorded by" in home
    other = client_of(ClinicianFactory(sites=[site])).get(reverse("caseload:home"))
    assert "Consents withdrawn" not in other.content.decode()


def taken_back(consent):
    withdraw_consent(by=None, consent=consent, how="own_page", now=timezone.now())


def home_of(client_of, user):
    return client_of(user).get(reverse("caseload:home")).content.decode()


def test_what_is_taken_back_after_the_case_was_closed_reaches_who_signed_it(client_of, case):
    consent = consent_to(case, "photographs", photo_scopes=["clinical"])
    case.closed_at, case.closed_by, case.outcome = timezone.now(), case.clinician, "completed"
    case.clinician = None
    case.save()
    taken_back(consent)
    assert "About photographs" in home_of(client_of, consent.signed_by)
    stranger = ClinicianFactory(sites=[case.patient.registrations.get().site])
    assert "About photographs" not in home_of(client_of, stranger)


def test_where_nobody_of_them_works_here_any_more_every_clinician_of_the_site_reads_of_it(
    client_of, site, case
):
    consent = consent_to(case, "research")
    case.clinician = None
    case.save()
    consent.signed_by.is_active = False
    consent.signed_by.save()
    taken_back(consent)
    assert "About research" in home_of(client_of, ClinicianFactory(sites=[site]))
    elsewhere = ClinicianFactory(sites=[SiteFactory()])
    assert "About research" not in home_of(client_of, elsewhere)


def test_a_long_list_of_what_was_taken_back_is_not_cut(client_of, site, clinician):
    for number in range(10):
        patient = PatientFactory(site=site, family_name=f"Person{number}")
        own = CaseFactory(patient=patient, clinician=clinician)
        taken_back(SignedConsentFactory(case=own))
    page = home_of(client_of, clinician)
    assert all(f"PERSON{number}" in page.upper() for number in range(10))


def test_the_chart_says_what_was_agreed_to_and_taken_back(client_of, case):
    consent_to(case, "marketing")
    research = consent_to(case, "research")
    withdraw_consent(by=ClinicianFactory(), consent=research, now=timezone.now())
    page = client_of(case.clinician).get(reverse("caseload:chart", args=[case.patient_id]))
    states = {each.name: each.state.words for each in page.context["agreed"]}
    assert states["News and offers"].startswith("Agreed ")
    assert states["Research"].startswith("Withdrawn ")
    assert states["Sharing with the GP"] == "Not agreed"


def news(case) -> list[Message]:
    return queue(
        by=None,
        patient=case.patient,
        purpose=Message.Purpose.MARKETING,
        key="open day",
        due_at=timezone.now() + timedelta(days=1),
        subject="Open day",
        body="Come and see us.",
    )


def test_news_are_written_only_with_consent_and_stop_with_its_withdrawal(case):
    case.patient.contact_allowed = [*case.patient.contact_allowed, "email:news"]
    case.patient.save()
    assert news(case) == []
    consent = consent_to(case, "marketing")
    photographs = consent_to(case, "photographs", photo_scopes=["clinical"])
    (message,) = news(case)
    withdraw_consent(by=case.clinician, consent=photographs, now=timezone.now())
    message.refresh_from_db()
    assert message.status == "waiting"
    withdraw_consent(by=case.clinician, consent=consent, now=timezone.now())
    message.refresh_from_db()
    assert message.status == "cancelled"


def test_the_paper_of_a_consent_shows_text_signatures_times_and_digest(case, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    consent = SignedConsentFactory(case=case, signed_name="Ada Invented")
    for react in after_signing:
        react(consent, by=case.clinician)
    paper = Document.objects.get()
    assert documents.issue(paper.pk)
    paper.refresh_from_db()
    assert (paper.status, paper.failure) == ("issued", "")
    assert paper.page_count == 1
    assert not documents.issue(paper.pk), "it is made once"


def test_a_paper_is_not_made_of_words_that_do_not_agree_with_their_digest(case, monkeypatch):
    consent = SignedConsentFactory(case=case)
    for react in after_signing:
        react(consent, by=case.clinician)
    monkeypatch.setattr("clinic.documents.consent_paper.digest", lambda text: "another")
    assert not documents.issue(Document.objects.get().pk)
    assert "does not agree with its digest" in Document.objects.get().failure


def test_a_summary_asked_for_before_a_withdrawal_and_made_after_it_shows_no_photograph(site, case):
    signed_session(case=case, site=site)
    PhotoFactory(photo_set=PhotoSetFactory(case=case))
    consent = consent_to(case, "photographs", photo_scopes=["clinical"])
    asked_for = DocumentFactory(case=case)
    assert collect(asked_for, now=timezone.now()).photos.pictures
    withdraw_consent(by=case.clinician, consent=consent, now=timezone.now())
    photos = collect(asked_for, now=timezone.now()).photos
    assert (photos.agreed, photos.pictures) == (False, {})
