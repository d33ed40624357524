"""A treatment session: the record of one visit's work, locked by the database once signed."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from clinic.base.history import tracked
from clinic.base.models import Record, between, paired
from clinic.base.triggers import (
    append_only,
    locked_when_signed,
    locked_with_parent,
    never_changes,
    same_case,
    same_patient,
)
from clinic.booking.models import Appointment
from clinic.practice.models import Site, Technique
from clinic.staff.keys import by_staff
from patients.models import Case, Consent, PathwayStop, Patient
from treatments.models.plan import Plan
from treatments.triggers import (
    addendum_of_signed,
    checked_when_signed,
    consent_stands_when_signed,
    pathway_open_when_signed,
    whole_when_signed,
)

if TYPE_CHECKING:
    from treatments.models.micrograft import MicrograftPreparation
    from treatments.models.prp import PrpPreparation


class SessionQuerySet(models.QuerySet["Session"]):
    """Sessions, with names for the ways to narrow them."""

    def signed(self) -> "SessionQuerySet":
        """Return signed sessions."""
        return self.filter(signed_at__isnull=False)

    def standing(self) -> "SessionQuerySet":
        """Return signed sessions that no later signed record replaces."""
        return self.signed().filter(
            Q(amended_by__isnull=True) | Q(amended_by__signed_at__isnull=True)
        )

    def drafts(self) -> "SessionQuerySet":
        """Return sessions that are still to be signed."""
        return self.filter(signed_at__isnull=True)

    def for_case(self, case: Case) -> "SessionQuerySet":
        """Return the sessions of one case."""
        return self.filter(case=case)

    def last_signed(self, case: Case, technique: str) -> "Session | None":
        """Return the latest signed session of a technique in a case, or None."""
        signed = self.signed().filter(case=case, technique=technique)
        return signed.order_by("-performed_date", "-number").first()

    def with_everything(self) -> "SessionQuerySet":
        """Return the sessions with all that a page or a document shows of them."""
        return (
            self.select_related(
                *(
                    "site",
                    "case",
                    "plan",
                    "operator",
                    "responsible_doctor",
                    "signed_by",
                    "saved_by",
                ),
                "consent_reconfirmed_by",
                *("consent__template", "micrograft", "prp"),
            )
            .annotate(
                has_stop=Exists(PathwayStop.objects.standing().filter(patient=OuterRef("patient")))
            )
            .prefetch_related(
                *("zones", "spins", "anaesthetics", "lot_uses__lot", "addenda__added_by")
            )
        )


@tracked()
class Session(Record):
    """One session of one technique. `revision` counts saves, so that two editors notice each other.

    Signing (`signed_at`) needs a standing consent of the same patient to the same technique: the
    database checks it, whatever the path.
    """

    told_as = ("treatment session", "treatment sessions")

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="sessions", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sessions")
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    technique = models.CharField(max_length=12, choices=Technique)
    number = models.PositiveSmallIntegerField(help_text="Which session of its technique this is.")
    performed_date = models.DateField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    responsible_doctor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent = models.ForeignKey(
        Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    weight_kg = models.DecimalField(
        "patient's weight, kg", max_digits=4, decimal_places=1, null=True, blank=True
    )
    identity_confirmed = models.BooleanField(
        "the patient said their name and date of birth", default=False
    )
    contraindications_checked = models.BooleanField(
        "contraindications and allergies asked again", default=False
    )
    # The patient was asked again at this session and still agrees; who asked, and when.
    consent_reconfirmed_at = models.DateTimeField(null=True, blank=True)
    consent_reconfirmed_by = by_staff(optional=True)
    identity_confirmed_before_injection = models.BooleanField(
        "name and date of birth confirmed again before injection", default=False
    )
    allergy_reason = models.TextField(
        "why an anaesthetic was given despite an allergy", max_length=300, blank=True
    )
    volume_reason = models.TextField(
        "why more was infiltrated than was prepared", max_length=300, blank=True
    )
    # Answers to the questions of the day (`patients.contraindications.kinds.Question`).
    asked_today = models.JSONField(default=dict, blank=True)
    observations = models.TextField(blank=True)
    aftercare_given = models.BooleanField("aftercare explained and given in writing", default=False)
    # Rows begun and not complete: valid entries as text, by part. Empty once signed.
    unfinished = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = by_staff(optional=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = by_staff(optional=True)
    amends = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="amended_by"
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["performed_date", "number"]
        indexes = [
            models.Index(fields=["patient", "performed_date"], name="treatments_session_patient"),
            models.Index(
                fields=["operator"], condition=Q(signed_at__isnull=True), name="treatments_unsigned"
            ),
        ]
        constraints = [
            paired("treatments_session", "signed"),
            paired("treatments_session", "saved"),
            paired("treatments_session", "consent_reconfirmed"),
            between("treatments_session", "number", 1, 200),
            between("treatments_session", "weight_kg", 30, 300),
            models.CheckConstraint(
                name="treatments_session_ends_after_start",
                condition=Q(ended_at__isnull=True)
                | Q(started_at__isnull=True)
                | Q(ended_at__gte=F("started_at")),
                violation_error_message="The session cannot end before it starts.",
            ),
            models.CheckConstraint(
                name="treatments_session_signed_whole",
                condition=Q(signed_at__isnull=True)
                | Q(
                    consent__isnull=False,
                    identity_confirmed=True,
                    contraindications_checked=True,
                    identity_confirmed_before_injection=True,
                ),
                violation_error_message="A session is signed with its consent and checks complete.",
            ),
            models.CheckConstraint(
                name="treatments_prp_needs_a_doctor",
                condition=Q(signed_at__isnull=True)
                | ~Q(technique="prp")
                | Q(responsible_doctor__isnull=False),
                violation_error_message="A PRP session names the responsible doctor.",
            ),
            models.CheckConstraint(
                name="treatments_session_signed_finished",
                condition=Q(signed_at__isnull=True) | Q(unfinished={}),
                violation_error_message="A session is signed when every row in it is complete.",
            ),
            models.UniqueConstraint(
                fields=["case", "technique"],
                condition=Q(signed_at__isnull=True),
                name="treatments_one_draft_a_technique",
                violation_error_message="This case already has an open draft of this technique.",
            ),
            models.UniqueConstraint(
                fields=["case", "technique", "number"],
                condition=Q(amends__isnull=True),
                name="treatments_session_number_once",
                violation_error_message="This case already has a session of that number.",
            ),
        ]
        triggers = [
            *locked_when_signed(),
            consent_stands_when_signed(),
            checked_when_signed(),
            whole_when_signed(),
            pathway_open_when_signed(),
            never_changes("patient", "case"),
            same_patient(
                ("patients_case", "case_id"),
                ("patients_consent", "consent_id"),
                ("booking_appointment", "appointment_id"),
            ),
            same_case(("treatments_plan", "plan_id"), ("treatments_session", "amends_id")),
        ]

    def __str__(self) -> str:
        return f"{self.get_technique_display()} session {self.number}"

    @property
    def is_signed(self) -> bool:
        """Whether the record is locked."""
        return self.signed_at is not None

    @property
    def is_pathway_stopped(self) -> bool:
        """Whether something that was found stops the AGA pathway; `with_everything` asks it too."""
        if "has_stop" in self.__dict__:
            return bool(self.__dict__["has_stop"])
        return PathwayStop.objects.standing().filter(patient=self.patient_id).exists()

    @property
    def consent_reconfirmed(self) -> bool:
        """Whether the patient was asked at this session and still agrees."""
        return self.consent_reconfirmed_at is not None

    @property
    def preparation(self) -> "MicrograftPreparation | PrpPreparation | None":
        """How the injected material was prepared, or None while nothing is recorded."""
        return getattr(self, str(self.technique), None)


@tracked()
class Zone(Record):
    """A part of the scalp that was infiltrated: how much, where, how deep."""

    class Region(models.TextChoices):
        FRONTAL = "frontal", "Frontal"
        MID_SCALP = "mid_scalp", "Mid-scalp"
        VERTEX = "vertex", "Vertex"
        TEMPLE_LEFT = "temple_left", "Left temple"
        TEMPLE_RIGHT = "temple_right", "Right temple"
        PARIETAL_LEFT = "parietal_left", "Left parietal"
        PARIETAL_RIGHT = "parietal_right", "Right parietal"
        OCCIPITAL = "occipital", "Occipital"

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="zones", db_index=False
    )
    region = models.CharField(max_length=16, choices=Region)
    area_cm2 = models.DecimalField("area, cm²", max_digits=6, decimal_places=2)
    volume_ml = models.DecimalField("volume, mL", max_digits=5, decimal_places=2)
    points = models.PositiveSmallIntegerField("injection points")
    depth_mm = models.DecimalField("depth, mm", max_digits=4, decimal_places=1)
    needle = models.CharField("needle or device", max_length=40, blank=True)
    syringes = models.PositiveSmallIntegerField("syringes used", null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            between("treatments_zone", "area_cm2", Decimal("0.1"), 700),
            between("treatments_zone", "volume_ml", Decimal("0.01"), 100),
            between("treatments_zone", "points", 1, 2000),
            between("treatments_zone", "depth_mm", Decimal("0.1"), 13),
            between("treatments_zone", "syringes", 1, 50),
            models.UniqueConstraint(
                fields=["session", "region"],
                name="treatments_zone_once_a_session",
                violation_error_message="This region is already in the list.",
            ),
        ]
        triggers = locked_with_parent("treatments_session", "session_id")

    def __str__(self) -> str:
        return self.get_region_display()


@tracked()
class Anaesthetic(Record):
    """A local anaesthetic given in the session. 1 % is 10 mg/mL."""

    class Agent(models.TextChoices):
        LIDOCAINE = "lidocaine", "Lidocaine"

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="anaesthetics")
    agent = models.CharField(max_length=16, choices=Agent, default=Agent.LIDOCAINE)
    strength_percent = models.DecimalField("strength, %", max_digits=4, decimal_places=2)
    volume_ml = models.DecimalField("volume, mL", max_digits=5, decimal_places=2)
    with_adrenaline = models.BooleanField(default=False)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            between("treatments_anaesthetic", "strength_percent", Decimal("0.1"), 10),
            between("treatments_anaesthetic", "volume_ml", Decimal("0.1"), 100),
        ]
        triggers = locked_with_parent("treatments_session", "session_id")

    def __str__(self) -> str:
        adrenaline = " with adrenaline" if self.with_adrenaline else ""
        return f"{self.get_agent_display()} {self.strength_percent} %{adrenaline}"

    @property
    def dose_mg(self) -> Decimal:
        """The dose: 1 % holds 10 mg in each mL."""
        return self.strength_percent * 10 * self.volume_ml


class Addendum(Record):
    """A dated note added to a signed session. It is never changed; the next one corrects it."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    added_at = models.DateTimeField()
    added_by = by_staff()

    class Meta:
        ordering = ["added_at"]
        verbose_name_plural = "addenda"
        constraints = [
            models.CheckConstraint(
                name="treatments_addendum_says_something",
                condition=~Q(text=""),
                violation_error_message="Write what is to be added.",
            )
        ]
        triggers = [*append_only(), addendum_of_signed()]

    def __str__(self) -> str:
        return f"Addendum to {self.session}"
