"""What may be the cause, which warning signs were seen, and what stops the AGA pathway by that.

A warning sign, or a cause that is scarring, infection or areata, points to a stop. A stop stands
until a clinician's review lets the pathway go on; the newest review of a stop decides. What was
stated is never taken out of a stop: that it was wrong is said in the review.
"""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from clinic.base.models import Record
from clinic.base.triggers import append_only, same_patient
from clinic.staff.keys import by_staff
from patients.models.case import Case
from patients.models.diagnosis import Diagnosis
from patients.models.patient import Patient
from patients.models.statements import Statement
from patients.triggers import of_an_open_stop


class Cause(models.TextChoices):
    """What can be behind hair loss."""

    AGA = "aga", "Androgenetic alopecia"
    TELOGEN_EFFLUVIUM = "telogen_effluvium", "Telogen effluvium"
    AREATA = "areata", "Alopecia areata"
    ANAGEN_EFFLUVIUM = "anagen_effluvium", "Anagen effluvium"
    TRICHOTILLOMANIA = "trichotillomania", "Trichotillomania"
    TINEA = "tinea", "Tinea capitis"
    TRACTION = "traction", "Traction"
    LPP = "lpp", "Lichen planopilaris (LPP)"
    FFA = "ffa", "Frontal fibrosing alopecia (FFA)"
    DLE = "dle", "Discoid lupus (DLE)"
    CCCA = "ccca", "Central centrifugal cicatricial alopecia (CCCA)"
    SCARRING = "scarring", "Scarring, not told apart yet"
    THYROID = "thyroid", "Thyroid disease"
    IRON = "iron", "Iron deficiency"
    DRUGS = "drugs", "Drugs"
    OTHER = "other", "Other"


STOPPING_CAUSES = ("areata", "tinea", "lpp", "ffa", "dle", "ccca", "scarring")


class Weight(models.TextChoices):
    """How a possible cause is seen."""

    CONSIDERED = "considered", "Considered"
    LIKELY = "likely", "Likely"
    RULED_OUT = "ruled_out", "Ruled out"


class Sign(models.TextChoices):
    """A warning sign: each stops the AGA pathway until reviewed."""

    SCARRING = "scarring", "Scarring, or follicle openings lost"
    INFLAMED = "inflamed", "Scaling, pustules or inflammation"
    PAIN = "pain", "Pain or burning"
    PATCHY = "patchy", "Loss in patches"
    SUDDEN = "sudden", "Sudden onset"
    FAST = "fast", "Fast course, or onset in childhood"
    BROWS = "brows", "Loss of eyebrows or lashes"
    BROKEN = "broken", "Broken hairs"


class StopQuerySet(models.QuerySet["PathwayStop"]):
    """Stops, with a name for those that stand."""

    def standing(self) -> "StopQuerySet":
        """Return stops that no review has lifted: not reviewed yet, or kept by the newest one."""
        newest = (
            StopReview.objects.filter(stop=OuterRef("pk"))
            .order_by("-reviewed_at", "-id")
            .values("outcome")[:1]
        )
        return self.alias(last=Coalesce(Subquery(newest), Value(""))).exclude(last__in=LIFTING)

    def reviewed(self) -> "StopQuerySet":
        """Return stops that were reviewed at least once."""
        return self.filter(Exists(StopReview.objects.filter(stop=OuterRef("pk"))))


class PathwayStop(Record):
    """The AGA pathway of a patient is stopped by what points to this."""

    told_as = ("sign that points to another cause", "signs that point to another cause")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="pathway_stops")
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    raised_at = models.DateTimeField()
    raised_by = by_staff()

    objects = StopQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        triggers = [*append_only(), same_patient(("patients_case", "case_id"))]

    def __str__(self) -> str:
        return f"Stopped {self.raised_at:%d-%b-%Y}"

    @property
    def grounds(self) -> list[str]:
        """What stands behind the stop, in words, the oldest first; in its last correction."""
        causes, signs = list(self.causes.all()), list(self.signs.all())
        corrected = {row.replaces_id for row in causes}
        causes = [row for row in causes if row.pk not in corrected]
        rows: list[Any] = sorted([*causes, *signs], key=lambda row: (row.stated_at, row.pk))
        return list(dict.fromkeys(row.as_ground for row in rows))

    @property
    def evidence(self) -> set[UUID]:
        """The keys of what points to the stop: who reviews it has read all of these."""
        return {row.pk for rows in (self.causes, self.signs) for row in rows.all()}


