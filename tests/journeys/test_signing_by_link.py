"""A patient signs on a phone with the code from the outbox; the clinician signs too."""

import re

import pytest

from clinic.messaging.models import Message
from clinic.staff.permissions import Role
from patients.models import Consent
from tests.factories.patients import CaseFactory, DiscussedConsentFactory, PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.journeys.test_questionnaire import PASSWORD, opens_the_link


@pytest.fixture
def clinic(live_server, letter_box, settings):
    settings.PUBLIC_URL = live_server.url
    site = SiteFactory()
    doctor = ClinicianFactory(sites=[site], roles=[Role.CLINICIAN])
    doctor.set_password(PASSWORD)
    doctor.save()
    patient = PatientFactory(
        site=site,
        given_names="Adalbert",
        family_name="Okoro",
        email="adalbert@example.test",
        phone="+447700900123",
    )
    case = CaseFactory(patient=patient, clinician=doctor)
    consent = DiscussedConsentFactory(case=case, information_given_by=doctor, discussed_by=doctor)
    return doctor, consent


def in_the_outbox(purpose, pattern, channel):
    messages = Message.objects.filter(purpose=purpose, channel=channel)
    return re.search(pattern, messages.latest("created_at").body).group()


def gives_the_code(phone):
    """The link came by e-mail, so the code comes by text message."""
    phone.presses("Send me a code")
    phone.fills("Your code", in_the_outbox("identity_code", r"\d{6}", "sms"))
    phone.presses("Go on")


def tells_a_code(desk, patient):
    """For the next time, to who comes to the desk without their phone."""
    desk.opens(f"/patients/{patient.pk}/code/")
    desk.ticks("Face to face")
    desk.presses("Show a code to tell")
    desk.reads("Their code", "It is right once")


def test_a_patient_signs_on_a_phone_and_changes_their_mind(clinic, person, phone_profile):
    doctor, consent = clinic
    desk = person("the clinician")
    desk.signs_in(doctor.email, PASSWORD)
    desk.opens(f"/patients/{consent.patient_id}/consents/{consent.pk}/link/")
    desk.presses("Send the link")
    desk.reads("on its way to the patient")

    phone = person("the patient", **phone_profile)
    opens_the_link(phone, in_the_outbox("consent", r"http\S+/my/\S+", "email"))
    gives_the_code(phone)
    phone.follows(re.compile("Read"))
    phone.ticks("All of this is true for me")
    phone.fills("Your full name", "Adalbert Okoro")
    phone.unfolds("Type the name instead")
    phone.fills("Full name, as a signature", "Adalbert Okoro")
    phone.presses("Sign")
    phone.reads("What happens next")

    desk.opens("/")
    desk.reads("OKORO, Adalbert")
    desk.opens(f"/patients/{consent.patient_id}/consents/{consent.pk}/clinician/")
    desk.ticks("This is true, and I sign it")
    desk.fills("Your full name", str(doctor))
    desk.presses(f"Sign as {doctor}")
    assert Consent.objects.get(pk=consent.pk).is_valid

    phone.follows("I change my mind")
    phone.presses("Yes, I take it back")
    phone.reads("You took this back")
    assert not Consent.objects.get(pk=consent.pk).is_valid
    desk.opens("/")
    desk.reads("by the patient, on their own page")
    tells_a_code(desk, consent.patient)
