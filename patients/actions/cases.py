"""Opening, leading and closing a patient's case."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.templatetags.anagen import day
from clinic.staff.models import User
from clinic.staff.permissions import Role
from patients.actions.stops import stop_for_diagnosis
from patients.closing import obstacles_to_closing
from patients.models import Case, Patient, Reopening
from patients.turns import take_turn

ALREADY_OPEN = "This patient already has an open case."

# What apps above do before a case is closed: each is called with the case, which is held, and the
# time, and returns what the event is to tell of it. A `ValidationError` keeps the case open.
before_closing: list[Callable[[Case, datetime], Mapping[str, Any]]] = []

# What apps above take up again with a case: each is called with it and with when it had been
# closed, and returns what the event is to tell of it.
after_reopening: list[Callable[[Case, datetime], Mapping[str, Any]]] = []


@transaction.atomic
def open_case_for(
    *, by: User | None, patient: Patient, now: datetime, clinician: User | None = None
) -> Case:
    """Open a case. Raises `ValidationError` when one is open already.

    Where the patient's last diagnosis stops the AGA pathway, the case begins stopped.
    """
    try:
        with transaction.atomic():
            case = Case.check_and_create(patient=patient, clinician=clinician, opened_at=now)
    except IntegrityError as error:
        raise ValidationError(ALREADY_OPEN) from error
    audit.record(Kind.CASE_OPENED, by=by, patient_id=patient.pk, subject=case)
    stop_for_diagnosis(by=by, case=case, now=now)
    return case


@transaction.atomic
def ensure_case(
    *, by: User | None, patient: Patient, now: datetime, clinician: User | None = None
) -> Case:
    """Return the patient's open case; open one when there is none.

    Two people who ask at once get the same case: the patient's row is locked meanwhile.
    """
    take_turn(patient.pk)
    case = patient.cases.open().first()
    return case or open_case_for(by=by, patient=patient, now=now, clinician=clinician)


@transaction.atomic
def close_case(*, by: User, case: Case, outcome: str, now: datetime) -> Case:
    """Close a case with its outcome. Coming back later opens a new one.

    Raises `ValidationError` when it is closed already, and for everything in it that is unfinished
    (`patients.closing`).
    """
    take_turn(case.patient_id)  # A visit that is being booked is seen here, or comes afterwards.
    row = _open_row(case)
    if obstacles := obstacles_to_closing(row, now):
        raise ValidationError([obstacle.sentence for obstacle in obstacles])
    done = {name: value for prepare in before_closing for name, value in prepare(row, now).items()}
    row.closed_at, row.closed_by, row.outcome = now, by, outcome
    row.check_and_save()
    audit.record(
        Kind.CASE_CLOSED,
        by=by,
        patient_id=row.patient_id,
        subject=row,
        outcome=row.get_outcome_display().lower(),
        **done,
    )
    return row


@transaction.atomic
def reopen_case(*, by: User, case: Case, reason: str, now: datetime) -> Case:
    """Take a closing back: the case goes on as it was, its consents and its reviews too.

    Raises `ValidationError` where it is open, where another case of the patient is, or without a
    reason.
    """
    take_turn(case.patient_id)
    row = Case.objects.select_for_update().get(pk=case.pk)
    if row.closed_at is None or row.closed_by is None:
        raise ValidationError("This case is open.")
    if Case.objects.open().filter(patient=row.patient_id).exists():
        raise ValidationError(ALREADY_OPEN)
    closed = row.closed_at
    Reopening.check_and_create(
        case=row,
        closed_at=closed,
        closed_by=row.closed_by,
        outcome=row.outcome,
        reopened_at=now,
        reopened_by=by,
        reason=reason,
    )
    row.closed_at, row.closed_by, row.outcome = None, None, ""
    row.check_and_save()
    done = {
        name: value for take_up in after_reopening for name, value in take_up(row, closed).items()
    }
    audit.record(
        Kind.CASE_REOPENED,
        by=by,
        patient_id=row.patient_id,
        subject=row,
        closed=str(day(closed)),
        **done,
    )
    stop_for_diagnosis(by=by, case=row, now=now)
    return row


@transaction.atomic
def set_clinician(*, by: User, case: Case, clinician: User | None) -> Case:
    """Say who is responsible for a case, or that nobody is yet."""
    row = _open_row(case)
    if row.clinician_id == (clinician.pk if clinician else None):
        return row
    return _write_clinician(by, row, clinician)


@transaction.atomic
def lead_if_nobody_does(*, by: User, case: Case) -> None:
    """Make a clinician who decides something in a case responsible for it, where nobody is yet.

    What diagnoses, counts the baseline, plans a course or signs a session calls this in its own
    transaction: the patient's papers name a clinician, and reviews reach somebody who reads them.
    Other roles, a closed case and one that has its clinician are left as they are.
    """
    if Role.CLINICIAN not in by.roles:
        return
    # Locks only a row that is to be changed; of two who come at once, the second finds none.
    waiting = Case.objects.open().filter(pk=case.pk, clinician=None)
    if row := waiting.select_for_update(no_key=True).first():
        _write_clinician(by, row, by)


def _write_clinician(by: User, row: Case, clinician: User | None) -> Case:
    row.clinician = clinician
    row.check_and_save()
    audit.record(
        Kind.CLINICIAN_SET,
        by=by,
        patient_id=row.patient_id,
        subject=row,
        clinician=str(clinician) if clinician else "nobody",
    )
    return row


def _open_row(case: Case) -> Case:
    row = Case.objects.select_for_update().get(pk=case.pk)
    if row.closed_at:
        raise ValidationError("This case is closed already.")
    return row
