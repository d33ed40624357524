"""What a row was before, and who changed it, is kept by the database against everybody."""

from uuid import UUID, uuid4

import pghistory
import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction
from pghistory.models import Context

from patients.models import Patient
from tests.factories.patients import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_the_application():
    """Let the statements of a test run in the role that web and worker connect as."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE anagen_app")
        yield cursor
        cursor.execute("RESET ROLE")


def refused(cursor, statement: str) -> None:
    with pytest.raises(IntegrityError, match="never changed or removed"), transaction.atomic():
        cursor.execute(statement)


def changed_by(**context: str) -> Patient:
    patient = PatientFactory()
    with pghistory.context(**context):
        Patient.objects.filter(pk=patient.pk).update(reason="Told by phone")
    return patient


def test_who_changed_a_row_can_neither_be_rewritten_nor_removed(as_the_application):
    past = changed_by(user="Ambrose").past_versions.get()
    assert past.pgh_context.metadata == {"user": "Ambrose"}
    refused(as_the_application, """UPDATE pghistory_context SET metadata = '{"user": "X"}'""")
    refused(as_the_application, "UPDATE pghistory_context SET id = gen_random_uuid()")
    refused(as_the_application, "DELETE FROM pghistory_context")
    past.pgh_context.refresh_from_db()
    assert past.pgh_context.metadata == {"user": "Ambrose"}


def test_who_changed_a_row_cannot_be_truncated_by_the_owner_of_the_tables_either():
    changed_by(user="Ambrose")
    with connection.cursor() as cursor:
        refused(cursor, "TRUNCATE pghistory_context CASCADE")
    assert Context.objects.count() == 1


def test_a_context_that_changes_midway_leaves_two_rows_and_each_version_its_own():
    patient = PatientFactory()
    this_one = Patient.objects.filter(pk=patient.pk)
    with pghistory.context(user=None):
        this_one.update(reason="one")
        with pghistory.context(user="Ambrose"), transaction.atomic():
            this_one.update(reason="two")
            this_one.update(reason="three")
    told = patient.past_versions.order_by("pgh_id").values_list("pgh_context__metadata", flat=True)
    assert list(told) == [{"user": None}, {"user": "Ambrose"}, {"user": "Ambrose"}]
    assert Context.objects.count() == 2


def test_a_change_without_a_context_is_kept_without_one():
    patient = PatientFactory()
    Patient.objects.filter(pk=patient.pk).update(reason="By the worker")
    assert patient.past_versions.get().pgh_context is None


@pytest.mark.parametrize("scope", ["", "LOCAL "])
def test_no_setting_switches_history_off(as_the_application, scope):
    patient = PatientFactory(reason="Before")
    names = ["before_update_update", "before_delete_delete", *_trigger_names("patients_patient")]
    as_the_application.execute(f"SET {scope}pgtrigger.ignore = '{{{','.join(names)}}}'")
    as_the_application.execute("UPDATE patients_patient SET reason = 'After'")
    assert patient.past_versions.get().reason == "Before"
    as_the_application.execute("DELETE FROM patients_siteregistration")
    as_the_application.execute("DELETE FROM patients_patient")
    versions = Patient.past_versions.rel.related_model.objects.filter(pgh_obj_id=patient.pk)
    assert list(versions.values_list("reason", flat=True).order_by("pgh_id")) == ["Before", "After"]


def test_no_function_of_the_database_asks_whether_to_stand_aside():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE prosrc ~* 'pgtrigger.ignore|_should_ignore' "
            "OR proname ~* '_should_ignore'"
        )
        assert cursor.fetchall() == []


def test_every_trigger_that_the_product_declares_is_in_the_database():
    for model, trigger in pgtrigger.registered():
        assert trigger.get_pgid(model) in _trigger_names(model._meta.db_table), (model, trigger)


def _trigger_names(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O'",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def test_the_key_of_a_context_is_what_the_request_gave_it():
    given = uuid4()
    patient = PatientFactory()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', %s, true)", [str(given)])
        cursor.execute("SELECT set_config('pghistory.context_metadata', '{}', true)")
        cursor.execute("UPDATE patients_patient SET reason = 'x'")
    assert patient.past_versions.get().pgh_context_id == UUID(str(given))
