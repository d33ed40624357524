"""What the database holds of merges, whatever the path; and who writes or merges at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from patients.actions.merging import merge, undo_merge
from patients.models import HistoryEntry, Medicine, Merge
from tests.factories.booking import AppointmentFactory
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory
from tests.one_of_everything import one_of_everything
from tests.races import one_after_the_other

NOW = timezone.now()


@pytest.fixture
def site(db):
    return SiteFactory()


@pytest.fixture
def record(site, clinician):
    return one_of_everything(site, clinician)


@pytest.fixture
def other(site):
    return PatientFactory(family_name="Examplewood", given_names="Ambrosius", site=site)


def merged(by, survivor, absorbed):
    return merge(by=by, survivor=survivor, absorbed=absorbed, keep={}, now=NOW)


def _raw(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_without_a_merge_no_row_changes_its_patient(record, other):
    for table in ("patients_allergy", "patients_historyentry", "treatments_session"):
        with pytest.raises(IntegrityError):
            _raw(
                f"UPDATE {table} SET patient_id = %s WHERE patient_id = %s",
                other.pk,
                record.patient.pk,
            )


@pytest.mark.django_db(transaction=True)
def test_a_merge_lets_rows_move_in_its_own_transaction_only():
    site, by = SiteFactory(), ClinicianFactory()
    one, two = PatientFactory(site=site), PatientFactory(site=site)
    row = merged(by, one, two)
    entry = HistoryEntry.objects.create(
        patient=one, topic="hair", text="Since 2019.", recorded_at=NOW, recorded_by=by
    )
    statement = "UPDATE patients_historyentry SET patient_id = %s WHERE id = %s"
    with pytest.raises(IntegrityError):
        _raw(statement, two.pk, entry.pk)
    with pytest.raises(IntegrityError, match="never changes otherwise"):
        _raw("UPDATE patients_merge SET moved = '{\"a\": []}' WHERE id = %s", row.pk)
    undo_merge(by=by, merge=row, now=NOW)
    with pytest.raises(IntegrityError):
        _raw(statement, two.pk, entry.pk)


def test_a_signed_row_moves_whole_or_not_at_all(record, other, clinician):
    signed = record.rows["signed_session"]
    with transaction.atomic():
        Merge.objects.create(
            survivor=other, absorbed=record.patient, merged_at=NOW, merged_by=clinician
        )
        with pytest.raises(IntegrityError, match="is signed"):
            _raw(
                "UPDATE treatments_session SET patient_id = %s, number = 9 WHERE id = %s",
                other.pk,
                signed.pk,
            )


def test_nothing_is_added_to_a_merged_record(other, site, clinician):
    absorbed = PatientFactory(site=site)
    merged(clinician, other, absorbed)
    with pytest.raises(IntegrityError, match="merged into another"), transaction.atomic():
        AppointmentFactory(patient=absorbed)


@pytest.mark.django_db(transaction=True)
def test_who_writes_to_a_record_that_is_being_merged_waits_and_is_told():
    site, by = SiteFactory(), ClinicianFactory()
    one, two = PatientFactory(site=site), PatientFactory(site=site)

    def write() -> object:
        try:
            return Medicine.objects.create(
                patient=two, group="other", name="Late", recorded_at=NOW, recorded_by=by
            )
        except IntegrityError as error:
            return str(error)

    _, told = one_after_the_other(lambda: merged(by, one, two), write)
    assert "merged into another" in told
    assert not Medicine.objects.filter(patient=two).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_the_same_records_one_is_told():
    site, by = SiteFactory(), ClinicianFactory()
    one, two = PatientFactory(site=site), PatientFactory(site=site)
    first, second = one_after_the_other(lambda: merged(by, one, two), lambda: merged(by, two, one))
    assert isinstance(first, Merge)
    assert isinstance(second, ValidationError)
    assert Merge.objects.count() == 1
    assert timedelta(0) <= timezone.now() - first.created_at
