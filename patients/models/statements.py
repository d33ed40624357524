"""What somebody asked, and what was answered: each statement stands until a newer one.

A question without a row was never asked. "Not known" is an answer: somebody asked.
"""

from operator import attrgetter
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from clinic.base.models import Record, between
from clinic.base.triggers import append_only
from clinic.staff.keys import by_staff
from patients.catalogue import Condition, Course, Pattern, Relative, Shedding, Trigger
from patients.models.patient import Patient
from patients.partial_dates import PartialDate, as_exact_as_known, precision_field


class Answer(models.TextChoices):
    """What was answered."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class StatementQuerySet(models.QuerySet["Statement"]):
    """Statements, with a name for the way to the present ones."""

    def newest_of(self, patient_id: UUID) -> dict[str, Any]:
        """Return the standing statement of each item that was ever asked, by item."""
        rows = self.filter(patient=patient_id).select_related("stated_by")
        if any(field.name == "item" for field in self.model._meta.fields):
            rows = rows.order_by("item", "-stated_at", "-id").distinct("item")
        else:
            rows = rows.order_by("-stated_at", "-id")[:1]
        newest_first = sorted(rows, key=attrgetter("stated_at", "pk"), reverse=True)
        return {row.item: row for row in newest_first}


class Statement(Record):
    """Somebody's dated statement; rows are added and never changed."""

    FACTS: ClassVar[tuple[str, ...]] = ()
    """The columns that make two statements say the same."""

    item: Any = ""
    """What it is about, where one table holds the answers to several questions."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    stated_at = models.DateTimeField()
    stated_by = by_staff()

    objects = StatementQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def facts(self) -> dict[str, Any]:
        """What is stated, by column."""
        return {name: getattr(self, name) for name in self.FACTS}

    def says_the_same(self, other: Self) -> bool:
        """Whether another statement states nothing else."""
        return self.facts == other.facts


def _only_with_yes(table: str, *empty: Q) -> models.CheckConstraint:
    nothing = Q()
    for each in empty:
        nothing &= each
    return models.CheckConstraint(
        name=f"{table}_details_with_yes",
        condition=Q(answer=Answer.YES) | nothing,
        violation_error_message="Details belong to the answer “Yes”.",
    )


class ConditionStatement(Statement):
    """Whether the patient has or had a condition, as far as was told."""

    told_as = ("answer about an illness", "answers about illnesses")

    FACTS = ("answer", "since_date", "since_precision", "note")

    item = models.CharField(max_length=24, choices=Condition)
    answer = models.CharField(max_length=9, choices=Answer)
    since_date = models.DateField("since", null=True, blank=True)
    since_precision = precision_field()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-stated_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "item", "-stated_at"], name="condition_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="patients_condition_answer", condition=Q(answer__in=Answer.values)
            ),
            _only_with_yes("patients_condition", Q(since_date__isnull=True)),
            as_exact_as_known("patients_condition", "since"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_item_display()}: {self.get_answer_display().lower()}"

    @property
    def since(self) -> PartialDate | None:
        """Since when, as far as it is known."""
        return PartialDate.of(self, "since")


class RelativeStatement(Statement):
    """Whether a relative lost hair, how, and from what age."""

    told_as = ("answer about hair loss of a relative", "answers about hair loss of relatives")

    FACTS = ("answer", "pattern", "onset_age_years", "note")

    item = models.CharField(max_length=14, choices=Relative)
    answer = models.CharField(max_length=9, choices=Answer)
    pattern = models.CharField(max_length=12, choices=Pattern, blank=True)
    onset_age_years = models.PositiveSmallIntegerField("age it began", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-stated_at", "-id"]
        indexes = [models.Index(fields=["patient", "item", "-stated_at"], name="relative_latest")]
        constraints = [
            models.CheckConstraint(
                name="patients_relative_answer", condition=Q(answer__in=Answer.values)
            ),
            _only_with_yes("patients_relative", Q(pattern=""), Q(onset_age_years__isnull=True)),
            between(
                "patients_relative",
                "onset_age_years",
                0,
                110,
                message="The age must be between 0 and 110 years.",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_item_display()}: {self.get_answer_display().lower()}"


class HairStatement(Statement):
    """How the hair loss began and went on."""

    told_as = ("answer about how the hair loss began", "answers about how the hair loss began")

    FACTS = ("since_date", "since_precision", "course", "shedding", "triggers")

    since_date = models.DateField("since", null=True, blank=True)
    since_precision = precision_field()
    course = models.CharField(max_length=10, choices=Course, blank=True)
    shedding = models.CharField(max_length=10, choices=Shedding, blank=True)
    triggers = ArrayField(
        models.CharField(max_length=12, choices=Trigger), default=list, blank=True
    )

    class Meta:
        ordering = ["-stated_at", "-id"]
        indexes = [models.Index(fields=["patient", "-stated_at"], name="hair_latest")]
        constraints = [
            as_exact_as_known("patients_hair", "since"),
            models.CheckConstraint(
                name="patients_hair_says_something",
                condition=Q(since_date__isnull=False)
                | ~Q(course="")
                | ~Q(shedding="")
                | ~Q(triggers=[]),
                violation_error_message="Fill in what is known, or leave this part as it is.",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"Hair loss since {self.since or 'a time not known'}"

    @property
    def since(self) -> PartialDate | None:
        """Since when, as far as it is known."""
        return PartialDate.of(self, "since")

    @property
    def triggers_in_words(self) -> str:
        """What may have set it off, or ""."""
        return ", ".join(Trigger(value).label for value in self.triggers)


class PregnancyStatement(Statement):
    """Whether the patient is pregnant or breastfeeding on the day of the statement."""

    told_as = (
        "answer about pregnancy and breastfeeding",
        "answers about pregnancy and breastfeeding",
    )

    class State(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_KNOWN = "not_known", "Not known"
        NOT_APPLICABLE = "not_applicable", "Not applicable"

    FACTS = ("pregnancy", "breastfeeding")

    pregnancy = models.CharField(max_length=14, choices=State)
    breastfeeding = models.CharField(max_length=14, choices=State)

    class Meta:
        ordering = ["-stated_at", "-id"]
        indexes = [models.Index(fields=["patient", "-stated_at"], name="pregnancy_latest")]
        constraints = [
            models.CheckConstraint(
                name="patients_pregnancy_states",
                condition=Q(
                    pregnancy__in=["yes", "no", "not_known", "not_applicable"],
                    breastfeeding__in=["yes", "no", "not_known", "not_applicable"],
                ),
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return (
            f"Pregnant: {self.get_pregnancy_display().lower()};"
            f" breastfeeding: {self.get_breastfeeding_display().lower()}"
        )


class MedicinesReview(Statement):
    """Somebody went through the medicines: nothing changed, or none is taken.

    A medicine recorded later overtakes the statement that none is taken.
    """

    told_as = (
        "time that all medicines were gone through",
        "times that all medicines were gone through",
    )

    FACTS = ("takes_none",)

    takes_none = models.BooleanField()

    class Meta:
        ordering = ["-stated_at", "-id"]
        indexes = [models.Index(fields=["patient", "-stated_at"], name="medicines_reviewed")]
        triggers = append_only()

    def __str__(self) -> str:
        return "Takes no medicines" if self.takes_none else "Medicines reviewed, no change"


class NoEarlierTreatments(Statement):
    """Nothing was done about the hair elsewhere. A treatment recorded later wins."""

    told_as = (
        "answer that nothing was treated elsewhere",
        "answers that nothing was treated elsewhere",
    )

    class Meta:
        ordering = ["-stated_at", "-id"]
        verbose_name_plural = "statements of no earlier treatments"
        indexes = [models.Index(fields=["patient", "-stated_at"], name="not_treated_latest")]
        triggers = append_only()

    def __str__(self) -> str:
        return "Not treated elsewhere"
