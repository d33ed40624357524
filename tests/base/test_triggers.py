"""The database itself refuses what must never happen."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from tests.factories.patients import ConsentFactory, SignedConsentFactory
from tests.factories.treatments import ZoneFactory, signed_session
from treatments.models import Session, Zone

pytestmark = pytest.mark.django_db


def refused(statement: str, *parameters: object) -> None:
    """Run a statement in a savepoint and require that the database refuses it."""
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # rows of this test are checked already
        cursor.execute(statement, parameters or None)


def test_an_audit_event_is_never_changed():
    event = audit.record(Kind.PATIENTS_SEARCHED, by=None)
    refused("UPDATE audit_event SET actor_label = 'Nobody' WHERE id = %s", event.pk)
    refused("DELETE FROM audit_event WHERE id = %s", event.pk)
    refused("TRUNCATE audit_event")
    refused("SELECT set_config('pgtrigger.ignore', '{append_only}', true); DELETE FROM audit_event")
    assert Event.objects.count() == 1


def test_field_level_history_keeps_what_was_before_and_is_never_changed():
    consent = ConsentFactory()
    consent.questions = "Will it hurt?"
    consent.save()
    past = consent.past_versions.get()
    assert (past.pgh_label, past.questions) == ("before_update", "")
    refused("UPDATE patients_consentevent SET questions = 'x'")
    refused("DELETE FROM patients_consentevent")
    refused("TRUNCATE patients_consentevent")


def test_a_signed_session_and_its_children_are_locked():
    session = signed_session()
    zone = session.zones.get()
    refused("UPDATE treatments_session SET observations = 'x' WHERE id = %s", session.pk)
    refused("UPDATE treatments_session SET signed_at = NULL, signed_by_id = NULL")
    refused("DELETE FROM treatments_session")
    refused("UPDATE treatments_zone SET volume_ml = 9 WHERE id = %s", zone.pk)
    refused("DELETE FROM treatments_zone")
    refused("TRUNCATE treatments_session CASCADE")
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneFactory(session=session, region=Zone.Region.FRONTAL)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.update(observations="changed in bulk")
    assert Session.objects.get().observations == ""


def test_every_table_of_the_product_refuses_truncate_where_it_holds_a_record():
    allowed = {
        "practice_site",
        "practice_room",
        "practice_service",
        "staff_user",
        "staff_user_sites",
        "photos_derivation",
        "patients_likelypair",  # found anew every night
    }
    product = {"audit", "practice", "staff", "patients", "messaging", "documents", "photos"}
    product |= {"booking", "treatments", "followups"}
    for model in apps.get_models():
        table = model._meta.db_table
        if model._meta.app_label in product and table not in allowed:
            refused(f'TRUNCATE "{table}" CASCADE')


def test_withdrawal_is_the_only_change_to_a_signed_consent_and_happens_once():
    consent = SignedConsentFactory()
    refused("UPDATE patients_consent SET signed_name = 'x' WHERE id = %s", consent.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE patients_consent SET withdrawn_at = now(), withdrawn_by_id = signed_by_id, "
            "withdrawn_reason = 'changed my mind'"
        )
    refused("UPDATE patients_consent SET withdrawn_at = NULL, withdrawn_by_id = NULL")
