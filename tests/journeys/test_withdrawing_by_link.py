"""A patient takes everything back on a phone, and at once the clinic can do none of it any more."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from clinic.caseload.summary_delivery import ask_for_summary
from clinic.documents import actions as documents
from clinic.messaging.actions import queue
from clinic.messaging.models import Message
from clinic.staff.permissions import Role
from patients.consent.rules import may_use_for_research
from patients.models import Consent
from tests.factories.patients import CaseFactory, PatientFactory, SignedConsentFactory
from tests.factories.photos import PhotoFactory, PhotoSetFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.factories.treatments import PlanFactory, signed_session
from tests.journeys.test_questionnaire import PASSWORD, opens_the_link
from tests.journeys.test_signing_by_link import gives_the_code
from tests.treatments.pages import WHOLE_MICROGRAFT, page_of, url_of
from treatments.actions.starting import start_session

SHARED = ["photographs", "marketing", "research"]


@pytest.fixture
def case(live_server, letter_box, settings, tmp_path):
    """A patient who agreed to everything, was treated once, and is to be treated again."""
    settings.PUBLIC_URL = live_server.url
    settings.MEDIA_ROOT = tmp_path / "media"
    site = SiteFactory()
    doctor = ClinicianFactory(sites=[site], roles=[Role.CLINICIAN])
    doctor.set_password(PASSWORD)
    doctor.save()
    patient = PatientFactory(site=site, email="ada@example.test", phone="+447700900123")
    patient.contact_allowed = [*patient.contact_allowed, "email:news"]
    patient.save()
    a_month_ago = timezone.now() - timedelta(days=30)
    case = CaseFactory(patient=patient, clinician=doctor, opened_at=a_month_ago)
    SignedConsentFactory(case=case)
    for purpose in SHARED:
        SignedConsentFactory(
            case=case,
            template__purpose=purpose,
            template__technique="",
            template__title=f"About {purpose}",
            template__reflection_days=0,
            photo_scopes=["clinical", "website"] if purpose == "photographs" else [],
        )
    signed_session(case=case, site=site)
    PhotoFactory(photo_set=PhotoSetFactory(case=case))
    return case


@pytest.fixture
def draft(case, client_of):
    """The next session, with everything in it."""
    PlanFactory(case=case)
    site = case.patient.registrations.get().site
    doctor = case.clinician
    session = start_session(
        by=doctor, case=case, technique="micrograft", site=site, now=timezone.now()
    )
    yesterday = (timezone.localdate(timezone=site.zone) - timedelta(days=1)).isoformat()
    days = dict.fromkeys(("performed_date", "asked_date"), yesterday)
    answer = client_of(doctor).post(url_of(session), page_of(session, **WHOLE_MICROGRAFT, **days))
    assert answer.status_code == 302
    return session


def takes_back(phone):
    for use in phone.page.get_by_role("checkbox").all():
        use.check()
    phone.presses("Yes, I take it back")
    phone.reads("You took this back")


def pictures_in_the_next_summary(case):
    paper = ask_for_summary(by=case.clinician, case=case, send_link=False, now=timezone.now())
    assert documents.issue(paper.pk)
    paper.refresh_from_db()
    with paper.file.open("rb") as file:
        return sum(len(page.images) for page in PdfReader(file).pages)


def test_what_a_patient_takes_back_on_a_phone_counts_at_once(
    case, draft, person, phone_profile, live_server
):
    patient = case.patient
    news = {"subject": "Open day", "body": "Come.", "due_at": timezone.now() + timedelta(days=1)}
    (letter,) = queue(by=None, patient=patient, purpose="marketing", key="open-day", **news)
    desk = person("the clinician")
    desk.signs_in(case.clinician.email, PASSWORD)
    desk.opens(url_of(draft, "sign"))
    expect(desk.page.get_by_role("button", name="Sign as")).to_have_count(1)
    assert pictures_in_the_next_summary(case) > 0

    _, secret = documents.create_link(
        by=case.clinician, patient=patient, way="email", now=timezone.now()
    )
    phone = person("the patient", **phone_profile)
    opens_the_link(phone, f"{live_server.url}/my/{secret}/")
    phone.opens(f"/my/{secret}/code/")
    gives_the_code(phone)
    phone.follows(re.compile("^Open Micrograft treatment"))
    phone.follows("I change my mind")
    takes_back(phone)
    for consent in Consent.objects.signed().filter(patient=patient):
        phone.opens(reverse("portal:change_mind", args=[secret, consent.pk]))
        takes_back(phone)
    assert not Consent.objects.signed().filter(patient=patient).exists()

    desk.opens(url_of(draft, "sign"))
    desk.reads("There is no standing consent to Micrograft treatment")
    expect(desk.page.get_by_role("button", name="Sign as")).to_have_count(0)
    assert pictures_in_the_next_summary(case) == 0
    assert Message.objects.get(pk=letter.pk).status == "cancelled"
    assert queue(by=None, patient=patient, purpose="marketing", key="another", **news) == []
    assert not may_use_for_research(patient)
    desk.opens(reverse("caseload:chart", args=[patient.pk]))
    agreed = desk.page.locator("section", has=desk.page.get_by_role("heading", name="Agreed to"))
    desk.reads("Research", "Withdrawn", within=agreed.last)
