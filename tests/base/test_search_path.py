"""A temporary table, which anybody may make, never stands in for a table of the product."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories.patients import PatientFactory
from tests.factories.treatments import signed_session

pytestmark = pytest.mark.django_db


def run(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, parameters or None)


def test_a_lock_reads_the_signature_of_the_real_session():
    zone = signed_session().zones.get()
    run("CREATE TEMP TABLE treatments_session (id uuid, signed_at timestamptz) ON COMMIT DROP")
    with pytest.raises(IntegrityError, match="is signed"), transaction.atomic():
        run("UPDATE public.treatments_zone SET volume_ml = 9 WHERE id = %s", zone.pk)


def test_history_goes_to_the_real_table():
    patient = PatientFactory()
    run("CREATE TEMP TABLE patients_patientevent (LIKE public.patients_patientevent)")
    run("UPDATE public.patients_patient SET reason = 'Other' WHERE id = %s", patient.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM public.patients_patientevent")
        assert cursor.fetchone() == (1,)


def test_every_function_says_where_its_tables_are():
    """All but those of extensions, and those in plain SQL, which read no table."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT p.proname, p.proconfig FROM pg_proc p
              JOIN pg_namespace n ON n.oid = p.pronamespace
              JOIN pg_language l ON l.oid = p.prolang
             WHERE n.nspname = 'public' AND l.lanname = 'plpgsql' AND NOT EXISTS (
                   SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        """)
        functions = dict(cursor.fetchall())
    assert {"anagen_locked_with_parent", "_pgh_attach_context"} < functions.keys()
    unsaid = {
        name
        for name, said in functions.items()
        if "search_path=public, pg_temp" not in (said or [])
    }
    assert unsaid == set()
