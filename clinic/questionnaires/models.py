"""What a patient answers before a visit, and what a clinician made of each answer.

None of it is the record: the record changes when somebody accepts an answer.
"""

from django.db import models
from django.db.models import Q

from clinic.base.history import tracked
from clinic.base.models import Record, paired
from clinic.base.triggers import (
    append_only,
    never_changes,
    never_changes_after,
    never_deleted,
    not_truncated,
    same_patient,
)
from clinic.documents.models import PrivateLink
from clinic.questionnaires.triggers import locked_when_sent_in, only_when_sent_in
from clinic.staff.keys import by_staff
from patients.models import Patient


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    """Questionnaires, with names for the ways to narrow them."""

    def with_patient(self) -> "QuestionnaireQuerySet":
        """Return those that a patient can still write in."""
        return self.filter(sent_in_at__isnull=True, revoked_at__isnull=True)

    def to_read(self) -> "QuestionnaireQuerySet":
        """Return those that were sent in and are not gone through."""
        return self.filter(sent_in_at__isnull=False, gone_through_at__isnull=True)


@tracked()
class Questionnaire(Record):
    """The questions put to a patient once; opened by a private link with the date of birth."""

    told_as = ("questionnaire", "questionnaires")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="questionnaires", db_index=False
    )
    asked_at = models.DateTimeField()
    asked_by = by_staff()
    link = models.ForeignKey(PrivateLink, on_delete=models.PROTECT, related_name="questionnaires")
    opened_at = models.DateTimeField(null=True, blank=True)
    sent_in_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = by_staff(optional=True)
    gone_through_at = models.DateTimeField(null=True, blank=True)
    gone_through_by = by_staff(optional=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "-asked_at"], name="questionnaires_of_patient"),
            models.Index(
                fields=["sent_in_at"],
                condition=Q(sent_in_at__isnull=False, gone_through_at__isnull=True),
                name="questionnaires_to_read",
            ),
        ]
        constraints = [
            paired("questionnaires", "revoked"),
            paired("questionnaires", "gone_through"),
            models.CheckConstraint(
                name="questionnaires_one_ending",
                condition=Q(sent_in_at__isnull=True) | Q(revoked_at__isnull=True),
                violation_error_message="A questionnaire is sent in or taken back, not both.",
            ),
            models.CheckConstraint(
                name="questionnaires_read_when_sent_in",
                condition=Q(gone_through_at__isnull=True) | Q(sent_in_at__isnull=False),
                violation_error_message="Only what was sent in can be gone through.",
            ),
        ]
        triggers = [
            never_changes("patient", "asked_at", "asked_by"),
            never_changes_after("sent_in_at", "link"),
            never_changes_after("revoked_at", "revoked_by", "link"),
            never_changes_after("gone_through_at", "gone_through_by"),
            never_deleted(),
            not_truncated(),
            same_patient(("documents_privatelink", "link_id")),
        ]

    def __str__(self) -> str:
        return "History questionnaire"


@tracked()
class PatientAnswer(Record):
    """What the patient says about one item; an empty `value` is an answer taken back.

    `item` names the question, and the row of a list: `condition.heart`, `medicine.2`.
    """

    told_as = ("answer in a questionnaire", "answers in questionnaires")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    questionnaire = models.ForeignKey(
        Questionnaire,
        on_delete=models.PROTECT,
        related_name="answers",
        db_index=False,
    )
    item = models.CharField(max_length=40)
    value = models.JSONField(default=dict, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["questionnaire", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "item"], name="questionnaires_answered_once"
            ),
            models.CheckConstraint(
                name="questionnaires_item_is_a_code",
                condition=Q(item__regex=r"^[a-z_]+([.][a-z0-9_]+)?$"),
                violation_error_message="There is no such question.",
            ),
        ]
        triggers = [
            locked_when_sent_in(),
            never_changes("patient", "questionnaire", "item"),
            never_deleted(),
            not_truncated(),
            same_patient(("questionnaires_questionnaire", "questionnaire_id")),
        ]

    def __str__(self) -> str:
        return f"Answer about {self.item}"


class Decision(Record):
    """What a clinician made of one answer; it stands."""

    told_as = ("answer of a questionnaire gone through", "answers of questionnaires gone through")

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        CORRECTED = "corrected", "Corrected and accepted"
        CONFIRMED = "confirmed", "The record says so already"
        NOTED = "noted", "Read, nothing to record"
        LEFT_OUT = "left_out", "Left out"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    answer = models.OneToOneField(PatientAnswer, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=10, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)
    recorded_id = models.UUIDField("what it became in the record", null=True, blank=True)
    decided_at = models.DateTimeField()
    decided_by = by_staff()

    class Meta:
        ordering = ["-decided_at", "-id"]
        indexes = [models.Index(fields=["patient"], name="decisions_of_patient")]
        constraints = [
            models.CheckConstraint(
                name="questionnaires_recorded_what",
                condition=Q(outcome__in=["accepted", "corrected"], recorded_id__isnull=False)
                | Q(
                    outcome__in=["confirmed", "noted", "left_out"],
                    recorded_id__isnull=True,
                ),
                violation_error_message="What is accepted stands in the record, and only that.",
            )
        ]
        triggers = [
            *append_only(),
            only_when_sent_in(),
            same_patient(("questionnaires_patientanswer", "answer_id")),
        ]

    def __str__(self) -> str:
        return f"{self.answer}: {self.get_outcome_display().lower()}"
