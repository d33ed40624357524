"""What belongs to one patient stays with that patient, whatever the statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.photos.models import PhotoSet
from patients.models import Case, SiteRegistration
from tests.factories.booking import AppointmentFactory
from tests.factories.documents import IssuedDocumentFactory, PrivateLinkFactory
from tests.factories.followups import (
    ExaminationFactory,
    MeasurementFactory,
    ReviewFactory,
    TargetAreaFactory,
)
from tests.factories.messaging import MessageFactory
from tests.factories.patients import CaseFactory, PatientFactory, SignedConsentFactory
from tests.factories.photos import PhotoSetFactory
from tests.factories.practice import SiteFactory
from tests.factories.treatments import LotFactory, PlanFactory, SessionFactory, signed_session
from treatments.models import Addendum, Lot

pytestmark = pytest.mark.django_db


@contextmanager
def refused(why: str) -> Iterator[None]:
    """Require that the database refuses what stands inside, and why; the rest goes on."""
    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        yield


def run(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, parameters or None)


@pytest.mark.parametrize(
    "factory",
    [
        CaseFactory,
        SignedConsentFactory,
        SessionFactory,
        ReviewFactory,
        ExaminationFactory,
        TargetAreaFactory,
        PhotoSetFactory,
        AppointmentFactory,
        MessageFactory,
        IssuedDocumentFactory,
        PrivateLinkFactory,
    ],
)
def test_a_row_never_goes_to_another_patient(factory):
    row, other = factory(), CaseFactory()
    with refused("never changes|is signed|is issued|was issued"):
        run(
            f"UPDATE {row._meta.db_table} SET patient_id = %s WHERE id = %s",
            other.patient_id,
            row.pk,
        )
    if hasattr(row, "case_id"):
        with refused("never changes|is signed"):
            run(
                f"UPDATE {row._meta.db_table} SET case_id = %s, patient_id = %s WHERE id = %s",
                *(other.pk, other.patient_id, row.pk),
            )


@pytest.mark.parametrize("factory", [SessionFactory, ExaminationFactory, PhotoSetFactory])
def test_the_patient_of_a_row_is_the_patient_of_its_case(factory):
    with refused("patient_id of a row of"):
        factory(patient=PatientFactory())


def test_a_review_follows_a_session_of_its_own_case_and_patient():
    with refused("patient_id of a row of followups_review is not that of its patients_case"):
        ReviewFactory(patient=PatientFactory())
    other = CaseFactory()
    with refused("case_id of a row of followups_review is not that of its treatments_session"):
        ReviewFactory(case=other, patient=other.patient)


def test_a_review_is_not_booked_for_the_visit_of_another_patient():
    review = ReviewFactory()
    with refused("is not that of its booking_appointment"):
        run("UPDATE followups_review SET appointment_id = %s", AppointmentFactory().pk)
    own = AppointmentFactory(patient=review.patient)
    run("UPDATE followups_review SET appointment_id = %s", own.pk)


def test_a_session_has_visit_plan_and_consent_of_its_own_patient_and_case():
    session = SessionFactory()
    wrong = {
        "appointment_id": AppointmentFactory(),
        "plan_id": PlanFactory(),
        "consent_id": SignedConsentFactory(),
        "amends_id": signed_session(),
    }
    for column, row in wrong.items():
        with refused(f"is not that of its {row._meta.db_table}"):
            run(f"UPDATE treatments_session SET {column} = %s WHERE id = %s", row.pk, session.pk)


def test_a_plan_never_goes_to_another_case():
    PlanFactory()
    with refused("never changes"):
        run("UPDATE treatments_plan SET case_id = %s", CaseFactory().pk)


def test_a_count_is_of_a_target_area_of_the_examined_patient():
    measurement = MeasurementFactory()
    with refused("is not that of its followups_targetarea"):
        run("UPDATE followups_measurement SET target_area_id = %s", TargetAreaFactory().pk)
    with refused("is not that of its followups_targetarea"):
        MeasurementFactory(examination=measurement.examination, target_area=TargetAreaFactory())


def test_an_examination_has_the_photographs_and_the_review_of_its_own_case():
    examination = ExaminationFactory()
    with refused("is not that of its photos_photoset"):
        run("UPDATE followups_examination SET photo_set_id = %s", PhotoSetFactory().pk)
    with refused("is not that of its followups_review"):
        run(
            "UPDATE followups_examination SET kind = 'review', review_id = %s WHERE id = %s",
            *(ReviewFactory().pk, examination.pk),
        )


def test_a_row_cannot_come_before_the_case_it_belongs_to():
    """A foreign key is checked at the end; a case made afterwards could be anybody's."""
    patient = PatientFactory()
    with refused("is not that of its patients_case"):
        PhotoSet.objects.create(
            patient=patient, case_id=uuid4(), taken_at=timezone.now(), taken_by_id=uuid4()
        )


