"""A patient at a site, with an open case, and a browser in which a clinician is signed in."""

import pytest

from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.practice import SiteFactory


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def case(site):
    return CaseFactory(patient=PatientFactory(site=site, given_names="Ada", family_name="Okoro"))


@pytest.fixture
def browser(client_of, clinician, site):
    return client_of(clinician)
