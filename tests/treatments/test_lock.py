"""A signed session stays as it is, byte for byte, whatever is tried on it."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, NotSupportedError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from tests.factories.treatments import (
    LotFactory,
    SessionFactory,
    ZoneFactory,
    signed_session,
)
from treatments.actions.signing import add_addendum
from treatments.models import (
    Addendum,
    Anaesthetic,
    LotUse,
    MicrograftPreparation,
    PrpPreparation,
    Session,
    Spin,
    Zone,
)

CHILDREN = [Zone, Spin, Anaesthetic, LotUse, MicrograftPreparation, PrpPreparation, Addendum]
REFUSED = (IntegrityError, InternalError, NotSupportedError, ProtectedError, ValidationError)


def dump(session):
    """Every byte of the session and of all that belongs to it, as the database prints it."""
    rows = []
    with connection.cursor() as cursor:
        for model in [Session, *CHILDREN]:
            table = model._meta.db_table
            key = "id" if model is Session else "session_id"
            cursor.execute(
                f"SELECT t::text FROM {table} t WHERE {key} = %s ORDER BY 1", [session.pk]
            )
            rows += [(table, *row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT lot::text FROM treatments_lot lot JOIN treatments_lotuse used "
            "ON used.lot_id = lot.id WHERE used.session_id = %s ORDER BY 1",
            [session.pk],
        )
        rows += cursor.fetchall()
    return rows


def refused(attack):
    with pytest.raises(REFUSED), transaction.atomic():
        attack()


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def full(db):
    """A signed session of each technique with every kind of child."""
    sessions = []
    for number, technique in enumerate(["micrograft", "prp"], 1):
        draft = signed_session(technique, number=number)
        sessions.append(draft)
        add_addendum(by=draft.operator, session=draft, text="Called.", now=timezone.now())
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    return sessions


def test_every_column_of_a_signed_session_is_locked_by_orm_and_sql(full):
    for session in full:
        before = dump(session)
        for field in Session._meta.concrete_fields:
            changed = _changed(session, field)
            update = f"UPDATE treatments_session SET {field.column} = %s WHERE id = %s"
            with (
                pytest.raises(IntegrityError, match=r"is signed|id of a row"),
                transaction.atomic(),
            ):
                sql(update, changed, session.pk)
        refused(lambda s=session: Session.objects.filter(pk=s.pk).update(observations="x"))
        refused(lambda s=session: Session.objects.filter(pk=s.pk).delete())
        refused(lambda s=session: sql("DELETE FROM treatments_session WHERE id = %s", s.pk))
        session.observations = "x"
        refused(session.save)
        refused(session.delete)
        refused(lambda s=session: Session.objects.bulk_update([s], ["observations"]))
        assert dump(session) == before


def _changed(session, field):
    """Return a value that the column surely does not have, as the database takes it."""
    value = field.value_from_object(session)
    if value is None:
        value = _FIRST_VALUES.get(field.get_internal_type(), session.operator_id)
    elif isinstance(value, bool):
        value = not value
    elif isinstance(value, date):
        value += timedelta(days=1)
    elif isinstance(value, str):
        value += "x"
    elif isinstance(value, dict):
        value = {"zones": []}
    elif isinstance(value, UUID):
        value = uuid4()
    else:
        value += 1
    return field.get_db_prep_save(value, connection)


_FIRST_VALUES = {
    "DateTimeField": datetime(2026, 11, 22, 9, tzinfo=UTC),
    "DecimalField": Decimal("70.0"),
}


def test_no_child_is_added_changed_or_removed(full):
    for session in full:
        before = dump(session)
        for model in CHILDREN:
            for child in model.objects.filter(session=session):
                table = model._meta.db_table
                refused(child.delete)
                refused(lambda t=table, c=child: sql(f"DELETE FROM {t} WHERE id = %s", c.pk))
                refused(
                    lambda t=table, c=child: sql(
                        f"UPDATE {t} SET created_at = now() WHERE id = %s", c.pk
                    )
                )
                child.created_at = timezone.now()
                refused(lambda m=model, c=child: m.objects.bulk_update([c], ["created_at"]))
                refused(lambda m=model, s=session: m.objects.filter(session=s).delete())
        refused(lambda s=session: ZoneFactory(session=s, region="frontal"))
        refused(lambda s=session: Zone.objects.bulk_create([_zone(s)]))
        refused(lambda s=session: LotUse.objects.create(session=s, lot=LotFactory()))
        assert dump(session) == before


def _zone(session):
    return Zone(
        session=session,
        region="frontal",
        area_cm2=Decimal(1),
        volume_ml=Decimal(1),
        points=1,
        depth_mm=Decimal(1),
    )


def test_no_child_is_moved_into_or_out_of_a_signed_session(full):
    for session in full:
        other = SessionFactory()
        loose = ZoneFactory(session=other, region="occipital")
        before = dump(session)
        refused(lambda s=session, o=other: Zone.objects.filter(session=s).update(session=o))
        refused(lambda s=session, z=loose: Zone.objects.filter(pk=z.pk).update(session=s))
        assert dump(session) == before


def test_the_lot_that_a_signed_session_names_keeps_its_name_and_expiry(full):
    for session in full:
        lot = session.lot_uses.get().lot
        before = dump(session)
        for change in (
            {"expiry_date": date(2099, 1, 1)},
            {"lot_number": "other"},
            {"product": "other"},
            {"kind": "anaesthetic"},
        ):
            refused(lambda c=change, x=lot: type(x).objects.filter(pk=x.pk).update(**c))
        refused(lot.delete)
        assert dump(session) == before
        type(lot).objects.filter(pk=lot.pk).update(
            recalled_at=timezone.now(), recalled_by=session.operator
        )


@pytest.mark.parametrize("model", [Session, *CHILDREN], ids=lambda model: model.__name__)
def test_nothing_is_truncated_with_or_without_cascade(full, model):
    before = [dump(session) for session in full]
    refused(lambda: sql(f"TRUNCATE {model._meta.db_table} CASCADE"))
    refused(lambda: sql(f"TRUNCATE {model._meta.db_table}"))
    assert [dump(session) for session in full] == before


def test_what_a_signed_session_stands_on_is_not_removed_from_under_it(full):
    for session in full:
        before = dump(session)
        for ground in (session.patient, session.case, session.site, session.operator):
            refused(ground.delete)
            table = ground._meta.db_table
            refused(lambda t=table, g=ground: sql(f"DELETE FROM {t} WHERE id = %s", g.pk))
        refused(session.consent.delete)
        assert dump(session) == before


def test_fifty_sessions_stay_byte_identical_under_random_attacks(db):
    dice = random.Random(20261122)
    sessions = [
        signed_session(
            dice.choice(["micrograft", "prp"]),
            number=dice.randint(1, 200),
            observations="".join(dice.choices("abc ×µ²\n'\"", k=dice.randint(0, 60))),
            weight_kg=dice.choice([None, Decimal("62.5"), Decimal("104.0")]),
        )
        for _ in range(50)
    ]
    before = [dump(session) for session in sessions]
    for session in sessions:
        for attack in dice.sample(ATTACKS, k=3):
            refused(lambda a=attack, s=session: sql(a, s.pk))
    assert [dump(session) for session in sessions] == before


ATTACKS = [
    "UPDATE treatments_session SET signed_at = NULL, signed_by_id = NULL WHERE id = %s",
    "UPDATE treatments_session SET observations = observations || '.' WHERE id = %s",
    "UPDATE treatments_session SET performed_date = performed_date - 1 WHERE id = %s",
    "UPDATE treatments_session SET revision = revision + 1 WHERE id = %s",
    "UPDATE treatments_zone SET volume_ml = volume_ml + 0.01 WHERE session_id = %s",
    "UPDATE treatments_zone SET session_id = gen_random_uuid() WHERE session_id = %s",
    "UPDATE treatments_lotuse SET created_at = now() WHERE session_id = %s",
    "DELETE FROM treatments_zone WHERE session_id = %s",
    "DELETE FROM treatments_lotuse WHERE session_id = %s",
    "DELETE FROM treatments_session WHERE id = %s",
    "WITH gone AS (DELETE FROM treatments_zone WHERE session_id = %s RETURNING id) "
    "SELECT 1 FROM gone",
    "UPDATE treatments_lot SET expiry_date = expiry_date + 1 WHERE id IN "
    "(SELECT lot_id FROM treatments_lotuse WHERE session_id = %s)",
    "INSERT INTO treatments_zone SELECT gen_random_uuid(), now(), 'frontal', area_cm2, volume_ml, "
    "points, depth_mm, needle, syringes, session_id FROM treatments_zone WHERE session_id = %s",
]
