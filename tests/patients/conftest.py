"""A patient at a site, a browser in which a clinician is signed in, the application's own role."""

from importlib import import_module

import pytest
from django.db import connection

from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.practice import SiteFactory

GRANT = import_module("patients.migrations.0020_temporary_tables").GRANT


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def case(site):
    return CaseFactory(patient=PatientFactory(site=site, given_names="Ada", family_name="Okoro"))


@pytest.fixture
def browser(client_of, clinician, site):
    return client_of(clinician)


@pytest.fixture
def as_the_application(db):
    """Have the rights of web and worker in a clinic, who own nothing, until the test ends.

    Taken from everybody is what roles.sql takes; what migrations give since then is given.
    """
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the rows so far are whole
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        cursor.execute(f"REVOKE ALL ON DATABASE {name} FROM anagen_app")
        cursor.execute(GRANT)
        cursor.execute("SET LOCAL ROLE anagen_app")
        yield
        cursor.execute("RESET ROLE")
