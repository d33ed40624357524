"""The only ways to a plan and to a session: through the patient that the person may see."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.booking.models import Appointment, Status
from clinic.staff.models import User
from patients.access import get_patient
from patients.models import Patient
from treatments.models import Plan, Session


def get_session(user: User, patient_id: UUID, session_id: UUID) -> Session:
    """Return a patient's session with everything in it.

    Raises `Http404` for a patient at somebody else's site, as for a session of another patient.
    """
    patient = get_patient(user, patient_id)
    session = Session.objects.with_everything().filter(pk=session_id, patient=patient).first()
    if session is None:
        raise Http404("This patient has no such session.")
    session.patient = patient
    return session


def read_session(user: User, patient_id: UUID, session_id: UUID) -> Session:
    """Return a session as `get_session` does, and record that it was opened."""
    session = get_session(user, patient_id, session_id)
    page = f"{session.get_technique_display()} session {session.number}"
    audit.record_reading(by=user, patient_id=session.patient_id, page=page)
    return session


def get_plan(user: User, patient_id: UUID, plan_id: UUID) -> Plan:
    """Return a plan of one of a patient's cases. Raises `Http404` as `get_session` does."""
    patient = get_patient(user, patient_id)
    plan = Plan.objects.select_related("case").filter(pk=plan_id, case__patient=patient).first()
    if plan is None:
        raise Http404("This patient has no such plan.")
    return plan


def get_appointment(patient: Patient, appointment_id: str) -> Appointment | None:
    """Return one of the patient's appointments by what an address says; None when it says none.

    Raises `Http404` for anything else.
    """
    if not appointment_id:
        return None
    try:
        key = UUID(appointment_id)
    except ValueError:
        raise Http404("There is no such appointment.") from None
    found = (
        Appointment.objects.live()
        .select_related("service", "site")
        .filter(pk=key, patient=patient)
        .first()
    )
    if found is None:
        raise Http404("This patient has no such appointment.")
    return found


_A_DAY = timedelta(days=1)
_EXPECTED = [Status.IN_ROOM, Status.ARRIVED, Status.CONFIRMED, Status.BOOKED]


def todays_appointment(
    user: User, patient: Patient, technique: str, now: datetime
) -> Appointment | None:
    """Return the patient's visit of today that a session belongs to, at one of the user's sites.

    One booked for the technique comes first, then one with this person, then the one furthest on
    its way: in the room before arrived before booked.
    """
    near = (
        Appointment.objects.live()
        .select_related("service", "site")
        .filter(patient=patient, status__in=_EXPECTED, site__in=user.workplaces)
        .filter(starts_at__range=(now - _A_DAY, now + _A_DAY))
        .order_by("starts_at")
    )
    today = [a for a in near if a.local_date == timezone.localdate(now, a.site.zone)]
    return min(today, key=lambda found: _distance(found, user, technique), default=None)


def _distance(appointment: Appointment, user: User, technique: str) -> tuple[bool, bool, int]:
    return (
        appointment.service.technique != technique,
        appointment.practitioner_id != user.pk,
        _EXPECTED.index(Status(appointment.status)),
    )
