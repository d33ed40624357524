"""Web and worker import as the role that they have in a clinic, which owns nothing."""

from importlib import import_module

import pytest
from django.db import connection

from patients.models import Patient
from tests.patients.importing import csv_file, imported

pytestmark = pytest.mark.django_db
GRANT = import_module("patients.migrations.0020_temporary_tables").GRANT
LINES = ("P1,Ada,Okoro,22/11/1980,07700900123,", "P2,Ben,Tide,01/02/1975,,b@example.test")


@pytest.fixture
def as_the_application_of_an_upgraded_clinic():
    """Take from everybody what roles.sql takes, let the migration give, and change the role."""
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


@pytest.mark.parametrize("whole", [True, False])
def test_a_file_is_checked_and_imported(
    admin, site, whole, as_the_application_of_an_upgraded_clinic
):
    which = imported(admin, site, csv_file(*LINES), whole=whole)
    assert which.state == "done", which.failure
    assert set(Patient.objects.values_list("family_name", flat=True)) == {"Okoro", "Tide"}


def test_the_same_file_again_finds_who_is_registered(
    admin, site, as_the_application_of_an_upgraded_clinic
):
    imported(admin, site, csv_file(*LINES))
    assert imported(admin, site, csv_file(*LINES)).state == "done"
    assert Patient.objects.count() == 2
