"""Every write to the diary. There is one way in: `book`, whoever asks and from wherever."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from psycopg.errors import ExclusionViolation

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.templatetags.anagen import day
from clinic.booking import conflicts, rules, telling
from clinic.booking.models import Appointment, Status
from clinic.booking.times import local, written
from clinic.practice.models import Room, Service, Site
from clinic.staff.models import User
from patients.actions.registration import add_site
from patients.models import Patient

# What apps above want done with a new appointment, in the transaction that books it. Each is
# called with the appointment, `by=` and `context=` (what came with the form, by name).
after_booking: list[Callable[..., None]] = []

TOLD_FASTER = "Somebody else changed this appointment meanwhile. Look at it again."

# What may follow a status, the usual first: a patient may turn up without having confirmed.
FOLLOWING: dict[str, tuple[Status, ...]] = {
    Status.BOOKED: (Status.CONFIRMED, Status.ARRIVED),
    Status.CONFIRMED: (Status.ARRIVED,),
    Status.ARRIVED: (Status.IN_ROOM,),
    Status.IN_ROOM: (Status.DONE,),
}
_TIME_OF: dict[str, str] = {
    Status.CONFIRMED: "confirmed_at",
    Status.ARRIVED: "arrived_at",
    Status.IN_ROOM: "in_room_at",
    Status.DONE: "done_at",
    Status.NO_SHOW: "no_show_at",
}
_STILL_TO_COME = (Status.BOOKED, Status.CONFIRMED)


@transaction.atomic
def book(
    *,
    by: User,
    patient: Patient,
    service: Service,
    site: Site,
    practitioner: User,
    room: Room,
    starts_at: datetime,
    now: datetime,
    note: str = "",
    duration_minutes: int | None = None,
    context: dict[str, str] | None = None,
) -> Appointment:
    """Book a visit, register the patient at the site, and queue what the patient is told.

    The length is the service's own where `duration_minutes` is not given. `context` goes to
    everything in `after_booking`. Raises `ValidationError`, by field, for whatever speaks against
    it; where somebody or the room is booked already it says by which appointment.
    """
    minutes = service.duration_minutes if duration_minutes is None else duration_minutes
    appointment = Appointment(
        patient=patient,
        service=service,
        site=site,
        practitioner=practitioner,
        room=room,
        booked_by=by,
        note=note,
    )
    _set_time(appointment, starts_at, minutes)
    _put_in_diary(appointment, by=by, now=now)
    _register_at_site(appointment, by=by)
    _record(Kind.APPOINTMENT_BOOKED, appointment, by=by)
    telling.booked(appointment, by=by, now=now)
    for call in after_booking:
        call(appointment, by=by, context=context or {})
    return appointment


@transaction.atomic
def move(
    *,
    by: User,
    appointment: Appointment,
    starts_at: datetime,
    practitioner: User,
    room: Room,
    now: datetime,
    duration_minutes: int | None = None,
    revision: int | None = None,
) -> Appointment:
    """Give an appointment another time, practitioner or room; the room decides the site.

    The patient is told when the time or the site is another; a confirmation then no longer counts.
    `revision` is the one the person has seen: raises `ValidationError` when it is no longer that,
    or for whatever speaks against the new time.
    """
    row = _locked(appointment, revision=revision)
    _require_own_site(row, by)
    before = (row.starts_at, row.ends_at, row.practitioner_id, row.room_id)
    old_site = row.site
    _require_movable(row, starts_at)
    row.practitioner, row.room, row.site = practitioner, room, room.site
    _set_time(row, starts_at, duration_minutes or row.duration_minutes)
    if before == (row.starts_at, row.ends_at, row.practitioner_id, row.room_id):
        raise ValidationError("That is how it is booked already. Nothing was moved.")
    patient_concerned = before[0] != row.starts_at or old_site != row.site
    if patient_concerned:
        row.confirmed_at = None
    row.revision += 1
    _put_in_diary(row, by=by, now=now)
    _register_at_site(row, by=by)
    _record(Kind.APPOINTMENT_MOVED, row, by=by, before=written(before[0], old_site.zone))
    if patient_concerned:
        telling.moved(row, by=by, now=now)
    return row


def _require_movable(row: Appointment, starts_at: datetime) -> None:
    waiting_here = row.status == Status.ARRIVED and row.starts_at == starts_at
    if row.status not in _STILL_TO_COME and not waiting_here:
        raise ValidationError(
            f"This appointment is at “{Status(row.status).label}” and cannot be moved. "
            "Step it back first, or book a new one."
        )


@transaction.atomic
def cancel(
    *,
    by: User,
    appointment: Appointment,
    reason: str,
    now: datetime,
    revision: int | None = None,
) -> Appointment:
    """Cancel an appointment that has not begun; its time is free again and the patient is told.

    Raises `ValidationError` without a reason, when the visit has begun or is over, or when
    `revision` is no longer the one the person has seen.
    """
    row = _locked(appointment, revision=revision)
    _require_own_site(row, by)
    if row.status not in (*_STILL_TO_COME, Status.ARRIVED):
        raise ValidationError(
            f"This appointment is at “{Status(row.status).label}” and cannot be cancelled."
        )
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is cancelled."})
    row.cancelled_at, row.cancelled_by, row.cancelled_reason = now, by, reason.strip()
    row.revision += 1
    row.check_and_save()
    row.refresh_from_db(fields=["status"])
    _record(Kind.APPOINTMENT_CANCELLED, row, by=by)
    telling.cancelled(row, by=by, now=now)
    return row


@transaction.atomic
def step_forward(
    *,
    by: User,
    appointment: Appointment,
    now: datetime,
    to: str | None = None,
    seen: str | None = None,
) -> Appointment:
    """Set the next status and record when: Booked, Confirmed, Arrived, In room, Done.

    `to` may name Arrived for a booked patient who never confirmed. `seen` is the status that the
    person had on the screen. Raises `ValidationError` when the order would be impossible, when
    the status is no longer the one seen, or when the visit is on a later day.
    """
    row = _locked(appointment, seen=seen)
    _require_own_site(row, by)
    possible = FOLLOWING.get(row.status, ())
    if to and to not in Status.values:
        raise ValidationError("There is no such status. Nothing was changed.")
    target = Status(to) if to else next(iter(possible), None)
    if target is None or target not in possible:
        wanted = f"“{target.label}” cannot" if target else "Nothing can"
        raise ValidationError(f"{wanted} follow “{Status(row.status).label}”.")
    if target != Status.CONFIRMED and local(now, row.site.zone).date() < row.local_date:
        raise ValidationError(
            f"This appointment is on {day(row.local_date)}. “{target.label}” is set on the day."
        )
    return _set_status(row, {_TIME_OF[target]: now}, by=by)


@transaction.atomic
def step_back(
    *, by: User, appointment: Appointment, now: datetime, seen: str | None = None
) -> Appointment:
    """Undo the last step, a no-show too. A cancelled appointment is booked anew instead.

    Raises `ValidationError` when there is no step to undo, when the status is no longer the one
    seen, or when the time of a no-show was given to somebody else.
    """
    row = _locked(appointment, seen=seen)
    _require_own_site(row, by)
    if row.status not in _TIME_OF:
        raise ValidationError(f"There is no step back from “{Status(row.status).label}”.")
    return _set_status(row, {_TIME_OF[row.status]: None}, by=by)


@transaction.atomic
def no_show(
    *, by: User, appointment: Appointment, now: datetime, seen: str | None = None
) -> Appointment:
    """Record that the patient did not come.

    Raises `ValidationError` before the time of the visit, or when the patient has arrived.
    """
    row = _locked(appointment, seen=seen)
    _require_own_site(row, by)
    if row.status not in _STILL_TO_COME:
        raise ValidationError(f"“No-show” cannot follow “{Status(row.status).label}”.")
    if now < row.starts_at:
        raise ValidationError("The time of this appointment has not come yet.")
    return _set_status(row, {"no_show_at": now}, by=by)


def following_today(appointment: Appointment, *, now: datetime) -> list[Status]:
    """Return what may be set next, the usual first: on the day of the visit that is Arrived."""
    possible = list(FOLLOWING.get(appointment.status, ()))
    if local(now, appointment.site.zone).date() < appointment.local_date:
        return [status for status in possible if status == Status.CONFIRMED]
    return possible[::-1]


def undoes(appointment: Appointment) -> Status | None:
    """Return the status that one step back leads to, or None where there is none."""
    if appointment.status not in _TIME_OF:
        return None
    order = [status for status in _TIME_OF if status != Status.NO_SHOW]
    if appointment.status in order:
        order = order[: order.index(Status(appointment.status))]
    else:
        order = [Status.CONFIRMED]
    set_before = [status for status in order if getattr(appointment, _TIME_OF[status])]
    return Status(set_before[-1]) if set_before else Status.BOOKED


def may_be_missed(appointment: Appointment, *, now: datetime) -> bool:
    """Say whether a no-show may be recorded: the time has come and the patient has not."""
    return appointment.status in _STILL_TO_COME and now >= appointment.starts_at


def _locked(
    appointment: Appointment, *, revision: int | None = None, seen: str | None = None
) -> Appointment:
    rows = Appointment.objects.select_for_update(of=("self",)).with_words()
    row = rows.get(pk=appointment.pk)
    if revision is not None and row.revision != revision:
        raise ValidationError(TOLD_FASTER)
    if seen is not None and row.status != seen:
        raise ValidationError(f"It stands at “{Status(row.status).label}” already.")
    return row


def _require_own_site(row: Appointment, by: User) -> None:
    if not by.works_at(row.site_id):
        raise ValidationError(f"This appointment is at {row.site}, where you do not work.")


def _set_time(appointment: Appointment, starts_at: datetime, minutes: int) -> None:
    # In UTC, so that an hour stays an hour on the days when the clocks change.
    appointment.starts_at = starts_at.astimezone(UTC)
    appointment.ends_at = appointment.starts_at + timedelta(minutes=minutes)


def _put_in_diary(appointment: Appointment, *, by: User, now: datetime) -> None:
    rules.check(appointment, by=by, now=now)
    conflicts.take_turns(appointment)
    _write(appointment, by=by)


def _write(appointment: Appointment, *, by: User) -> None:
    try:
        with transaction.atomic():
            appointment.full_clean()
            appointment.save()
    except ValidationError as error:
        clashes = conflicts.found(appointment, viewer=by)
        if not clashes or set(error.message_dict) != {NON_FIELD_ERRORS}:
            raise
        raise ValidationError(clashes) from error
    except IntegrityError as error:
        if not isinstance(error.__cause__, ExclusionViolation):
            raise
        clashes = conflicts.found(appointment, viewer=by)
        raise ValidationError(clashes or conflicts.CHANGED_MEANWHILE) from error
    appointment.refresh_from_db(fields=["status"])


def _set_status(row: Appointment, times: dict[str, datetime | None], *, by: User) -> Appointment:
    had_let_go = row.status == Status.NO_SHOW
    for name, value in times.items():
        setattr(row, name, value)
    if had_let_go:
        conflicts.take_turns(row)
        _write(row, by=by)
    else:
        row.save(update_fields=list(times))
        row.refresh_from_db(fields=["status"])
    _record(Kind.APPOINTMENT_STATUS, row, by=by, status=Status(row.status).label)
    return row


def _register_at_site(appointment: Appointment, *, by: User) -> None:
    patient, site = appointment.patient, appointment.site
    if not patient.registrations.filter(site=site).exists():
        add_site(by=by, patient=patient, site=site)


def _record(kind: Kind, appointment: Appointment, *, by: User, **details: str) -> None:
    audit.record(
        kind,
        by=by,
        patient_id=appointment.patient_id,
        subject=appointment,
        service=appointment.service.name,
        when=written(appointment.starts_at, appointment.site.zone),
        **details,
    )
