"""What the tests of the diary's pages share."""

from django.urls import reverse

from tests.booking.conftest import monday
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory
from tests.factories.staff import ClinicianFactory
from tests.shown import shown

MONDAY = "2026-11-23"


def text(response) -> str:
    return shown(response)


def diary_url(**query: str) -> str:
    return reverse("booking:diary", query={"date": MONDAY, **query})


def new_url(patient=None, **query: str) -> str:
    known = {"patient": patient.pk} if patient else {}
    return reverse("booking:new", query={**known, **query})


def fill(site, count: int) -> None:
    for number in range(count):
        AppointmentFactory(
            room=RoomFactory(site=site),
            practitioner=ClinicianFactory(sites=[site]),
            patient=PatientFactory(site=site),
            starts_at=monday(8 + number % 10),
        )
