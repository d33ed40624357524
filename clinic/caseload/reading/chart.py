"""The case as the chart shows it: problem, plan and what comes next, in one query."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, JSONField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.utils.dateparse import parse_datetime

from clinic.base.prepared import columns, from_row, prepared
from clinic.booking.models import Appointment, Status
from clinic.caseload.reading.lacks import lacks_in, planned_without_of, what_is_known
from clinic.caseload.stages import Stage, with_stage
from clinic.photos.models import Photo
from clinic.practice.models import Technique
from clinic.staff.models import User
from followups.models import Examination
from patients.consent.overview import Agreement, SignedBeyond, agreed, agreements_at
from patients.contraindications.reading import as_json
from patients.models import (
    Case,
    Consent,
    ConsentTemplate,
    Diagnosis,
    Medicine,
    MedicinesReview,
    PathwayStop,
    Patient,
    PlannedWithout,
)
from patients.models.consent import ConsentQuerySet
from patients.models.planning import Lack
from patients.scales import SALT_WEIGHTS
from treatments.models import Plan, Session


@dataclass(frozen=True)
class CourseProgress:
    """How far the course of one technique has come."""

    technique: str
    signed: int
    planned: int
    consent: str

    @property
    def label(self) -> str:
        """The technique, in words."""
        return Technique(self.technique).label

    @property
    def is_complete(self) -> bool:
        """Whether every planned session is signed."""
        return self.signed >= self.planned

    @property
    def may_start(self) -> bool:
        """Whether a session could be signed: the consent stands."""
        return self.consent == "signed" and not self.is_complete


@dataclass(frozen=True)
class NextVisit:
    """The next live appointment."""

    pk: str
    at: datetime
    service: str
    status: str

    @property
    def status_label(self) -> str:
        """The status, in words."""
        return Status(self.status).label


@dataclass(frozen=True)
class ShownCase:
    """The open case, or else the one that was closed last, with what matters now."""

    case: Case
    stage: Stage
    diagnosis: Diagnosis | None
    is_stopped: bool
    courses: list[CourseProgress]
    next_visit: NextVisit | None
    has_baseline: bool
    has_photographs: bool
    medicines: list[str]
    takes_no_medicines: bool
    agreed: list[Agreement]
    lacks: list[Lack] = field(default_factory=list)
    """What of the assessment is not known."""
    planned_without: list[PlannedWithout] = field(default_factory=list)
    record: dict[str, Any] | None = None
    """What contraindications are found by, where a course goes on: see `against`."""

    @property
    def is_open(self) -> bool:
        """Whether the case goes on."""
        return self.case.closed_at is None

    @property
    def not_known(self) -> list[tuple[Lack, list[PlannedWithout]]]:
        """What is not known once the patient was assessed, with why it was planned all the same."""
        if not (self.is_open and (self.courses or self.diagnosis)):
            return []
        return [
            (lack, [row for row in self.planned_without if row.lack == lack]) for lack in self.lacks
        ]

    @property
    def awaits_treatment(self) -> bool:
        """Whether the patient came or will come, and nothing was treated yet."""
        treated_or_not_here = (Stage.ENQUIRY, Stage.IN_TREATMENT, Stage.IN_FOLLOW_UP)
        return self.is_open and self.stage not in treated_or_not_here

    @property
    def lacks_findings(self) -> bool:
        """Whether something can only be taken down before treatment, and was not yet."""
        return self.awaits_treatment and not (self.has_baseline and self.has_photographs)


def shown_case_of(patient: Patient, *, now: datetime) -> ShownCase | None:
    """Return the patient's open case, else the one closed last, or None; one query."""
    for row in _shown_case(patient_id=patient.pk, now=now):
        *_, stage, diagnosis, courses, next_visit, has_baseline, has_photographs = row[:-8]
        medicines, takes_none, signed, record, is_stopped = row[-8:-3]
        signs_asked, is_counted, without = row[-3:]
        case = from_row(Case, row)
        case.patient = patient
        if case.clinician_id:
            case.clinician = from_row(User, row[len(columns(Case)) :])
        return ShownCase(
            case=case,
            stage=Stage(stage),
            diagnosis=Diagnosis(**diagnosis) if diagnosis else None,
            is_stopped=is_stopped,
            courses=[CourseProgress(**course) for course in courses],
            next_visit=_visit(next_visit),
            has_baseline=has_baseline,
            has_photographs=has_photographs,
            medicines=[str(Medicine(**medicine)) for medicine in medicines],
            takes_no_medicines=takes_none and not medicines,
            agreed=agreed(_signed_beyond(each) for each in signed),
            lacks=lacks_in(signs_asked=signs_asked, is_counted=is_counted),
            planned_without=[planned_without_of(each) for each in without],
            record=record,
        )
    return None


