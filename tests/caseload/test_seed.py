"""The fictional clinic: every stage, the rules of a clinic in use, the same for the same seed."""

import gc
import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction

from clinic.audit.models import Event
from clinic.booking.models import Appointment
from clinic.caseload.seed import fill, journeys
from clinic.caseload.seed.bulk import checked_afterwards
from clinic.caseload.stages import Stage, with_stage
from clinic.practice.models import Site
from clinic.staff.models import User
from clinic.staff.permissions import Role
from followups.access import to_reach
from patients.models import Case, Patient
from treatments.models import Session

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATIENTS = 60

_SCHEMA = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT indrelid::regclass::text, indexrelid::regclass::text,
        pg_get_indexdef(indexrelid) FROM pg_index
    UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger
        WHERE NOT tgisinternal
"""


class _UndoneError(Exception):
    pass


def _schema():
    with connection.cursor() as cursor:
        cursor.execute(_SCHEMA)
        return set(cursor.fetchall())


def _rows(model: type[models.Model]):
    """Return what is known of each row of a patient, but not what is new in each clinic."""
    rows = model._default_manager.order_by("pk")
    if model is Event:
        rows = rows.filter(patient_id__isnull=False)
    own = {"number"} if model is Patient else {"details"} if model is Event else set()
    fields = [field for field in model._meta.concrete_fields if not field.is_relation]
    return list(rows.values_list(*[each.attname for each in fields if each.attname not in own]))


def _clinic(monkeypatch, *, checked):
    """Fill, return all rows of the patients, and undo."""
    monkeypatch.setattr(fill, "CHECKED_PATIENTS", checked)
    with pytest.raises(_UndoneError), transaction.atomic():
        fill.fill(patients=PATIENTS, seed=7, now=NOON)
        rows = {model.__name__: _rows(model) for model in journeys.TABLES}
        raise _UndoneError
    return rows


def test_rows_let_in_at_once_are_those_that_pass_every_check_one_by_one(monkeypatch):
    monkeypatch.setattr(fill, "BATCH", 15)
    one_by_one = _clinic(monkeypatch, checked=PATIENTS)
    at_once = _clinic(monkeypatch, checked=22)
    assert at_once == one_by_one
    assert len(at_once["Patient"]) == PATIENTS
    assert all(at_once.values()), "each table must be filled"


def test_the_database_guards_itself_again_after_rows_were_let_in_at_once(monkeypatch):
    monkeypatch.setattr(fill, "CHECKED_PATIENTS", 20)
    before = _schema()
    fill.fill(patients=30, seed=7, now=NOON)
    assert _schema() == before
    with transaction.atomic(), pytest.raises(IntegrityError):
        Session.objects.filter(signed_at__isnull=False).latest("pk").delete()


def test_a_row_that_points_nowhere_is_refused_with_all_others():
    before = _schema()
    with pytest.raises(IntegrityError), checked_afterwards([Case]), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO patients_case (id, created_at, patient_id, opened_at, clinician_id)"
            " VALUES (uuidv7(), now(), uuidv7(), now(), uuidv7())"
        )
    assert not Case.objects.exists()
    assert _schema() == before


def test_every_stage_and_every_way_of_waiting_is_in_the_demo():
    fill.fill(patients=20, seed=1, now=NOON)
    assert set(with_stage(Case.objects.all()).values_list("stage", flat=True)) == set(Stage)
    assert Session.objects.filter(signed_at__isnull=True).exists()
    today = Appointment.objects.filter(starts_at__date=NOON.date())
    assert {"booked", "confirmed", "arrived", "in_room", "done"} <= {
        visit.status for visit in today
    }


def test_reception_of_each_site_has_somebody_to_call_for_a_review():
    fill.fill(patients=20, seed=1, now=NOON)
    desks = User.objects.filter(roles=[Role.RECEPTION])
    assert {site for desk in desks for site in desk.sites.all()} == set(Site.objects.all())
    for desk in desks:
        assert to_reach(desk, site=None, today=NOON.date(), now=NOON, most=1)


def test_the_command_writes_accounts_that_can_sign_in(tmp_path, client):
    accounts = tmp_path / "accounts.json"
    call_command("seed", patients=1, seed=3, date="2026-11-23", accounts_file=accounts)
    first = json.loads(accounts.read_text())[0]
    assert User.objects.get(email=first["email"]).check_password(first["password"])


def test_the_command_leaves_the_search_for_cycles_as_it_was():
    assert gc.isenabled()
    call_command("seed", patients=1, seed=3, date="2026-11-23")
    assert gc.isenabled()


def test_a_clinic_that_is_not_empty_is_never_filled():
    call_command("seed", patients=1, seed=3, date="2026-11-23")
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed", patients=1, seed=3, date="2026-11-23")
    assert Patient.objects.count() == 1
