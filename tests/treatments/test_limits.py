"""Every impossible quantity is refused by the form, and by the database past every form."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from tests.factories.treatments import (
    LotFactory,
    LotUseFactory,
    MicrograftPreparationFactory,
    PrpPreparationFactory,
    PrpSessionFactory,
    SessionFactory,
    SpinFactory,
    ZoneFactory,
)
from tests.treatments.pages import page_of, stored, url_of, with_row
from treatments.forms.rows import ZoneForm
from treatments.forms.session import MicrograftForm, PrpForm, SessionForm
from treatments.models import (
    Anaesthetic,
    Lot,
    MicrograftPreparation,
    PrpPreparation,
    Session,
    Spin,
    Zone,
)

WRONG_FIELDS = [
    ("micrograft", "weight_kg", "-70"),
    ("micrograft", "weight_kg", "29.9"),
    ("micrograft", "weight_kg", "7000"),
    ("micrograft", "performed_date", "2999-01-01"),
    ("micrograft", "performed_date", "yesterday"),
    ("micrograft", "punches", "-3"),
    ("micrograft", "punches", "61"),
    ("micrograft", "punches", "2.5"),
    ("micrograft", "punch_diameter_mm", "0"),
    ("micrograft", "punch_depth_mm", "99"),
    ("micrograft", "saline_ml", "-4"),
    ("micrograft", "saline_ml", "four"),
    ("micrograft", "saline_ml", "NaN"),
    ("micrograft", "processing_minutes", "0"),
    ("micrograft", "suspension_ml", "1e9"),
    ("micrograft", "donor_site", "knee"),
    ("prp", "blood_ml", "-20"),
    ("prp", "prp_ml", "0"),
    ("prp", "blood_platelets", "0"),
    ("prp", "prp_platelets", "20001"),
    ("prp", "anticoagulant", "gin"),
    ("prp", "responsible_doctor", "nobody"),
]


@pytest.mark.parametrize(("technique", "name", "value"), WRONG_FIELDS)
def test_a_wrong_entry_is_marked_kept_and_not_stored(
    client_of, clinician, start, technique, name, value
):
    session = start(technique)
    page = page_of(session, **{name: value, "observations": "Well tolerated."})
    answer = client_of(clinician).post(url_of(session), page)
    assert answer.status_code == 422
    assert f"id_{name}" in answer.context["forms"].errors_by_id()
    assert value in answer.text or "Choose one of those listed." in answer.text
    kept = stored(session)
    assert kept.observations == "Well tolerated."
    holder = kept if hasattr(kept, name) else kept.preparation
    before = session if hasattr(session, name) else session.preparation
    if name in {"performed_date", "punch_diameter_mm"}:
        assert getattr(holder, name) == getattr(before, name)
    else:
        assert getattr(holder, name) in (None, "")


WRONG_ROWS = [
    ("micrograft", "zones", {"area_cm2": "-1"}, "area_cm2"),
    ("micrograft", "zones", {"volume_ml": "-1"}, "volume_ml"),
    ("micrograft", "zones", {"volume_ml": "0"}, "volume_ml"),
    ("micrograft", "zones", {"points": "0"}, "points"),
    ("micrograft", "zones", {"depth_mm": "14"}, "depth_mm"),
    ("micrograft", "zones", {"region": "elbow"}, "region"),
    ("micrograft", "zones", {"syringes": "-1"}, "syringes"),
    ("micrograft", "anaesthetics", {"strength_percent": "-2"}, "strength_percent"),
    ("micrograft", "anaesthetics", {"strength_percent": "20"}, "strength_percent"),
    ("micrograft", "anaesthetics", {"volume_ml": "0"}, "volume_ml"),
    ("micrograft", "lots", {"expiry_date": "2020-01-01"}, "expiry_date"),
    ("prp", "spins", {"rotor_radius_cm": ""}, "rotor_radius_cm"),
    ("prp", "spins", {"rpm": ""}, "rpm"),
    ("prp", "spins", {"rpm": "-3000"}, "rpm"),
    ("prp", "spins", {"rcf_g": "900"}, "rcf_g"),
    ("prp", "spins", {"rpm": "20000", "rotor_radius_cm": "40"}, "rpm"),
    ("prp", "spins", {"minutes": "-1"}, "minutes"),
]
GOOD_ROWS = {
    "zones": {
        "region": "vertex",
        "area_cm2": "40",
        "volume_ml": "4",
        "points": "40",
        "depth_mm": "4",
    },
    "anaesthetics": {"agent": "lidocaine", "strength_percent": "1", "volume_ml": "5"},
    "lots": {
        "kind": "device",
        "product": "Disruptor",
        "lot_number": "L1",
        "expiry_date": "2099-01-01",
    },
    "spins": {"rpm": "1500", "rotor_radius_cm": "15", "rcf_g": "", "minutes": "10"},
}


@pytest.mark.parametrize(("technique", "rows", "wrong", "marked"), WRONG_ROWS)
def test_a_row_with_a_wrong_entry_is_not_stored_and_its_right_entries_wait(
    client_of, clinician, start, technique, rows, wrong, marked
):
    session = start(technique)
    page = with_row(page_of(session), rows, **{**GOOD_ROWS[rows], **wrong})
    place = int(page[f"{rows}-TOTAL_FORMS"]) - 1
    answer = client_of(clinician).post(url_of(session), page)
    assert answer.status_code == 422
    assert f"id_{rows}-{place}-{marked}" in answer.context["forms"].errors_by_id()
    kept = stored(session)
    for children in ("zones", "anaesthetics", "lot_uses", "spins"):
        assert not getattr(kept, children).all()
    waiting = kept.unfinished[rows][0]
    assert marked not in waiting
    assert waiting


@pytest.mark.parametrize("rows", GOOD_ROWS)
def test_the_same_row_without_the_wrong_entry_is_stored(client_of, clinician, start, rows):
    session = start("prp" if rows == "spins" else "micrograft")
    page = with_row(page_of(session), rows, **GOOD_ROWS[rows])
    assert client_of(clinician).post(url_of(session), page).status_code == 302
    kept = stored(session)
    assert kept.unfinished == {}
    children = "lot_uses" if rows == "lots" else rows
    assert len(getattr(kept, children).all()) == 1


def test_more_plasma_than_blood_is_refused(client_of, clinician, prp_draft):
    page = page_of(prp_draft, blood_ml="20", prp_ml="20.01")
    answer = client_of(clinician).post(url_of(prp_draft), page)
    assert "There cannot be more PRP than blood drawn." in answer.text
    kept = PrpPreparation.objects.get(session=prp_draft)
    assert (kept.blood_ml, kept.prp_ml) == (Decimal("20.0"), None)


def test_an_end_before_the_start_is_refused(client_of, clinician, draft):
    yesterday = draft.performed_date - timedelta(days=1)
    times = {"started_time": "10:00", "ended_time": "09:59"}
    page = page_of(draft, performed_date=yesterday, **times)
    answer = client_of(clinician).post(url_of(draft), page)
    assert answer.context["forms"].errors_by_id() == {
        "id_ended_time": "The session cannot end before it starts."
    }
    assert Session.objects.get(pk=draft.pk).ended_at is None


def test_a_region_named_twice_is_refused(client_of, clinician, draft):
    page = with_row(page_of(draft), "zones", **GOOD_ROWS["zones"])
    page = with_row(page, "zones", **GOOD_ROWS["zones"])
    answer = client_of(clinician).post(url_of(draft), page)
    assert "This is in the list already." in answer.text
    assert Zone.objects.filter(session=draft).count() == 1


def test_the_force_is_worked_out_from_speed_and_radius(client_of, clinician, prp_draft):
    page = with_row(page_of(prp_draft), "spins", rpm="3000", rotor_radius_cm="10", minutes="5")
    client_of(clinician).post(url_of(prp_draft), page)
    assert Spin.objects.get(session=prp_draft).rcf_g == Decimal("1006.2")


REFUSED_ROWS = [
    (ZoneFactory, {"area_cm2": Decimal("-1")}),
    (ZoneFactory, {"area_cm2": Decimal("701")}),
    (ZoneFactory, {"volume_ml": Decimal("0")}),
    (ZoneFactory, {"volume_ml": Decimal("-1")}),
    (ZoneFactory, {"points": 0}),
    (ZoneFactory, {"depth_mm": Decimal("13.1")}),
    (ZoneFactory, {"syringes": 51}),
    (SpinFactory, {"rpm": 3000}),
    (SpinFactory, {"rotor_radius_cm": Decimal("10")}),
    (SpinFactory, {"rpm": 3000, "rotor_radius_cm": Decimal("10"), "rcf_g": Decimal("3000")}),
    (SpinFactory, {"rcf_g": Decimal("-1")}),
    (SpinFactory, {"minutes": Decimal("0")}),
    (MicrograftPreparationFactory, {"punches": 0}),
    (MicrograftPreparationFactory, {"punch_diameter_mm": Decimal("-2")}),
    (MicrograftPreparationFactory, {"saline_ml": Decimal("-1")}),
    (MicrograftPreparationFactory, {"suspension_ml": Decimal("101")}),
    (MicrograftPreparationFactory, {"processing_minutes": Decimal("-2")}),
    (PrpPreparationFactory, {"blood_ml": Decimal("-20")}),
    (PrpPreparationFactory, {"prp_ml": Decimal("20.01")}),
    (PrpPreparationFactory, {"blood_platelets": Decimal("0")}),
    (PrpPreparationFactory, {"prp_platelets": Decimal("20001")}),
    (SessionFactory, {"weight_kg": Decimal("29.9")}),
    (SessionFactory, {"weight_kg": Decimal("-70")}),
    (SessionFactory, {"weight_kg": Decimal("700")}),
    (LotFactory, {"lot_number": ""}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("factory", "values"), REFUSED_ROWS)
def test_the_database_refuses_an_impossible_quantity(factory, values):
    with pytest.raises(IntegrityError, match="violates check constraint"), transaction.atomic():
        factory(**values)


@pytest.mark.django_db
def test_the_database_refuses_anaesthetic_below_nought():
    session = SessionFactory()
    with pytest.raises(IntegrityError, match="range"), transaction.atomic():
        Anaesthetic.objects.create(
            session=session, strength_percent=Decimal("2"), volume_ml=Decimal("-5")
        )


@pytest.mark.django_db
def test_the_database_refuses_an_end_before_the_start():
    now = timezone.now()
    with pytest.raises(IntegrityError, match="ends_after_start"), transaction.atomic():
        SessionFactory(started_at=now, ended_at=now - timedelta(minutes=1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lot",
    [
        {"expiry_date": date(2020, 1, 1)},
        {"recalled": True},
    ],
)
def test_the_database_refuses_the_use_of_an_expired_or_recalled_lot(lot, clinician):
    recalled = {"recalled_at": timezone.now(), "recalled_by": clinician}
    values = recalled if lot.pop("recalled", False) else lot
    with pytest.raises(IntegrityError, match="expired or recalled"), transaction.atomic():
        LotUseFactory(lot=LotFactory(**values))


FORM_AND_MODEL = [
    (SessionForm, Session, SessionFactory, "weight_kg"),
    *[
        (MicrograftForm, MicrograftPreparation, MicrograftPreparationFactory, name)
        for name in (
            *("punches", "punch_diameter_mm", "punch_depth_mm", "saline_ml"),
            *("processing_minutes", "suspension_ml"),
        )
    ],
    *[
        (PrpForm, PrpPreparation, PrpPreparationFactory, name)
        for name in ("blood_platelets", "prp_platelets")
    ],
    *[
        (ZoneForm, Zone, ZoneFactory, name)
        for name in ("area_cm2", "volume_ml", "points", "depth_mm", "syringes")
    ],
]


@pytest.mark.django_db
@pytest.mark.parametrize(("form", "model", "factory", "name"), FORM_AND_MODEL)
def test_the_form_and_the_database_draw_the_same_line(form, model, factory, name):
    field = form.base_fields[name]
    step = Decimal(1).scaleb(-getattr(model._meta.get_field(name), "decimal_places", 0))
    row = factory()
    for bound, beyond in ((field.min_value, -step), (field.max_value, step)):
        model.objects.filter(pk=row.pk).update(**{name: bound})
        with pytest.raises((IntegrityError, DataError)), transaction.atomic():
            model.objects.filter(pk=row.pk).update(**{name: bound + beyond})


@pytest.mark.django_db
def test_raw_sql_meets_the_same_refusals():
    zone = ZoneFactory()
    PrpPreparationFactory(session=PrpSessionFactory())
    with connection.cursor() as cursor:
        for sql in (
            f"UPDATE treatments_zone SET area_cm2 = -1 WHERE id = '{zone.pk}'",
            "UPDATE treatments_prppreparation SET prp_ml = blood_ml + 1",
            "UPDATE treatments_session SET weight_kg = 3",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(sql)


@pytest.mark.django_db
def test_a_lot_is_on_record_once():
    lot = LotFactory()
    with pytest.raises(IntegrityError, match="lot_once"), transaction.atomic():
        Lot.objects.create(
            kind=lot.kind,
            product=lot.product,
            lot_number=lot.lot_number,
            expiry_date=lot.expiry_date,
        )
