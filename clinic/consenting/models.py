"""A consent that a patient is asked to sign by their own link, and how they proved who they are."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import (
    never_changes,
    never_changes_after,
    never_deleted,
    not_truncated,
    same_patient,
)
from clinic.consenting.triggers import goes_another_way, signed_as_the_consent
from clinic.documents.models import PrivateLink
from clinic.messaging.models import Message
from clinic.staff.keys import by_staff
from patients.models import Consent, Patient

MOST_WRONG = 5
_OF_THE_CODE = ("channel", "told_by", "told_how", "code_hmac", "sent_at", "expires_at")
PROVES_FOR = timedelta(minutes=45)


# The code's keyed digest is of use for ten minutes; it has no place in a history.
@tracked(exclude=("code_hmac",))
class IdentityCheck(Record):
    """One code, sent to what the record holds or told by staff, beside the date of birth.

    Only the keyed digest of the code is stored. A code that is sent goes another way than the
    link. Where the patient has no other, a member of staff makes sure who it is and tells it
    (`told_by`, `told_how`). Whoever gives it has proved for `PROVES_FOR` who they are.
    """

    told_as = ("code to prove who they are", "codes to prove who they are")

    class Told(models.TextChoices):
        PHONE = "phone", "on the phone"
        HERE = "here", "face to face"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    link = models.ForeignKey(PrivateLink, on_delete=models.PROTECT, related_name="identity_checks")
    channel = models.CharField(max_length=8, choices=Message.Channel, blank=True)
    told_by = by_staff(optional=True)
    told_how = models.CharField(max_length=8, choices=Told, blank=True)
    code_hmac = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_answers = models.PositiveSmallIntegerField(default=0)
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["patient"], name="consenting_check_patient")]
        constraints = [
            models.CheckConstraint(
                name="consenting_passed_in_time",
                condition=Q(passed_at__isnull=True)
                | Q(
                    passed_at__gte=F("sent_at"),
                    passed_at__lte=F("expires_at"),
                    wrong_answers__lt=MOST_WRONG,
                ),
                violation_error_message="A code is right only in its time, after few wrong ones.",
            ),
            models.CheckConstraint(
                name="consenting_sent_or_told",
                condition=Q(channel__in=["email", "sms"], told_by__isnull=True, told_how="")
                | Q(channel="", told_by__isnull=False, told_how__in=["phone", "here"]),
                violation_error_message="A code is sent, or told by somebody who says how.",
            ),
        ]
        triggers = [
            goes_another_way(),
            never_changes("patient", "link", *_OF_THE_CODE),
            never_changes_after("passed_at", "wrong_answers"),
            never_deleted(),
            not_truncated(),
            same_patient(("documents_privatelink", "link_id")),
        ]

    def __str__(self) -> str:
        return f"Code by {self.get_channel_display().lower()}" if self.channel else "Code told"

    def proves_at(self, moment: datetime) -> bool:
        """Say whether the right code was given, not long before a moment."""
        return self.passed_at is not None and self.passed_at <= moment < self.passed_at + PROVES_FOR

    @property
    def in_words(self) -> str:
        """How the patient proved who they are, as it stands beside a signature."""
        if self.told_by:
            return (
                f"Date of birth, and a code told {self.get_told_how_display()} by {self.told_by}, "
                "who made sure who it was"
            )
        kept = "the phone number" if self.channel == Message.Channel.SMS else "the e-mail address"
        return f"Date of birth, and a code sent to {kept} in the record"


class SigningRequestQuerySet(models.QuerySet["SigningRequest"]):
    """Requests to sign, with names for the ways to narrow them."""

    def with_patient(self) -> "SigningRequestQuerySet":
        """Return those that were not taken back, and are signed neither by the link nor at all."""
        return self.filter(consent__signed_at__isnull=True, revoked_at__isnull=True)


@tracked()
class SigningRequest(Record):
    """A consent put before a patient to sign by their own link.

    Sent again, it is the same one with a new link. `early_reason` is the clinician's, for signing
    before the time to reflect is over; without one the clock runs.
    """

    told_as = ("consent sent to sign", "consents sent to sign")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="signing_requests")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="signing_requests")
    link = models.ForeignKey(PrivateLink, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_by = by_staff()
    early_reason = models.CharField(max_length=1000, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    identity = models.ForeignKey(
        IdentityCheck, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = by_staff(optional=True)

    objects = SigningRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            paired("consenting_request", "revoked"),
            models.UniqueConstraint(
                fields=["consent"],
                condition=Q(revoked_at__isnull=True),
                name="consenting_asked_once",
                violation_error_message="The patient has this to sign already.",
            ),
            models.CheckConstraint(
                name="consenting_signed_after_identity",
                condition=Q(signed_at__isnull=True, identity__isnull=True)
                | Q(
                    signed_at__isnull=False,
                    identity__isnull=False,
                    opened_at__isnull=False,
                    revoked_at__isnull=True,
                ),
                violation_error_message="Who signs has proved who they are and read the text.",
            ),
        ]
        triggers = [
            signed_as_the_consent(),
            never_changes("patient", "consent"),
            never_changes_after("signed_at", "identity", "link", "opened_at", "early_reason"),
            never_changes_after("revoked_at", "revoked_by", "link"),
            never_deleted(),
            not_truncated(),
            same_patient(
                ("patients_consent", "consent_id"),
                ("documents_privatelink", "link_id"),
                ("consenting_identitycheck", "identity_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"Link to sign {self.consent}"
