"""Opening, leading and closing a patient's case."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.models import Case, Patient

ALREADY_OPEN = "This patient already has an open case."


@transaction.atomic
def open_case_for(
    *, by: User | None, patient: Patient, now: datetime, clinician: User | None = None
) -> Case:
    """Open a case. Raises `ValidationError` when one is open already."""
    try:
        with transaction.atomic():
            case = Case.check_and_create(patient=patient, clinician=clinician, opened_at=now)
    except IntegrityError as error:
        raise ValidationError(ALREADY_OPEN) from error
    audit.record(Kind.CASE_OPENED, by=by, patient_id=patient.pk, subject=case)
    return case


@transaction.atomic
def ensure_case(
    *, by: User | None, patient: Patient, now: datetime, clinician: User | None = None
) -> Case:
    """Return the patient's open case; open one when there is none.

    Two people who ask at once get the same case: the patient's row is locked meanwhile.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    case = patient.cases.open().first()
    return case or open_case_for(by=by, patient=patient, now=now, clinician=clinician)
