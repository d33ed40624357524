"""The fictional clinic: every stage, the rules of a clinic in use, the same for the same seed."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.base.ids import uuid7
from clinic.booking.models import Appointment
from clinic.caseload.seed import fill, journeys
from clinic.caseload.seed.blanks import blank, filled_in, opened
from clinic.caseload.seed.books import BOOKS
from clinic.caseload.seed.bulk import checked_afterwards
from clinic.caseload.seed.rows import written
from clinic.caseload.stages import Stage, with_stage
from clinic.practice.models import Site
from clinic.staff.models import User
from clinic.staff.permissions import Role
from followups.access import to_reach
from patients import nhs
from patients.models import Case, ContraindicationCheck, NameWord, Patient
from tests.factories.patients import PatientFactory
from treatments.models import Session

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATIENTS = 60
PHONES = ("phone", "second_phone", "gp_phone", "emergency_phone")

_SCHEMA = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT indrelid::regclass::text, indexrelid::regclass::text,
        pg_get_indexdef(indexrelid) FROM pg_index
    UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger
        WHERE NOT tgisinternal
    UNION ALL SELECT attrelid::regclass::text, attname, attstorage::text FROM pg_attribute
        WHERE attnum > 0
    UNION ALL SELECT oid::regclass::text, 'options', reloptions::text FROM pg_class
"""


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
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.is_relation or field.related_model in journeys.TABLES
    ]
    values = list(rows.values_list(*[each.attname for each in fields if each.attname not in own]))
    return [*map(_without_keys_of_rules, values)] if model is ContraindicationCheck else values


def _without_keys_of_rules(values):
    """Leave out of a kept check which rows of the clinic its rules are."""
    return [
        [{name: said for name, said in each.items() if name != "rule"} for each in value]
        if isinstance(value, list)
        else value
        for value in values
    ]


def _clinic(monkeypatch, *, checked):
    """Fill an empty database, and return all rows of the patients."""
    monkeypatch.setattr(fill, "CHECKED_PATIENTS", checked)
    monkeypatch.setattr(fill, "PATIENTS_A_DESK", 10)
    fill.fill(patients=PATIENTS, seed=7, now=NOON)
    words = sorted(NameWord.objects.values_list("word", flat=True))
    return {model.__name__: _rows(model) for model in journeys.TABLES} | {"NameWord": words}


def _empty():
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        call_command("flush", verbosity=0, interactive=False)
        cursor.execute("SET session_replication_role = origin")


@pytest.mark.django_db(transaction=True)
def test_rows_let_in_at_once_are_those_that_pass_every_check_one_by_one(monkeypatch):
    one_by_one = _clinic(monkeypatch, checked=PATIENTS)
    _empty()
    before = _schema()
    at_once = _clinic(monkeypatch, checked=22)
    assert at_once == one_by_one
    assert len(at_once["Patient"]) == PATIENTS
    assert [name for name, rows in at_once.items() if not rows] == [], "each table must be filled"
    assert _schema() == before, "the database guards itself again"
    with transaction.atomic(), pytest.raises(IntegrityError):
        Session.objects.filter(signed_at__isnull=False).latest("pk").delete()


def _insert_case(patient_id):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO patients_case (id, created_at, patient_id, opened_at, outcome)"
            " VALUES (uuidv7(), now(), %s, now(), '')",
            [patient_id],
        )


def _insert_again(number):
    fields = [field for field in Patient._meta.concrete_fields if not field.generated]
    columns = ", ".join(field.column for field in fields if not field.primary_key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO patients_patient (id, {columns})"
            f" SELECT uuidv7(), {columns} FROM patients_patient WHERE number = %s",
            [number],
        )


