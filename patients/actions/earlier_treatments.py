"""What was done about the hair elsewhere."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.models import EarlierTreatment, Patient
from patients.turns import take_turn


@transaction.atomic
def record_earlier_treatment(
    *, by: User, patient: Patient, now: datetime, **told: Any
) -> EarlierTreatment:
    """Record a treatment elsewhere; `told` are the columns of an `EarlierTreatment`."""
    take_turn(patient.pk)
    if patient.earlier_treatments.standing().filter(**told).exists():
        raise ValidationError("This treatment is recorded already.")
    row = EarlierTreatment.check_and_create(
        patient=patient, recorded_at=now, recorded_by=by, **told
    )
    audit.record(
        Kind.EARLIER_RECORDED,
        by=by,
        patient_id=patient.pk,
        subject=row,
        what=row.get_kind_display(),
    )
    return row


@transaction.atomic
def withdraw_earlier_treatment(
    *, by: User, treatment: EarlierTreatment, reason: str, now: datetime
) -> EarlierTreatment:
    """Withdraw an entry that was found to be wrong; it stays readable, with the reason."""
    take_turn(treatment.patient_id)
    row = EarlierTreatment.objects.select_for_update().get(pk=treatment.pk)
    if row.withdrawn_at:
        raise ValidationError("This entry is withdrawn already.")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by, reason
    row.check_and_save()
    audit.record(
        Kind.EARLIER_REMOVED,
        by=by,
        patient_id=row.patient_id,
        subject=row,
        what=row.get_kind_display(),
    )
    return row