def test_where_a_patient_is_registered_is_kept_when_it_is_taken_away():
    patient, site = PatientFactory(), SiteFactory()
    registration = SiteRegistration.objects.create(patient=patient, site=site)
    with refused("never changes"):
        run("UPDATE patients_siteregistration SET site_id = %s", SiteFactory().pk)
    key = registration.pk
    registration.delete()
    past = SiteRegistration.past_versions.rel.related_model.objects.get(pgh_obj_id=key)
    assert (past.pgh_label, past.patient, past.site) == ("before_delete", patient, site)


def test_a_recall_is_never_taken_back():
    by = CaseFactory().clinician
    lot = LotFactory(recalled_at=timezone.now(), recalled_by=by)
    back = "UPDATE treatments_lot SET recalled_at = NULL, recalled_by_id = NULL"
    for statement in (
        back,
        "UPDATE treatments_lot SET recalled_at = recalled_at + interval '1 year'",
        "DELETE FROM treatments_lot",
    ):
        with refused("recall of a lot is never taken back"):
            run(statement)
    run("UPDATE treatments_lot SET expiry_date = expiry_date - 1")
    lot.refresh_from_db()
    assert lot.recalled_at is not None
    assert Lot.objects.count() == 1


def test_a_closed_case_is_not_opened_again_without_a_reason():
    by = CaseFactory().clinician
    case = CaseFactory(closed_at=timezone.now(), closed_by=by, outcome="discharged")
    for change in (
        "closed_at = NULL, closed_by_id = NULL, outcome = ''",
        "closed_at = closed_at - interval '1 year'",
        "outcome = 'lost'",
    ):
        with refused("a case that was closed is opened again with a reason alone"):
            run(f"UPDATE patients_case SET {change} WHERE id = %s", case.pk)
    run("UPDATE patients_case SET clinician_id = NULL WHERE id = %s", case.pk)


def test_an_addendum_is_added_to_a_signed_session_only():
    draft, signed = SessionFactory(), signed_session()
    by = {"added_at": timezone.now() + timedelta(minutes=1), "added_by": draft.operator}
    with refused("an addendum is added to a signed session only"):
        Addendum.objects.create(session=draft, text="Too early", **by)
    Addendum.objects.create(session=signed, text="In time", **by)


def test_every_table_with_a_patient_keeps_its_patient():
    """Whoever adds a table with a `patient_id` says that it never changes."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
             WHERE a.attname = 'patient_id' AND c.relkind = 'r' AND NOT EXISTS (
                 SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                  WHERE t.tgrelid = c.oid AND ((p.proname = 'anagen_never_changes'
                        AND t.tgargs LIKE '%patient%') OR p.proname = 'anagen_append_only'
                        AND t.tgname LIKE 'pgtrigger_append_only%'))
        """)
        assert [name for (name,) in cursor.fetchall()] == []
    assert Case.objects.count() == 0