@pytest.mark.django_db(transaction=True)
def test_a_row_that_points_nowhere_is_refused_with_all_others():
    before = _schema()
    good = PatientFactory()
    with pytest.raises(IntegrityError, match="is not present"), checked_afterwards([Case]):
        _insert_case(good.pk)
        _insert_case(uuid7())
    assert not Case.objects.exists()
    assert _schema() == before


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_there_twice_is_refused_with_all_others():
    before = _schema()
    number = PatientFactory().number
    with pytest.raises(IntegrityError, match="is duplicated"), checked_afterwards([Patient]):
        _insert_again(number)
    assert not Patient.objects.exists()
    assert _schema() == before


@pytest.mark.django_db(transaction=True)
def test_what_was_begun_and_not_finished_is_taken_back():
    before = _schema()
    patient = PatientFactory()
    with pytest.raises(ZeroDivisionError), checked_afterwards([Case]):
        _insert_case(patient.pk)
        raise ZeroDivisionError
    assert not Case.objects.exists()
    assert _schema() == before


def test_what_happened_at_one_desk_happened_at_another_to_other_people(monkeypatch):
    monkeypatch.setattr(fill, "PATIENTS_A_DESK", 10)
    clinic = fill.fill(patients=50, seed=7, now=NOON)
    first, fifth = (
        Appointment.objects.filter(practitioner=clinic.desks[number].practitioner)
        .exclude(starts_at__date=NOON.date())
        .order_by("starts_at")
        .select_related("patient")
        for number in (0, BOOKS)
    )
    assert [visit.starts_at for visit in first] == [visit.starts_at for visit in fifth]
    assert {visit.patient.family_name for visit in first} != {
        visit.patient.family_name for visit in fifth
    }
    assert not {visit.room_id for visit in first} & {visit.room_id for visit in fifth}


def test_what_copy_would_take_for_its_own_is_kept():
    text = "a\\b\tc\nd\re"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE kept (text text, list text[], nothing text, json jsonb)")
        with cursor.copy("COPY kept FROM STDIN") as copy:
            copy.write("\t".join(map(written, (text, ["x", "y"], None, {"k": text}))) + "\n")
        cursor.execute("SELECT text, list, nothing, json->>'k' FROM kept")
        assert cursor.fetchone() == (text, ["x", "y"], None, text)


def test_most_people_told_all_about_themselves_and_some_only_called():
    fill.fill(patients=PATIENTS, seed=7, now=NOON)
    people = list(Patient.objects.prefetch_related("consents"))
    callers = [person for person in people if person.date_of_birth is None]
    assert 0 < len(callers) < PATIENTS / 10
    assert not any(caller.consents.all() or caller.address_lines for caller in callers)
    for name in ("nhs_number", "gp_practice", "emergency_name", "postcode", "heard_of"):
        known = sum(bool(getattr(person, name)) for person in people)
        assert PATIENTS / 3 < known <= PATIENTS, name
    numbers = [person.nhs_number for person in people if person.nhs_number]
    assert all(number.startswith("999") and nhs.is_valid(number) for number in numbers)
    phones = [getattr(person, name) for person in people for name in PHONES]
    assert all(not phone or phone.startswith(("+447700900", "+441632960")) for phone in phones)
    assert all("email:visits" in person.contact_allowed for person in people)
    assert any("email:news" in person.contact_allowed for person in people)


def test_the_trail_tells_who_came():
    fill.fill(patients=20, seed=1, now=NOON)
    told = Event.objects.filter(kind=Kind.PATIENT_REGISTERED)
    assert {event.sentence for event in told} == {
        f"registered patient {patient.number}" for patient in Patient.objects.all()
    }


def test_a_blank_that_nobody_fills_in_is_an_error():
    assert filled_in(opened(f"one {blank('two')} three"), {"two": "2"}) == "one 2 three"
    with pytest.raises(KeyError, match="two"):
        filled_in(opened(blank("two")), {})


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


def test_a_clinic_that_is_not_empty_is_never_filled():
    call_command("seed", patients=1, seed=3, date="2026-11-23")
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed", patients=1, seed=3, date="2026-11-23")
    assert Patient.objects.count() == 1
