"""What speaks against a treatment: the clinic's rules, and what they said when it mattered."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.base.models import Record, between, paired
from clinic.base.triggers import (
    append_only,
    never_changes,
    never_changes_after,
    never_deleted,
    not_truncated,
    same_patient,
)
from clinic.practice.models import Technique
from clinic.staff.keys import by_staff
from patients.models.case import Case
from patients.models.patient import Patient
from patients.triggers import rule_is_decided_by_two

# What a check says of a question of the day before the day.
NOT_ASKED_YET = "Asked on the day of the session"


class ContraindicationRule(Record):
    """One version of a rule. What it says never changes; a new version is a new row.

    `code` is what the versions of a rule have in common. Without an author it came with the
    product. A clinician approves a version, or declines it, once; until then what somebody wrote
    waits, unless it `was_in_use`, approved by nobody, when versions began to wait. Retiring a
    version ends the rule and every older version of it.
    """

    class Severity(models.TextChoices):
        ABSOLUTE = "absolute", "Absolute"
        RELATIVE = "relative", "Relative"

    class Kind(models.TextChoices):
        MEDICINE = "medicine", "A medicine was taken within a time"
        CONDITION = "condition", "A condition was answered with yes"
        BLOOD = "blood", "The last blood result is too low or too high"
        ALLERGY = "allergy", "An allergy is recorded"
        EXPECTING = "expecting", "Pregnant or breastfeeding"
        TODAY = "today", "A question asked on the day of the session"
        AGE = "age", "Younger than an age"

    technique = models.CharField(max_length=12, choices=Technique)
    code = models.SlugField(max_length=40, db_index=False)
    version = models.PositiveSmallIntegerField()
    severity = models.CharField(max_length=8, choices=Severity)
    kind = models.CharField(max_length=10, choices=Kind)
    parameters = models.JSONField()
    sentence = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    published_at = models.DateTimeField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = by_staff(optional=True)
    was_in_use = models.BooleanField(default=False)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = by_staff(optional=True)
    declined_reason = models.CharField(max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = by_staff(optional=True)
    retired_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["technique", "severity", "code", "-version"]
        constraints = [
            paired("patients_contraindication", "approved"),
            paired("patients_contraindication", "declined"),
            paired("patients_contraindication", "retired"),
            between("patients_contraindication", "version", 1, 10_000),
            models.UniqueConstraint(
                fields=["technique", "code", "version"],
                name="patients_contraindication_version_once",
                violation_error_message="Somebody made this version just now. Look at it first.",
            ),
            models.CheckConstraint(
                name="patients_contraindication_known",
                condition=Q(
                    severity__in=["absolute", "relative"],
                    kind__in=[
                        *("medicine", "condition", "blood", "allergy"),
                        *("expecting", "today", "age"),
                    ],
                ),
            ),
            models.CheckConstraint(
                name="patients_contraindication_says_why",
                condition=Q(sentence__regex=r"\S", source__regex=r"\S"),
                violation_error_message="A rule has a sentence and a source.",
            ),
            models.CheckConstraint(
                name="patients_contraindication_retired_why",
                condition=Q(retired_at__isnull=True, retired_reason="")
                | Q(retired_at__isnull=False, retired_reason__regex=r"\S"),
                violation_error_message="Say why the rule is retired.",
            ),
            models.CheckConstraint(
                name="patients_contraindication_declined_why",
                condition=Q(declined_at__isnull=True, declined_reason="")
                | Q(declined_at__isnull=False, declined_reason__regex=r"\S"),
                violation_error_message="Say why the version is declined.",
            ),
            models.CheckConstraint(
                name="patients_contraindication_declined_never_stands",
                condition=Q(declined_at__isnull=True)
                | Q(
                    approved_at__isnull=True,
                    retired_at__isnull=True,
                    author__isnull=False,
                    was_in_use=False,
                ),
                violation_error_message="What was declined is neither approved nor in use.",
            ),
        ]
        triggers = [
            never_changes(
                *("technique", "code", "version", "severity", "kind", "parameters"),
                *("sentence", "source", "published_at", "author", "was_in_use"),
            ),
            never_changes_after("approved_at", "approved_by"),
            never_changes_after("declined_at", "declined_by", "declined_reason"),
            never_changes_after("retired_at", "retired_by", "retired_reason"),
            *(never_deleted(), not_truncated(), rule_is_decided_by_two()),
        ]

    def __str__(self) -> str:
        return f"{self.sentence} (version {self.version})"

    @property
    def is_absolute(self) -> bool:
        """Whether nobody is treated where it applies."""
        return self.severity == self.Severity.ABSOLUTE

    @property
    def is_approved(self) -> bool:
        """Whether a clinician of the clinic stands behind it."""
        return self.approved_at is not None

    @property
    def may_stand(self) -> bool:
        """Whether it is held against records, unless another version is; a declined one never."""
        return self.is_approved or self.author_id is None or self.was_in_use


class ContraindicationCheck(Record):
    """What the rules said of a patient at a step of the treatment, and what was decided; frozen.

    `about_id` is the plan, the consent or the session. `moment_at` is the moment that the rules
    looked at: of a session, its start. `results` holds for each rule its version, what it said,
    why, and the reason that a clinician gave for going on. `checked_by` took the step; it is empty
    where a patient signed by their own link, and the program alone asked the rules.
    """

    told_as = ("check for contraindications", "checks for contraindications")

    class Step(models.TextChoices):
        PLAN = "plan", "Planning"
        CONSENT = "consent", "Consent"
        SESSION = "session", "Session"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    technique = models.CharField(max_length=12, choices=Technique)
    step = models.CharField(max_length=8, choices=Step)
    about_id = models.UUIDField()
    moment_at = models.DateTimeField()
    results = models.JSONField()
    is_refused = models.BooleanField(default=False)
    checked_at = models.DateTimeField()
    checked_by = by_staff(optional=True)

    class Meta:
        ordering = ["-checked_at", "-id"]
        indexes = [models.Index(fields=["about_id", "-checked_at"], name="contraindications_of")]
        constraints = [
            models.CheckConstraint(
                name="patients_contraindicationcheck_step",
                condition=Q(step__in=["plan", "consent", "session"]),
            ),
            models.CheckConstraint(
                name="patients_contraindicationcheck_checked_paired",
                condition=Q(checked_by__isnull=False) | Q(step="consent"),
                violation_error_message="Alone, a patient only signs.",
            ),
        ]
        triggers = [*append_only(), same_patient(("patients_case", "case_id"))]

    def __str__(self) -> str:
        return f"{self.get_step_display()}, {self.get_technique_display()}"

    @property
    def checked_by_in_words(self) -> str:
        """Who took the step, or that the program asked the rules while the patient was alone."""
        return str(self.checked_by or "by the program, as the patient signed by their own link")

    @property
    def against(self) -> list[dict[str, Any]]:
        """Results that applied, and those over which somebody went on with a reason."""
        return [each for each in self.results if each["state"] == "applies" or each["reason"]]

    @property
    def not_known(self) -> list[dict[str, Any]]:
        """Results that could not be told, and that nobody gave a reason for.

        Before the session what is asked on its day is not among them: see `later`.
        """
        unknown = [each for each in self.results if each["state"] == "not_known"]
        later = self.later
        return [each for each in unknown if not each["reason"] and each not in later]

    @property
    def later(self) -> list[dict[str, Any]]:
        """Results of a check before the session about what is asked on its day."""
        if self.step == self.Step.SESSION:
            return []
        return [each for each in self.results if each["why"] == NOT_ASKED_YET]
