"""The ways to an appointment: whoever may see the patient may see it."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from clinic.booking.models import Appointment, AppointmentQuerySet
from clinic.staff.models import User
from patients.models import Patient


def visible_to(user: User) -> AppointmentQuerySet:
    """Return the appointments of the patients whom this person may see."""
    appointments = Appointment.objects.with_words()
    if not user.site_ids:
        return appointments
    return appointments.filter(patient__in=Patient.objects.visible_to(user))


def get_appointment(user: User, appointment_id: UUID) -> Appointment:
    """Return an appointment, with whom and what it names, of a patient this person may see.

    Raises `Http404` for anybody else's, as for one that does not exist.
    """
    appointment = visible_to(user).filter(pk=appointment_id).first()
    if appointment is None:
        raise Http404("There is no such appointment at your sites.")
    return appointment


def get_own_appointment(user: User, appointment_id: UUID) -> Appointment:
    """Return an appointment that this person may change: one at a site where they work.

    Raises `Http404` as `get_appointment`, `PermissionDenied` for a known patient's visit elsewhere.
    """
    appointment = get_appointment(user, appointment_id)
    if not user.works_at(appointment.site_id):
        raise PermissionDenied(f"This appointment is at {appointment.site}. Ask somebody there.")
    return appointment
