"""A patient answers the history on a phone, stops, comes back; the clinician accepts it."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from clinic.messaging.models import Message
from clinic.questionnaires.models import Questionnaire
from clinic.staff.permissions import Role
from patients.models import HistoryEntry
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory

PASSWORD = "invented-password-7"


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
        sex="male",
        date_of_birth=date(1980, 11, 22),
        email="adalbert@example.test",
    )
    return doctor, patient


def opens_the_link(somebody, link):
    somebody.opens(link)
    for label, value in (("Day", "22"), ("Month", "11"), ("Year", "1980")):
        somebody.fills(label, value)
    somebody.presses("Open my page")


def is_saved(somebody):
    expect(somebody.page.locator("[data-saved]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))


def test_a_patient_answers_on_a_phone_and_the_clinician_accepts(clinic, person, phone_profile):
    doctor, patient = clinic
    desk = person("the clinician")
    desk.signs_in(doctor.email, PASSWORD)
    desk.opens(f"/patients/{patient.pk}/questionnaires/")
    desk.presses("Send the questions")
    desk.reads("on their way")
    link = re.search(r"http\S+/my/\S+", Message.objects.get(channel="email").body).group()

    phone = person("the patient", **phone_profile)
    opens_the_link(phone, link)
    phone.follows("Start")
    phone.ticks("Slowly")
    is_saved(phone)
    phone.context.close()

    again = person("the patient, later", **phone_profile)
    opens_the_link(again, link)
    again.follows("Your hair")
    expect(again.page.get_by_label("Slowly")).to_be_checked()
    again.presses("Go on")
    again.opens(f"{link}questions/goals/")
    again.fills("What do you hope for?", "Fuller at the front")
    is_saved(again)
    again.opens(f"{link}questions/check/")
    again.presses("Send to the clinic")
    again.reads("Thank you, Adalbert")

    questionnaire = Questionnaire.objects.get()
    desk.opens(f"/patients/{patient.pk}/questionnaires/{questionnaire.pk}/")
    desk.presses("Accept 1 that contradicts nothing under Hair loss")
    desk.presses("Accept 1 that contradicts nothing under Goals")
    desk.reads("Gone through by")
    desk.opens(f"/patients/{patient.pk}/history/")
    desk.reads("Gradual")
    desk.reads("Fuller at the front")
    assert HistoryEntry.objects.get().recorded_by == doctor
