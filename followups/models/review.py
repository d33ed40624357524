"""The reviews of one patient. Booked, due and overdue are derived, never stored."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone

from clinic.base.history import tracked
from clinic.base.models import Record
from clinic.base.triggers import (
    append_only,
    never_changes,
    not_truncated,
    same_case,
    same_patient,
)
from clinic.booking.models import Appointment
from clinic.staff.keys import by_staff
from followups.models.protocol import ProtocolStep
from patients.models import Case, Patient
from treatments.models import Session

# A visit that took place is written up within a day; after that the review counts as not held.
WRITTEN_UP_WITHIN = timedelta(days=1)


STILL_TO_HOLD = Q(held_at__isnull=True, given_up_at__isnull=True)


class ReviewStatus(models.TextChoices):
    """Where a review stands on a day."""

    PLANNED = "planned", "Planned"
    DUE = "due", "Due"
    OVERDUE = "overdue", "Overdue"
    BOOKED = "booked", "Booked"
    HELD = "held", "Held"
    HELD_OUT_OF_WINDOW = "held_out_of_window", "Held out of window"
    STOPPED = "stopped", "Stopped: case closed"


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews, with names for the ways to narrow them."""

    def outstanding(self) -> "ReviewQuerySet":
        """Return reviews that have not been held and still are to be."""
        return self.filter(STILL_TO_HOLD)

    def not_booked(self, now: datetime | None = None) -> "ReviewQuerySet":
        """Return reviews without a live appointment that is still to come.

        A visit that was over a day ago and never written up does not count as booked: the review
        would be forgotten.
        """
        over = Value(now or timezone.now()) - Value(WRITTEN_UP_WITHIN)
        return self.filter(
            Q(appointment__isnull=True)
            | Q(appointment__cancelled_at__isnull=False)
            | Q(appointment__no_show_at__isnull=False)
            | Q(appointment__ends_at__lte=over)
        )

    def begun(self, today: date) -> "ReviewQuerySet":
        """Return reviews whose window has begun."""
        return self.filter(window_starts_date__lte=today)

    def with_words(self) -> "ReviewQuerySet":
        """Fetch in the same query what a review's status and line are made of."""
        return self.select_related(
            "step", "after_session__site", "appointment__site", "examination", "case__clinician"
        )


@tracked()
class Review(Record):
    """A review that the protocol asks for, counted from the last signed session."""

    told_as = ("review", "reviews")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    step = models.ForeignKey(ProtocolStep, on_delete=models.PROTECT, related_name="+")
    after_session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=40)
    due_date = models.DateField()
    window_starts_date = models.DateField()
    window_ends_date = models.DateField()
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    held_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(
        null=True, blank=True, help_text="When the case was closed without it."
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_date"]
        indexes = [
            models.Index(
                fields=["window_starts_date", "id"],
                condition=STILL_TO_HOLD,
                name="followups_outstanding",
            ),
            models.Index(fields=["patient", "due_date"], name="followups_of_patient"),
            models.Index(fields=["appointment"], name="followups_by_appointment"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "step"], name="followups_step_once_a_case"),
            models.CheckConstraint(
                name="followups_window_around_due_date",
                condition=Q(window_starts_date__lte=F("due_date"))
                & Q(window_ends_date__gte=F("due_date")),
                violation_error_message="The window lies around the due date.",
            ),
            models.CheckConstraint(
                name="followups_held_or_given_up",
                condition=Q(held_at__isnull=True) | Q(given_up_at__isnull=True),
                violation_error_message="A review that was held was not given up.",
            ),
        ]
        triggers = [
            never_changes("patient", "case"),
            same_patient(("patients_case", "case_id"), ("booking_appointment", "appointment_id")),
            same_case(("treatments_session", "after_session_id")),
            not_truncated(),
        ]

    def __str__(self) -> str:
        return self.label

    def status_at(self, now: datetime) -> ReviewStatus:
        """Return where the review stands, by the calendar of the site that treated."""
        if held := self.held_date:
            on_time = self.window_starts_date <= held <= self.window_ends_date
            return ReviewStatus.HELD if on_time else ReviewStatus.HELD_OUT_OF_WINDOW
        if self.given_up_at:
            return ReviewStatus.STOPPED
        if self.awaits_appointment(now):
            return ReviewStatus.BOOKED
        today = timezone.localdate(now, self.after_session.site.zone)
        if today < self.window_starts_date:
            return ReviewStatus.PLANNED
        return ReviewStatus.DUE if today <= self.window_ends_date else ReviewStatus.OVERDUE

    @property
    def is_outstanding(self) -> bool:
        """Whether it still is to be held."""
        return self.held_at is None and self.given_up_at is None

    @property
    def held_date(self) -> date | None:
        """The day on which the patient was examined, or None."""
        if self.held_at is None:
            return None
        examination = getattr(self, "examination", None)
        if examination is not None:
            return examination.examined_date
        return timezone.localdate(self.held_at, self.after_session.site.zone)

    @property
    def live_appointment(self) -> Appointment | None:
        """The appointment that was neither cancelled nor missed, or None."""
        appointment = self.appointment
        if appointment is None or appointment.cancelled_at or appointment.no_show_at:
            return None
        return appointment

    def awaits_appointment(self, now: datetime) -> bool:
        """Say whether a live appointment is still to come, or so fresh that it is written up."""
        appointment = self.live_appointment
        return appointment is not None and appointment.ends_at > now - WRITTEN_UP_WITHIN

    def seen_but_not_recorded(self, now: datetime) -> bool:
        """Say whether the visit took place, as far as the diary knows, and nothing was written."""
        unwritten = self.held_at is None and self.live_appointment is not None
        return unwritten and not self.awaits_appointment(now)

    @property
    def out_of_window(self) -> bool:
        """Whether the review is booked for a day outside its window."""
        appointment = self.live_appointment
        if appointment is None or self.held_at is not None:
            return False
        return not self.window_starts_date <= appointment.local_date <= self.window_ends_date

    def days_late(self, today: date) -> int:
        """Return the days since it was due; less than nought before."""
        return (today - self.due_date).days


class ContactAttempt(Record):
    """One attempt to reach a patient about an outstanding review."""

    class Outcome(models.TextChoices):
        NO_ANSWER = "no_answer", "No answer"
        LEFT_MESSAGE = "left_message", "Left a message"
        WILL_CALL_BACK = "will_call_back", "Will call back"
        DECLINED = "declined", "Does not want the review"

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="contact_attempts")
    outcome = models.CharField(max_length=16, choices=Outcome)
    note = models.CharField(max_length=200, blank=True)
    attempted_at = models.DateTimeField()
    attempted_by = by_staff()

    class Meta:
        ordering = ["-attempted_at"]
        triggers = append_only()

    def __str__(self) -> str:
        return self.get_outcome_display()
