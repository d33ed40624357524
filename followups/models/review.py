"""The reviews of one patient. Booked, due and overdue are derived, never stored."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.base.history import tracked
from clinic.base.models import Record
from clinic.base.triggers import append_only, not_truncated
from clinic.booking.models import Appointment
from followups.models.protocol import ProtocolStep
from patients.models import Case, Patient
from treatments.models import Session


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews, with names for the ways to narrow them."""

    def outstanding(self) -> "ReviewQuerySet":
        """Return reviews that have not been held."""
        return self.filter(held_at__isnull=True)

    def not_booked(self) -> "ReviewQuerySet":
        """Return reviews without a live appointment."""
        return self.exclude(
            Q(appointment__isnull=False)
            & Q(appointment__cancelled_at__isnull=True)
            & Q(appointment__no_show_at__isnull=True)
        )


@tracked()
class Review(Record):
    """A review that the protocol asks for, counted from the last signed session."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reviews")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    step = models.ForeignKey(ProtocolStep, on_delete=models.PROTECT, related_name="+")
    after_session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=40)
    due_date = models.DateField()
    window_starts_date = models.DateField()
    window_ends_date = models.DateField()
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    held_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["due_date"]
        indexes = [
            models.Index(
                fields=["window_starts_date"],
                condition=Q(held_at__isnull=True),
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
        ]
        triggers = [not_truncated()]

    def __str__(self) -> str:
        return self.label


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
    attempted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-attempted_at"]
        triggers = append_only()

    def __str__(self) -> str:
        return self.get_outcome_display()