class StopReview(Record):
    """A clinician went through what stops the pathway and decided, with a reason."""

    class Outcome(models.TextChoices):
        RULED_OUT = "ruled_out", "Ruled out: the pathway goes on"
        ACCOUNTED = "accounted", "Known and accounted for: the pathway goes on"
        KEPT = "kept", "Confirmed or not settled: the pathway stays stopped"

    stop = models.ForeignKey(
        PathwayStop, on_delete=models.PROTECT, related_name="reviews", db_index=False
    )
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.TextField()
    reviewed_at = models.DateTimeField()
    reviewed_by = by_staff()

    class Meta:
        ordering = ["-reviewed_at", "-id"]
        indexes = [models.Index(fields=["stop", "-reviewed_at", "-id"], name="stop_review_newest")]
        constraints = [
            models.CheckConstraint(
                name="patients_stop_review_outcome",
                condition=Q(outcome__in=["ruled_out", "accounted", "kept"]),
            ),
            models.CheckConstraint(
                name="patients_stop_review_has_reason",
                condition=Q(reason__regex=r"\S"),
                violation_error_message="Write why.",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.reason}"

    @property
    def lifts(self) -> bool:
        """Whether the pathway goes on by this review."""
        return self.outcome in LIFTING


LIFTING = (StopReview.Outcome.RULED_OUT.value, StopReview.Outcome.ACCOUNTED.value)


class FoundQuerySet(models.QuerySet[Any]):
    """Statements of what was found on a day: that of the newest day is the present one."""

    def newest_of(self, patient_id: UUID) -> dict[str, Any]:
        """Return the present statement of each item, by item; what was corrected is left out."""
        rows = self.filter(patient=patient_id, replaced_by__isnull=True).select_related("stated_by")
        newest_first = ("-found_date", "-stated_at", "-created_at", "-id")
        found: dict[str, Any] = {}
        for row in rows.order_by(*newest_first):
            found.setdefault(row.item, row)
        return found


# What is noted on a cause that a diagnosis brought with it.
DIAGNOSED = "Diagnosed"


class CauseStatement(Statement):
    """How somebody saw a possible cause on a day. That of the newest day stands.

    Where the day of its visit was corrected, a row of its own names the one that it replaces.
    """

    told_as = ("possible cause of the hair loss", "possible causes of the hair loss")

    FACTS = ("weight", "note")

    item = models.CharField(max_length=24, choices=Cause)
    weight = models.CharField(max_length=10, choices=Weight)
    note = models.CharField(max_length=300, blank=True)
    found_date = models.DateField("day it was weighed")
    stop = models.ForeignKey(
        PathwayStop, on_delete=models.PROTECT, null=True, blank=True, related_name="causes"
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = FoundQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        ordering = ["-found_date", "-stated_at", "-id"]
        indexes = [models.Index(fields=["patient", "item", "-stated_at"], name="cause_latest")]
        constraints = [
            models.CheckConstraint(
                name="patients_cause_weight", condition=Q(weight__in=Weight.values)
            ),
            models.CheckConstraint(
                name="patients_cause_stops",
                condition=~Q(item__in=STOPPING_CAUSES)
                | Q(weight="ruled_out")
                | Q(stop__isnull=False),
            ),
            models.CheckConstraint(
                name="patients_cause_other_in_words",
                condition=~Q(item="other") | Q(note__regex=r"\S"),
                violation_error_message="Say in words which other cause.",
            ),
        ]
        triggers = [
            *append_only(),
            same_patient(
                ("patients_pathwaystop", "stop_id"),
                ("patients_case", "case_id"),
                ("patients_causestatement", "replaces_id"),
            ),
            of_an_open_stop(),
        ]

    def __str__(self) -> str:
        words = f"{self.get_item_display()}: {self.get_weight_display().lower()}"
        return f"{words} ({self.note})" if self.note else words

    @property
    def as_ground(self) -> str:
        """What it says as the reason of a stop, also where its diagnosis was a mistake."""
        return f"{self}; entered by mistake" if self._of_a_mistake else str(self)

    @property
    def _of_a_mistake(self) -> bool:
        """Whether it was stated with a diagnosis that was taken back."""
        if self.note != DIAGNOSED:
            return False
        made = Diagnosis.objects.filter(case__patient=self.patient_id, made_at=self.stated_at)
        return made.filter(withdrawal__isnull=False).exists()

    @property
    def review(self) -> "StopReview | None":
        """What a clinician decided last about the stop that it is behind."""
        return self.stop.reviews.select_related("reviewed_by").first() if self.stop else None

    @property
    def stops(self) -> bool:
        """Whether the AGA pathway waits for a review of it."""
        return self.item in STOPPING_CAUSES and self.weight != Weight.RULED_OUT


class SignsQuerySet(FoundQuerySet):
    """Statements on warning signs, with a name for those that still say something."""

    def standing(self) -> "SignsQuerySet":
        """Return statements that were neither corrected by another nor entered by mistake."""
        return self.filter(replaced_by__isnull=True, withdrawal__isnull=True)

    def asked_in(self, case: Any, patient: Any) -> "SignsQuerySet":
        """Return statements of a case, and those from before they named theirs.

        Both are keys, or `OuterRef`s to them.
        """
        return self.filter(Q(case=case) | Q(case=None, patient=patient))


class SignsStatement(Statement):
    """Which warning signs were seen when all of them were looked for; none is an answer.

    A correction of the visit is a row of its own, which names the one that it replaces.
    """

    told_as = (
        "time that warning signs were looked for",
        "times that warning signs were looked for",
    )

    FACTS: ClassVar[tuple[str, ...]] = ("present", "note", "found_date")

    present = ArrayField(models.CharField(max_length=10, choices=Sign), default=list, blank=True)
    note = models.CharField(max_length=300, blank=True)
    found_date = models.DateField("day they were looked for")
    stop = models.ForeignKey(
        PathwayStop, on_delete=models.PROTECT, null=True, blank=True, related_name="signs"
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    objects = SignsQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        ordering = ["-found_date", "-stated_at", "-id"]
        indexes = [models.Index(fields=["patient", "-stated_at"], name="signs_latest")]
        constraints = [
            models.CheckConstraint(
                name="patients_signs_known",
                condition=Q(present__contained_by=list(Sign.values)),
            ),
            models.CheckConstraint(
                name="patients_signs_stop", condition=Q(present=[]) | Q(stop__isnull=False)
            ),
        ]
        triggers = [
            *append_only(),
            same_patient(
                ("patients_pathwaystop", "stop_id"),
                ("patients_case", "case_id"),
                ("patients_signsstatement", "replaces_id"),
            ),
            of_an_open_stop(),
        ]

    def __str__(self) -> str:
        words = "; ".join(self.signs_in_words) or "No warning signs"
        return f"{words} ({self.note})" if self.note else words

    @property
    def as_ground(self) -> str:
        """What it says as the reason of a stop, also where it was entered by mistake."""
        return f"{self}; entered by mistake" if hasattr(self, "withdrawal") else str(self)

    def covers(self, other: "SignsStatement") -> bool:
        """Whether it names every sign that another statement does."""
        return set(other.present) <= set(self.present)

    @property
    def signs_in_words(self) -> list[str]:
        """The signs that were seen, in words."""
        return [str(sign.label) for sign in Sign if sign.value in self.present]
