"""Blood results: written down from a laboratory's report, withdrawn where that went wrong."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.templatetags.anagen import day
from clinic.staff.models import User
from patients.models import BloodResult, BloodSample, Patient
from patients.turns import take_turn

# What makes two results of a day the same one, typed twice.
_SAME = ("analyte", "other_name", "comparator", "value", "unit", "finding", "text")


@transaction.atomic
def record_bloods(
    *,
    by: User,
    patient: Patient,
    taken_date: date,
    laboratory: str,
    results: Sequence[dict[str, Any]],
    now: datetime,
) -> BloodSample:
    """Record the results of one sample; each is the columns of a `BloodResult`.

    Raises `ValidationError` for a sample without results, and for a result that is recorded of
    that day already.
    """
    if not results:
        raise ValidationError("Write down at least one result.")
    take_turn(patient.pk)
    for values in results:
        _refuse_twice(patient, taken_date, values)
    sample = BloodSample.check_and_create(
        patient=patient,
        taken_date=taken_date,
        laboratory=laboratory,
        recorded_at=now,
        recorded_by=by,
    )
    for values in results:
        BloodResult.check_and_create(
            patient=patient, sample=sample, recorded_at=now, recorded_by=by, **values
        )
    audit.record(
        Kind.BLOOD_RECORDED,
        by=by,
        patient_id=patient.pk,
        subject=sample,
        count=len(results),
        taken=str(day(taken_date)),
    )
    return sample


@transaction.atomic
def withdraw_blood_result(
    *, by: User, result: BloodResult, reason: str, now: datetime
) -> BloodResult:
    """Withdraw a result that was written down wrongly; it stays readable, with the reason."""
    take_turn(result.patient_id)
    row = BloodResult.objects.select_for_update().select_related("sample").get(pk=result.pk)
    if row.withdrawn_at:
        raise ValidationError("This result is withdrawn already.")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by, reason
    row.check_and_save()
    audit.record(
        Kind.BLOOD_REMOVED,
        by=by,
        patient_id=row.patient_id,
        subject=row,
        name=row.name,
        taken=str(day(row.sample.taken_date)),
    )
    return row


def _refuse_twice(patient: Patient, taken_date: date, values: dict[str, Any]) -> None:
    same = {name: values[name] for name in _SAME if name in values}
    recorded = patient.blood_results.standing().filter(sample__taken_date=taken_date, **same)
    found = recorded.first()
    if found:
        raise ValidationError(f"{found} of {day(taken_date)} is recorded already.")
