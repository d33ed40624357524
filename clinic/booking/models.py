"""Appointments. The database holds that nobody and no room is booked twice."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import never_changes, not_truncated
from clinic.booking.times import day_bounds
from clinic.practice.models import Room, Service, Site
from clinic.staff.keys import by_staff
from patients.models import Patient

ENDS_AFTER_START = "The appointment must end after it starts."


class Status(models.TextChoices):
    """Where an appointment stands."""

    BOOKED = "booked", "Booked"
    CONFIRMED = "confirmed", "Confirmed"
    ARRIVED = "arrived", "Arrived"
    IN_ROOM = "in_room", "In room"
    DONE = "done", "Done"
    NO_SHOW = "no_show", "No-show"
    CANCELLED = "cancelled", "Cancelled"


class _TimeRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


# A cancelled or missed appointment holds nothing.
HOLDS_ITS_TIME = Q(cancelled_at__isnull=True, no_show_at__isnull=True)


def _never_twice(field: str, message: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"booking_{field}_never_twice",
        # The one who is booked first: twice as fast to look up as the time first.
        expressions=[
            (field, RangeOperators.EQUAL),
            (_TimeRange("starts_at", "ends_at", Value("[)")), RangeOperators.OVERLAPS),
        ],
        condition=HOLDS_ITS_TIME,
        violation_error_message=message,
    )


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments, with names for the ways to narrow them."""

    def live(self) -> "AppointmentQuerySet":
        """Return appointments that hold their time."""
        return self.filter(HOLDS_ITS_TIME)

    def on_day(self, day: date, site: Site) -> "AppointmentQuerySet":
        """Return a site's appointments that start on a day of the site's own calendar."""
        midnight, next_midnight = day_bounds(day, site.zone)
        return self.filter(site=site, starts_at__gte=midnight, starts_at__lt=next_midnight)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> "AppointmentQuerySet":
        """Return live appointments that share some time with the half-open interval."""
        return self.live().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def with_words(self) -> "AppointmentQuerySet":
        """Fetch in the same query whom and what an appointment names."""
        return self.select_related("patient", "service", "site", "practitioner", "room")


@tracked(exclude=("status",))
class Appointment(Record):
    """A patient, a service, a practitioner and a room for a half-open interval of time.

    The times of each step are the truth; `status` is worked out from them by the database.
    """

    told_as = ("appointment", "appointments")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="appointments", db_index=False
    )
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    practitioner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="appointments",
        db_index=False,
    )
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    booked_by = by_staff(optional=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    in_room_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    no_show_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = by_staff(optional=True)
    cancelled_reason = models.CharField(max_length=200, blank=True)
    # Counts moves and the cancellation: a second editor is told, and calendars see what is newer.
    revision = models.PositiveIntegerField(default=0, editable=False)
    status = models.GeneratedField(
        expression=Case(
            When(cancelled_at__isnull=False, then=Value("cancelled")),
            When(no_show_at__isnull=False, then=Value("no_show")),
            When(done_at__isnull=False, then=Value("done")),
            When(in_room_at__isnull=False, then=Value("in_room")),
            When(arrived_at__isnull=False, then=Value("arrived")),
            When(confirmed_at__isnull=False, then=Value("confirmed")),
            default=Value("booked"),
        ),
        output_field=models.CharField(max_length=10, choices=Status),
        db_persist=True,
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["site", "starts_at"], name="booking_diary_day"),
            models.Index(fields=["practitioner", "starts_at"], name="booking_my_day"),
            models.Index(fields=["patient", "starts_at"], name="booking_of_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                name="booking_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=ENDS_AFTER_START,
            ),
            paired("booking_appointment", "cancelled"),
            _never_twice("practitioner", "The practitioner is already booked at that time."),
            _never_twice("room", "The room is already booked at that time."),
            _never_twice("patient", "The patient is already booked at that time."),
        ]
        triggers = [never_changes("patient"), not_truncated()]

    def __str__(self) -> str:
        return f"{self.service} of {self.patient}"

    def clean(self) -> None:
        """Refuse reversed times before the database is asked who else is booked then."""
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": ENDS_AFTER_START})

    @property
    def duration_minutes(self) -> int:
        """How long it lasts, in minutes of real time."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def local_date(self) -> date:
        """The day on which it starts, in the site's calendar."""
        return self.starts_at.astimezone(self.site.zone).date()