@prepared(patient_id=UUID, now=datetime)
def _shown_case(patient_id: UUID, now: datetime) -> Any:
    cases = with_stage(Case.objects.filter(patient=patient_id).open_first())
    return cases.values_list(
        *columns(Case),
        *columns(User, via="clinician"),
        "stage",
        Subquery(_latest_diagnosis()),
        ArraySubquery(_courses(now)),
        Subquery(_next_visit(now)),
        Exists(_baselines()),
        Exists(Photo.objects.standing().filter(photo_set__case=OuterRef("pk"))),
        ArraySubquery(_medicines()),
        Exists(_none_taken()),
        ArraySubquery(_agreements(now)),
        _record_where_planned(),
        Exists(PathwayStop.objects.standing().filter(patient=OuterRef("patient"))),
        *what_is_known(),
    )[:1]


def _record_where_planned() -> Any:
    """Return what contraindications are found by, where a course goes on; else nothing."""
    planned = Plan.objects.standing().filter(
        case=OuterRef("pk"), sessions_planned__gt=Coalesce(Subquery(_signed()), 0)
    )
    return Choose(
        When(Exists(planned), closed_at__isnull=True, then=Subquery(as_json(OuterRef("patient")))),
        output_field=JSONField(),
    )


def _agreements(now: datetime) -> Any:
    return (
        agreements_at(now)
        .filter(patient=OuterRef("patient"))
        .values(
            found=JSONObject(
                purpose="template__purpose",
                stands="stands",
                signed_at="signed_at",
                withdrawn_at="withdrawn_at",
            )
        )
    )


def _signed_beyond(found: dict[str, Any]) -> SignedBeyond:
    withdrawn = found["withdrawn_at"]
    return SignedBeyond(
        purpose=found["purpose"],
        stands=found["stands"],
        signed_at=_moment(found["signed_at"]),
        withdrawn_at=_moment(withdrawn) if withdrawn else None,
    )


def _medicines() -> Any:
    return (
        Medicine.objects.taken()
        .filter(patient=OuterRef("patient"))
        .order_by("name", "id")
        .values(found=JSONObject(name="name", dose="dose"))
    )


def _none_taken() -> Any:
    """Return the standing statement that no medicines are taken."""
    recorded_later = Medicine.objects.filter(
        patient=OuterRef("patient"), recorded_at__gt=OuterRef("stated_at")
    )
    return MedicinesReview.objects.filter(
        ~Exists(recorded_later), patient=OuterRef("patient"), takes_none=True
    )


def _baselines() -> Any:
    kind = Examination.Kind.BASELINE
    return Examination.objects.filter(case=OuterRef("pk"), kind=kind)


def _latest_diagnosis() -> Any:
    names = ("condition", "scale", "grade", *(f"salt_{area}_percent" for area in SALT_WEIGHTS))
    return (
        Diagnosis.objects.standing()
        .filter(case=OuterRef("pk"))
        .order_by("-found_date", "-made_at", "-id")
        .values(found=JSONObject(**{name: name for name in names}))[:1]
    )


def _signed() -> Any:
    """Return how many sessions of a plan's technique are signed; no row where none is."""
    return (
        Session.objects.signed()
        .filter(case=OuterRef("case"), technique=OuterRef("technique"), amends__isnull=True)
        .order_by()
        .values("case")
        .annotate(total=Count("pk"))
        .values("total")
    )


def _courses(now: datetime) -> Any:
    consents = Consent.objects.filter(
        case=OuterRef("case"),
        template__purpose=ConsentTemplate.Purpose.TREATMENT,
        template__technique=OuterRef("technique"),
        withdrawn_at__isnull=True,
    ).order_by("-signed_at", "-information_given_at")
    return (
        Plan.objects.standing()
        .filter(case=OuterRef("pk"))
        .order_by("planned_at")
        .values(
            found=JSONObject(
                technique="technique",
                planned="sessions_planned",
                signed=Coalesce(Subquery(_signed()), 0),
                consent=_consent_state(consents, now),
            )
        )
    )


def _consent_state(consents: ConsentQuerySet, now: datetime) -> Any:
    return Choose(
        When(Exists(consents.standing_at(now)), then=Value("signed")),
        When(Exists(consents.filter(signed_at__isnull=True)), then=Value("reflecting")),
        When(Exists(consents.whole()), then=Value("lapsed")),
        When(Exists(consents), then=Value("half signed")),
        default=Value("none"),
        output_field=CharField(),
    )


def _next_visit(now: datetime) -> Any:
    return (
        Appointment.objects.live()
        .filter(patient=OuterRef("patient"), ends_at__gte=now, done_at__isnull=True)
        .order_by("starts_at")
        .values(
            found=JSONObject(pk="id", at="starts_at", service="service__name", status="status")
        )[:1]
    )


def _visit(found: dict[str, str] | None) -> NextVisit | None:
    if not found:
        return None
    return NextVisit(
        pk=found["pk"],
        at=_moment(found["at"]),
        service=found["service"],
        status=found["status"],
    )


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    assert moment is not None, "PostgreSQL writes timestamps in ISO 8601"  # noqa: S101
    return moment
