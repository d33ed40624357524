"""Somebody who is registered at another site comes to the desk."""

from datetime import date

import pytest
from django.urls import reverse

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions.registration import add_site
from patients.models import Patient
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ReceptionFactory

pytestmark = pytest.mark.django_db
NEW = reverse("patients:new")


@pytest.fixture
def here():
    return SiteFactory(name="Henley-in-Arden")


@pytest.fixture
def there():
    return SiteFactory(name="Birmingham")


@pytest.fixture
def ada(there):
    return PatientFactory(
        site=there,
        family_name="Okoro",
        given_names="Ada",
        date_of_birth=date(1980, 11, 22),
        phone="+447700900123",
        email="",
    )


@pytest.fixture
def typed(here):
    return {
        "family_name": "Okorro",
        "given_names": "Ada",
        "date_of_birth": "22 11 1980",
        "sex": "female",
        "phone": "07700 900123",
        "site": str(here.pk),
    }


def test_the_desk_is_warned_learns_nothing_else_and_can_go_on(client_of, here, ada, typed):
    desk = client_of(ReceptionFactory(sites=[here]))
    answer = desk.post(NEW, typed)
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 409
    assert "Somebody very like this is registered at another of our sites." in page
    assert "Ask an admin to register them here too" in page
    for detail in (ada.number, "Okoro<", "OKORO,", str(ada.pk), "Birmingham"):
        assert detail not in page, detail
    assert 'value="Okorro"' in page, "what was typed stays"
    assert Patient.objects.count() == 1
    assert desk.post(NEW, {**typed, "other_people": "elsewhere"}).status_code == 302
    assert Patient.objects.count() == 2


def test_whoever_asks_about_a_patient_of_another_site_leaves_a_trace(client_of, here, ada, typed):
    asking = ReceptionFactory(sites=[here])
    client_of(asking).post(NEW, typed)
    event = Event.objects.get(actor=asking, kind=Kind.PATIENTS_SEARCHED)
    assert event.sentence == (
        "searched for patients by the details of a new one and found 0, and somebody at another"
        " site"
    )
    told = {"by_what": "the details of a new one", "found": 0, "elsewhere": True}
    assert event.details == told, "a number, a word for what was asked, and no name"


def test_asking_by_nhs_number_leaves_a_trace_too(client_of, here, ada, typed):
    Patient.objects.filter(pk=ada.pk).update(nhs_number="9434765919", nhs_number_status="said")
    asking = ReceptionFactory(sites=[here])
    stranger = typed | {
        "family_name": "Mockford",
        "date_of_birth": "1 2 1990",
        "phone": "",
        "nhs_number": "943 476 5919",
    }
    answer = client_of(asking).post(NEW, stranger)
    assert answer.status_code == 422
    assert "ask an admin to register them at your site too" in answer.content.decode()
    event = Event.objects.get(actor=asking, kind=Kind.PATIENTS_SEARCHED)
    assert event.sentence == "searched for patients by an NHS number and found 1"
    own = PatientFactory(site=here, family_name="Mockford", nhs_number=None)
    page = reverse("patients:edit", args=[own.pk])
    sent = stranger | {"revision": str(own.revision)}
    assert client_of(asking).post(page, sent).status_code == 422
    assert Event.objects.filter(actor=asking, kind=Kind.PATIENTS_SEARCHED).count() == 2


def test_that_it_is_another_person_is_on_record(client_of, here, there, ada, typed):
    near = PatientFactory(
        site=here,
        family_name="Okoro",
        given_names="Adah",
        date_of_birth=ada.date_of_birth,
        phone="",
        email="",
    )
    desk = client_of(ReceptionFactory(sites=[here]))
    assert desk.post(NEW, {**typed, "other_people": f"{near.pk} elsewhere"}).status_code == 302
    registered = Event.objects.get(kind=Kind.PATIENT_REGISTERED)
    event = Event.objects.get(kind=Kind.ANOTHER_PERSON)
    assert event.patient_id == registered.patient_id
    assert event.sentence == (
        f"said that this is another person than {near.number}, somebody at another site"
    )


def test_nobody_is_another_person_where_nobody_is_similar(client_of, here, typed):
    assert client_of(ReceptionFactory(sites=[here])).post(NEW, typed).status_code == 302
    kinds = {Kind.ANOTHER_PERSON, Kind.PATIENTS_SEARCHED}
    assert not Event.objects.filter(kind__in=kinds).exists()


def test_a_colleague_there_registers_them_here_too(client_of, here, there, ada):
    colleague = client_of(ReceptionFactory(sites=[there]))
    page = colleague.get(reverse("patients:edit", args=[ada.pk])).content.decode()
    assert "Henley-in-Arden" in page
    address = reverse("patients:add_site", args=[ada.pk])
    assert colleague.post(address, {"site": str(here.pk)}).status_code == 302
    desk = client_of(ReceptionFactory(sites=[here]))
    assert desk.get(reverse("patients:edit", args=[ada.pk])).status_code == 200


def test_nobody_helps_themselves_to_another_sites_patient(client_of, here, ada):
    desk = client_of(ReceptionFactory(sites=[here]))
    answer = desk.post(reverse("patients:add_site", args=[ada.pk]), {"site": str(here.pk)})
    assert answer.status_code == 404


def test_once_they_are_registered_here_the_usual_match_is_shown(client_of, here, there, ada, typed):
    add_site(by=ReceptionFactory(sites=[there]), patient=ada, site=here)
    page = client_of(ReceptionFactory(sites=[here])).post(NEW, typed).content.decode()
    assert "Is this the same person?" in page
    assert "another of our sites" not in page
