from datetime import date

import pytest
from django.utils import timezone

from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.questionnaires import SentInFactory


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def patient(site):
    return PatientFactory(
        site=site,
        given_names="Adalbert",
        date_of_birth=date(1980, 11, 22),
        email="adalbert@example.test",
        sex="female",
    )


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def sent_in(patient):
    """Return a function that makes a questionnaire which was sent in with these answers."""
    return lambda told: SentInFactory(patient=patient, told=told)
