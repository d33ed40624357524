"""Which visits keep a case open."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from clinic.booking.models import Appointment, Status
from clinic.booking.times import written
from patients.closing import Obstacle
from patients.models import Case


def visits_to_come(case: Case, now: datetime) -> Iterator[Obstacle]:
    """Yield the patient's visits that are still to come: they would be reminded, and come.

    Who is late is still to come. Who puts a visit in the diary and who closes the case wait for
    each other at the patient's row, so none is missed that was there first. A visit that is booked
    after the case was closed may stand: the patient comes back, and a new case is opened.
    """
    waiting = Appointment.objects.live().filter(
        patient=case.patient_id, ends_at__gt=now, status__in=(Status.BOOKED, Status.CONFIRMED)
    )
    for visit in waiting.with_words().order_by("starts_at"):
        when = written(visit.starts_at, visit.site.zone)
        yield Obstacle(
            f"{visit.service} on {when} at {visit.site} is still to come. Cancel it first, or close"
            " the case after it.",
            page="Open the appointment",
            url=reverse("booking:appointment", args=[visit.pk]),
        )


def visits_of_today(case: Case, now: datetime) -> Iterator[Obstacle]:
    """Yield the visit for which the patient is in the house today, and not seen out yet.

    Who was never seen out on an earlier day is long gone.
    """
    here = Appointment.objects.live().filter(
        patient=case.patient_id, status__in=(Status.ARRIVED, Status.IN_ROOM)
    )
    for visit in here.with_words().order_by("starts_at"):
        if visit.local_date != timezone.localdate(now, visit.site.zone):
            continue
        yield Obstacle(
            f"The patient is here today for {visit.service} at {visit.site}"
            f" ({Status(visit.status).label.lower()}). Finish the visit first.",
            page="Open the appointment",
            url=reverse("booking:appointment", args=[visit.pk]),
        )
