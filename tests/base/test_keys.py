"""The key of a record never changes.

Foreign keys are checked at the end of a transaction: in it two rows could swap their keys, and what
points to the one would then belong to the other.
"""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.models import Record
from clinic.documents.models import Document, Opening
from followups.models import ContactAttempt, Examination, PullTest, Review, Trichoscopy
from patients.actions.cases import reopen_case
from patients.actions.merging import say_two_people
from patients.finding.pairs import look_for_pairs
from patients.models import FindingWithdrawal, LikelyPair, NoKnownAllergies
from tests.factories.patients import CaseFactory, PatientFactory, SignsFactory, closed
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.factories.treatments import SessionFactory, signed_session
from tests.one_of_everything import one_of_everything
from treatments.models import Addendum, Anaesthetic

pytestmark = pytest.mark.django_db

RECORDS = [model for model in apps.get_models() if issubclass(model, Record)]


@pytest.fixture
def as_the_application():
    """Let the statements of a test run in the role that web and worker connect as."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the rows so far are whole
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET LOCAL ROLE anagen_app")
        yield cursor
        cursor.execute("RESET ROLE")


@pytest.fixture
def a_row_of_every_table(db) -> None:
    site = SiteFactory()
    clinician = ClinicianFactory(sites=[site])
    one_of_everything(site, clinician)
    now = timezone.now()
    _two_likely_pairs(clinician)
    reopen_case(by=clinician, case=closed(CaseFactory()), reason="Came back", now=now)
    audit.record(Kind.PATIENTS_SEARCHED, by=clinician)
    NoKnownAllergies.objects.create(patient=PatientFactory(), stated_at=now, stated_by=clinician)
    Opening.objects.create(document=Document.objects.get(), opened_by=clinician)
    FindingWithdrawal.objects.create(
        signs=SignsFactory(stated_by=clinician),
        reason="Entered for another patient",
        withdrawn_at=now,
        withdrawn_by=clinician,
    )
    visit = Examination.objects.first()
    PullTest.objects.create(examination=visit, region="vertex", hairs_pulled=50, hairs_out=5)
    Trichoscopy.objects.create(examination=visit, region="vertex", hairs_per_cm2=160)
    Anaesthetic.objects.create(session=SessionFactory(), strength_percent=1, volume_ml=2)
    Addendum.objects.create(
        session=signed_session("prp"), text="And more", added_at=now, added_by=clinician
    )
    ContactAttempt.objects.create(
        review=Review.objects.first(), outcome="no_answer", attempted_at=now, attempted_by=clinician
    )


def _two_likely_pairs(clinician) -> None:
    for family_name in ("Okoro", "Whitcombe"):
        for _ in range(2):
            PatientFactory(family_name=family_name)
    look_for_pairs()
    one, other = LikelyPair.objects.filter(first__family_name="Okoro").get().both
    say_two_people(by=clinician, one=one, other=other, now=timezone.now())


def test_no_table_lets_the_application_change_a_key(a_row_of_every_table, as_the_application):
    assert len(RECORDS) > 30
    for model in RECORDS:
        assert model._base_manager.exists(), f"make a row of {model.__name__} for this test"
        with (
            pytest.raises(IntegrityError, match=r"refused|cannot be changed"),
            transaction.atomic(),
        ):
            as_the_application.execute(
                f'UPDATE "{model._meta.db_table}" SET id = %s '
                f'WHERE id = (SELECT id FROM "{model._meta.db_table}" LIMIT 1)',
                [uuid4()],
            )


def test_every_table_has_the_trigger_that_keeps_its_key():
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT tgrelid::regclass::text FROM pg_trigger
             WHERE tgname LIKE 'pgtrigger_key_never_changes%' AND tgenabled = 'O'
        """)
        kept = {table for (table,) in cursor.fetchall()}
    assert kept == {model._meta.db_table for model in RECORDS}


def test_any_other_column_of_a_patient_still_changes(as_the_application):
    patient = PatientFactory()
    as_the_application.execute(
        "UPDATE patients_patient SET reason = 'Told by phone' WHERE id = %s", [patient.pk]
    )
    patient.refresh_from_db()
    assert patient.reason == "Told by phone"
