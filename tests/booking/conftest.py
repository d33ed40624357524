"""A small invented clinic with one consulting room, open on a Monday."""

from datetime import UTC, datetime

import pytest
import time_machine

from clinic.booking import actions
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory, ServiceFactory, SiteFactory
from tests.factories.staff import ClinicianFactory, ReceptionFactory

# Sunday 22-Nov-2026, 09:00 in London; the visits of these tests are on the Monday after.
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def monday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


@pytest.fixture
def sunday():
    """Let the day before the visits stand still."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client_of, site):
    """A browser at the front desk of the site."""
    return client_of(ReceptionFactory(sites=[site]))


@pytest.fixture
def site(db):
    return SiteFactory(name="Henley Test Site", slug="henley")


@pytest.fixture
def room(site):
    return RoomFactory(site=site, name="Room 1")


@pytest.fixture
def service(db):
    return ServiceFactory(name="Consultation", slug="consultation")


@pytest.fixture
def doctor(site):
    return ClinicianFactory(given_name="Amy", family_name="Test", sites=[site])


@pytest.fixture
def patient(site):
    return PatientFactory(family_name="Testperson", given_names="Invented", site=site)


@pytest.fixture
def book(reception, patient, service, site, doctor, room):
    """Return a function that books Monday at ten, or what it is told."""

    def do(**changes):
        values = {
            "by": reception,
            "patient": patient,
            "service": service,
            "site": site,
            "practitioner": doctor,
            "room": room,
            "starts_at": monday(10),
            "now": NOW,
        }
        return actions.book(**(values | changes))

    return do
