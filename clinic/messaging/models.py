"""The outbox: what is to be sent, and what became of it."""

from django.db import models
from django.db.models import Q

from clinic.base.history import tracked
from clinic.base.models import Record
from clinic.base.triggers import never_changes, not_truncated
from clinic.messaging.masking import mask_secrets
from patients.contact import About
from patients.contact import Channel as Wish
from patients.models import Patient
from patients.phone import readable


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, with names for the ways to narrow them."""

    def waiting(self) -> "MessageQuerySet":
        """Return messages that are still to be sent."""
        return self.filter(sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True)


# The text may hold a private link, whose secret must not stay behind in the history.
@tracked(exclude=("body",))
class Message(Record):
    """One message to one patient. `key` names its cause, so that it exists once.

    The secret of a private link stands in `body` until the message is sent, and is masked then.

    A worker claims a row (`claimed_until`) before it calls the provider, and the claim is
    committed first: a worker that dies leaves a lease that runs out.
    """

    told_as = ("message", "messages")

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        SMS = "sms", "Text message"

    class Purpose(models.TextChoices):
        CONFIRMATION = "confirmation", "Appointment confirmation"
        REMINDER = "reminder", "Appointment reminder"
        MOVED = "moved", "Appointment moved"
        CANCELLED = "cancelled", "Appointment cancelled"
        MARKETING = "marketing", "News and offers"
        SUMMARY_READY = "summary_ready", "Summary ready"
        QUESTIONNAIRE = "questionnaire", "Questions before a visit"
        CONSENT = "consent", "Something to read and sign"
        IDENTITY_CODE = "identity_code", "Code for the patient's page"

    # As which of the patient's wishes each channel and purpose counts.
    WISHED_CHANNELS = {Channel.EMAIL: Wish.EMAIL, Channel.SMS: Wish.TEXT}
    ABOUT = {
        Purpose.CONFIRMATION: About.VISITS,
        Purpose.REMINDER: About.VISITS,
        Purpose.MOVED: About.VISITS,
        Purpose.CANCELLED: About.VISITS,
        Purpose.MARKETING: About.NEWS,
        Purpose.SUMMARY_READY: About.CARE,
        Purpose.QUESTIONNAIRE: About.VISITS,
        Purpose.CONSENT: About.CARE,
        Purpose.IDENTITY_CODE: About.CARE,
    }

    key = models.CharField(max_length=160, unique=True)
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    purpose = models.CharField(max_length=16, choices=Purpose)
    channel = models.CharField(max_length=8, choices=Channel)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=160, blank=True)
    body = models.TextField()
    attachment_name = models.CharField(max_length=80, blank=True)
    attachment_text = models.TextField(blank=True)
    due_at = models.DateTimeField()
    useless_after = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(
                    sent_at__isnull=True, cancelled_at__isnull=True, failed_at__isnull=True
                ),
                name="messaging_waiting",
            ),
            models.Index(fields=["patient", "-due_at"], name="messaging_of_patient"),
            models.Index(fields=["-due_at", "-id"], name="messaging_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="messaging_one_ending",
                condition=Q(sent_at__isnull=True, cancelled_at__isnull=True)
                | Q(sent_at__isnull=True, failed_at__isnull=True)
                | Q(cancelled_at__isnull=True, failed_at__isnull=True),
                violation_error_message="A message ends once: sent, cancelled or failed.",
            )
        ]
        triggers = [never_changes("patient"), not_truncated()]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} to {self.recipient}"

    @property
    def text_to_show(self) -> str:
        """The text, without the secrets of private links."""
        return mask_secrets(self.body)

    @property
    def recipient_to_show(self) -> str:
        """The address or the phone number, as people read it."""
        return readable(self.recipient) if self.channel == self.Channel.SMS else self.recipient

    @property
    def is_wanted(self) -> bool:
        """Whether the patient agrees to be told this, this way."""
        return is_wanted(self.patient, self.channel, self.purpose)

    @property
    def status(self) -> str:
        """What became of the message, in a word."""
        if self.sent_at:
            return "sent"
        if self.cancelled_at:
            return "cancelled"
        return "failed" if self.failed_at else "waiting"


def is_wanted(patient: Patient, channel: str, purpose: str) -> bool:
    """Say whether a patient agrees to messages of a purpose through a channel."""
    wish = Message.WISHED_CHANNELS[Message.Channel(channel)]
    return patient.may_be_contacted(wish, Message.ABOUT[Message.Purpose(purpose)])
