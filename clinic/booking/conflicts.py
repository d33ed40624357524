"""Who is in the way when the database says that somebody or some room is booked already."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q

from clinic.booking.models import Appointment, AppointmentQuerySet
from clinic.booking.times import span
from clinic.staff.models import User
from patients.models import Patient
from patients.turns import take_turn

CHANGED_MEANWHILE = "Somebody changed the diary at that moment. Nothing was booked; try again."


class TakenError(ValidationError):
    """A clash in words; `visit` is the appointment in the way, None where it is a stranger's."""

    def __init__(self, sentence: str, visit: Appointment | None) -> None:
        super().__init__(sentence, code="taken")
        self.visit = visit


def take_turns(appointment: Appointment) -> None:
    """Wait, until the end of the transaction, for others who book the same people or room.

    Without it two bookings at once could wait for each other in the exclusion constraints until
    the database ends one of them with a deadlock. The constraints decide all the same.

    The patient comes first: whoever closes their case takes that turn too, and so reads every
    visit that was put in the diary before.
    """
    take_turn(appointment.patient_id)
    ids = (appointment.practitioner_id, appointment.room_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key",
            [sorted(_key(identifier) for identifier in ids)],
        )


def _key(identifier: UUID) -> int:
    return identifier.int & (2**63 - 1)


def found(appointment: Appointment, *, viewer: User) -> dict[str, list[TakenError]]:
    """Return, by field, which appointments are in the way; of strangers only the time.

    A patient is a stranger to a viewer who may not see them.
    """
    in_the_way = list(_in_the_way(appointment))
    seen = _patients_seen_by(viewer, in_the_way)
    clashes: dict[str, list[TakenError]] = {}
    for other in in_the_way:
        known = other.patient_id in seen
        for field, sentence in _clashes(appointment, other, known):
            clashes.setdefault(field, []).append(TakenError(sentence, other if known else None))
    return clashes


def _in_the_way(appointment: Appointment) -> AppointmentQuerySet:
    shared = (
        Q(practitioner=appointment.practitioner_id)
        | Q(room=appointment.room_id)
        | Q(patient=appointment.patient_id)
    )
    return (
        Appointment.objects.overlapping(appointment.starts_at, appointment.ends_at)
        .filter(shared)
        .exclude(pk=appointment.pk)
        .with_words()
    )


def _patients_seen_by(viewer: User, appointments: Iterable[Appointment]) -> set[UUID]:
    ids = {appointment.patient_id for appointment in appointments}
    return set(Patient.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))


def _clashes(
    appointment: Appointment, other: Appointment, known: bool
) -> Iterator[tuple[str, str]]:
    when = span(other.starts_at, other.ends_at, appointment.site.zone)
    visit = f": {other.service} of {other.patient}" if known else ""
    if other.practitioner_id == appointment.practitioner_id:
        yield "practitioner", f"{other.practitioner} is booked {when}{visit}"
    if other.room_id == appointment.room_id:
        yield "room", f"{other.room} is taken {when}{visit}"
    if other.patient_id == appointment.patient_id:
        with_whom = f": {other.service} with {other.practitioner}, {other.site}" if known else ""
        yield "patient", f"{other.patient} is booked {when}{with_whom}"
