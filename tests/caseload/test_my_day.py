"""What a clinician reads in the morning, before the first door is opened."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.practice.models import Service, Technique
from clinic.staff.access import SITE_CHOSEN_FOR
from patients.models import Allergy
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.practice import RoomFactory, ServiceFactory, SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.factories.treatments import PlanFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(clinician, site):
    """Return a function that books a patient with the clinician today."""
    room = RoomFactory(site=site)

    def book(patient=None, *, hour=12, room=room, **values):
        starts_at = datetime.combine(
            timezone.localdate(timezone=room.site.zone), time(hour), tzinfo=room.site.zone
        )
        return AppointmentFactory(
            patient=patient or PatientFactory(site=room.site),
            practitioner=clinician,
            room=room,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
            **values,
        )

    return book


def my_day(client_of, clinician) -> str:
    return " ".join(client_of(clinician).get(reverse("caseload:home")).content.decode().split())


def test_the_allergy_stands_there_in_words(client_of, clinician, visit):
    appointment = visit()
    by = {"recorded_at": timezone.now(), "recorded_by": clinician}
    for substance in ("Penicillin", "Latex"):
        Allergy.objects.create(patient=appointment.patient, substance=substance, **by)
    wrong = {"withdrawn_at": timezone.now(), "withdrawn_by": clinician}
    Allergy.objects.create(patient=appointment.patient, substance="Nickel", **by, **wrong)
    page = my_day(client_of, clinician)
    assert "Allergic to Latex, Penicillin" in page
    assert "Nickel" not in page


def test_two_of_one_surname_are_told_apart(client_of, clinician, visit):
    visit(PatientFactory(family_name="Draftstone"), hour=10)
    visit(PatientFactory(family_name="Elsewise"), hour=11)
    assert "DRAFTSTONE today" not in my_day(client_of, clinician)
    visit(PatientFactory(family_name="DRAFTSTONE"), hour=12)
    today = my_day(client_of, clinician).split('id="today"')[1]
    assert today.count("Another DRAFTSTONE today") == 2
    visit(PatientFactory(family_name="Draftstone"), hour=13)
    today = my_day(client_of, clinician).split('id="today"')[1]
    assert today.count("2 others named DRAFTSTONE today") == 3


def test_a_namesake_whom_a_colleague_sees_at_the_same_site_is_told_apart_too(
    client_of, clinician, visit, site
):
    visit(PatientFactory(family_name="Draftstone"), hour=10)
    theirs = visit(PatientFactory(family_name="Draftstone"), hour=12)
    theirs.practitioner = ClinicianFactory(sites=[site])
    theirs.save()
    assert "Another DRAFTSTONE today" in my_day(client_of, clinician)
    theirs.cancelled_at, theirs.cancelled_by = timezone.now(), clinician
    theirs.cancelled_reason = "Ill"
    theirs.save()
    assert "DRAFTSTONE today" not in my_day(client_of, clinician)


def test_one_patient_who_comes_twice_is_nobodys_namesake(client_of, clinician, visit):
    patient = PatientFactory()
    visit(patient, hour=10)
    visit(patient, hour=12)
    assert f"{patient.family_name.upper()} today" not in my_day(client_of, clinician)


def test_the_session_of_a_patient_who_is_here_is_one_tap_away(client_of, clinician, visit):
    prp = ServiceFactory(purpose=Service.Purpose.TREATMENT, technique=Technique.PRP)
    appointment = visit(service=prp)
    start = f"{reverse('treatments:start', args=[appointment.patient_id])}?appointment="
    assert start not in my_day(client_of, clinician), "nobody is there yet"
    appointment.arrived_at, appointment.arrived_by = timezone.now(), clinician
    appointment.save()
    page = my_day(client_of, clinician)
    assert f"{start}{appointment.pk}" in page
    assert "Start session" in page
    case = CaseFactory(patient=appointment.patient)
    plan = PlanFactory(case=case, technique=Technique.PRP)
    SessionFactory(case=case, plan=plan, technique=Technique.PRP, site=appointment.site)
    page = my_day(client_of, clinician)
    assert "Open draft" in page
    assert "Start session" not in page


def test_the_day_begins_at_the_site_of_the_first_own_appointment(client_of, clinician, visit, site):
    elsewhere = SiteFactory(name="Aaa, first in the alphabet")
    later = RoomFactory(site=elsewhere)
    visit(hour=9)
    visit(hour=15, room=later)
    browser = client_of(clinician)
    answer = browser.get(reverse("caseload:home"))
    assert answer.context["current_site"] == site
    assert site.name in answer.content.decode().split('id="today"')[1]
    browser.post(reverse("switch_site"), {"site": elsewhere.slug, "next": "/"})
    answer = browser.get(reverse("caseload:home"))
    assert answer.context["current_site"] == elsewhere, "a choice of one's own stands"


def test_a_site_chosen_before_my_day_is_opened_stands(client_of, clinician, visit, site):
    elsewhere = SiteFactory(name="Aaa, first in the alphabet")
    visit(hour=9, room=RoomFactory(site=elsewhere))
    browser = client_of(clinician)
    browser.post(reverse("switch_site"), {"site": site.slug, "next": "/diary/"})
    assert browser.get(reverse("caseload:home")).context["current_site"] == site


def test_a_choice_of_yesterday_does_not_hold_today(client_of, clinician, visit, site):
    elsewhere = SiteFactory(name="Aaa, first in the alphabet")
    visit(hour=9, room=RoomFactory(site=elsewhere))
    browser = client_of(clinician)
    browser.post(reverse("switch_site"), {"site": site.slug, "next": "/diary/"})
    session = browser.session
    session[SITE_CHOSEN_FOR] = (timezone.localdate() - timedelta(days=1)).isoformat()
    session.save()
    assert browser.get(reverse("caseload:home")).context["current_site"] == elsewhere


@pytest.mark.parametrize("count", [1, 5])
def test_the_number_of_queries_does_not_grow(
    client_of, clinician, visit, count, django_assert_max_num_queries
):
    for hour in range(9, 9 + count):
        visit(hour=hour)
    browser = client_of(clinician)
    browser.get(reverse("caseload:home"))
    with django_assert_max_num_queries(14):
        browser.get(reverse("caseload:home"))
