"""Somebody who is registered at another site comes to the desk."""

from datetime import date

import pytest
from django.urls import reverse

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
    assert "Ask a colleague there, or an admin, to register them here too" in page
    for detail in (ada.number, "Okoro<", "OKORO,", str(ada.pk), "Birmingham"):
        assert detail not in page, detail
    assert 'value="Okorro"' in page, "what was typed stays"
    assert Patient.objects.count() == 1
    assert desk.post(NEW, {**typed, "other_people": "elsewhere"}).status_code == 302
    assert Patient.objects.count() == 2


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
