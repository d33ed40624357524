"""The only ways to a patient: what a person may not see does not exist for them."""

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404, HttpRequest

from clinic.audit import actions as audit
from clinic.staff.access import signed_in
from clinic.staff.models import User
from patients.merging.records import record_now
from patients.models import Case, Patient


class RecordMergedError(Http404):
    """The record became part of another patient's, which this person may open."""

    def __init__(self, asked: UUID, now: Patient) -> None:
        super().__init__("This record became part of another.")
        self.asked = asked
        self.now = now


def get_patient(user: User, patient_id: UUID) -> Patient:
    """Return a patient registered at a site where this person works.

    Raises `Http404` for anybody else's patient, as for one that does not exist, and
    `RecordMergedError` for a record that became part of another (`patients.middleware`).
    """
    visible = Patient.objects.visible_to(user)
    if patient := visible.filter(pk=patient_id).first():
        return patient
    now = record_now(patient_id)
    if now and (part_of := visible.filter(pk=now).first()):
        raise RecordMergedError(patient_id, part_of)
    raise Http404("There is no such patient at your sites.")


def read_patient(user: User, patient_id: UUID, *, page: str) -> Patient:
    """Return a patient as `get_patient` does, and record that `page` of the record was opened."""
    patient = get_patient(user, patient_id)
    audit.record_reading(by=user, patient_id=patient.pk, page=page)
    return patient


def record_opening(request: HttpRequest, patient_id: UUID, *, page: str) -> None:
    """Record that a page with a form on it was opened: no second reading when the form is sent."""
    if request.method == "GET":
        audit.record_reading(by=signed_in(request), patient_id=patient_id, page=page)


def record_openings(request: HttpRequest, patient_ids: Iterable[UUID], *, page: str) -> None:
    """Record, for each of several patients, that a page was opened that shows their details."""
    if request.method == "GET":
        audit.record_readings(by=signed_in(request), patient_ids=patient_ids, page=page)


def open_case(patient: Patient) -> Case | None:
    """Return the patient's open case with its clinician, or None."""
    return patient.cases.open().select_related("clinician").first()


def shown_case(patient: Patient) -> Case | None:
    """Return the case a page shows with its clinician: the open one, or else the one closed last.

    What is written goes into the open case alone: `open_case`.
    """
    return patient.cases.open_first().select_related("clinician").first()
