"""What pages and papers read: the course of density, and reviews. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils import timezone

from clinic.photos.models import PhotoSet
from followups import outcomes
from followups.models import Examination, Measurement, Review, TargetArea
from followups.outcomes import Change, Summary
from patients.models import Case, Patient
from treatments.models import Session


@dataclass(frozen=True)
class Point:
    """One count in one target area, with its change against that area's baseline."""

    examined_date: date
    label: str
    is_baseline: bool
    hair_count: int
    counted_area_cm2: Decimal
    density_per_cm2: Decimal
    reported_density_per_cm2: Decimal | None
    device: str
    weeks_since_last_session: Decimal | None
    change: Change | None
    device_differs_by_percent: Decimal | None


@dataclass(frozen=True)
class AreaSeries:
    """The counts of one target area, the oldest first; `missing` examinations did not count it."""

    target_area: TargetArea
    points: list[Point]
    missing: int

    @property
    def n(self) -> int:
        """How many times the area was counted."""
        return len(self.points)

    @property
    def baseline(self) -> Point | None:
        """The count of the baseline examination, or None."""
        return next((point for point in self.points if point.is_baseline), None)

    def latest_before(self, day: date) -> Point | None:
        """Return the last count before a day, or None."""
        return next((point for point in reversed(self.points) if point.examined_date < day), None)


@dataclass(frozen=True)
class Visit:
    """One examination as a row of the change table: a cell for each target area."""

    examination: Examination
    label: str
    weeks_since_last_session: Decimal | None
    cells: list[Point | None]
    summary: Summary


@dataclass(frozen=True)
class Outcome:
    """Everything that was counted in a case: by area for charts, by examination for tables."""

    areas: list[AreaSeries] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)


def density_series(case: Case) -> list[AreaSeries]:
    """Return the course of density in each target area of a case, in three queries."""
    return outcome_of(case).areas


def outcome_of(case: Case) -> Outcome:
    """Return what was counted in a case and how it changed, in three queries."""
    examinations = list(_examinations(case))
    sessions = _session_dates(case)
    areas = sorted(
        {count.target_area for one in examinations for count in one.measurements.all()},
        key=lambda area: (area.created_at, area.pk),
    )
    baselines = _baselines(examinations)
    rows = {one.pk: _points(one, sessions, baselines) for one in examinations}
    return Outcome(
        areas=[_series(area, examinations, rows) for area in areas],
        visits=[_visit(one, areas, rows[one.pk], sessions) for one in examinations],
    )


def _examinations(case: Case) -> Iterable[Examination]:
    counted = Measurement.objects.select_related("target_area")
    return (
        Examination.objects.filter(case=case)
        .select_related("review", "recorded_by")
        .prefetch_related(Prefetch("measurements", queryset=counted))
        .order_by("examined_date", "created_at")
    )


def _session_dates(case: Case) -> list[date]:
    standing = Q(amended_by__isnull=True) | Q(amended_by__signed_at__isnull=True)
    signed = Session.objects.signed().filter(standing, case=case)
    return list(signed.order_by("performed_date").values_list("performed_date", flat=True))


def _baselines(examinations: list[Examination]) -> dict[UUID, Decimal]:
    return {
        count.target_area_id: count.density_per_cm2
        for one in examinations
        if one.kind == Examination.Kind.BASELINE
        for count in one.measurements.all()
    }


def label_of(examination: Examination) -> str:
    """Return what an examination is called: “Baseline”, or its review's label."""
    review = examination.review
    return review.label if review else examination.get_kind_display()


def _points(
    examination: Examination, sessions: list[date], baselines: dict[UUID, Decimal]
) -> dict[UUID, Point]:
    return {
        count.target_area_id: _point(
            examination, count, sessions, baselines.get(count.target_area_id)
        )
        for count in examination.measurements.all()
    }


def _point(
    examination: Examination,
    count: Measurement,
    sessions: list[date],
    baseline_per_cm2: Decimal | None,
) -> Point:
    day = examination.examined_date
    is_baseline = examination.kind == Examination.Kind.BASELINE
    changed = None
    if baseline_per_cm2 is not None and not is_baseline:
        changed = outcomes.change(baseline_per_cm2, count.density_per_cm2)
    return Point(
        examined_date=day,
        label=label_of(examination),
        is_baseline=is_baseline,
        hair_count=count.hair_count,
        counted_area_cm2=count.counted_area_cm2,
        density_per_cm2=count.density_per_cm2,
        reported_density_per_cm2=count.reported_density_per_cm2,
        device=count.device,
        weeks_since_last_session=outcomes.weeks_between(outcomes.last_before(sessions, day), day),
        change=changed,
        device_differs_by_percent=outcomes.device_differs_by_percent(
            count.reported_density_per_cm2, count.hair_count, count.counted_area_cm2
        ),
    )


def _series(
    area: TargetArea, examinations: list[Examination], rows: dict[UUID, dict[UUID, Point]]
) -> AreaSeries:
    points = [rows[one.pk][area.pk] for one in examinations if area.pk in rows[one.pk]]
    return AreaSeries(target_area=area, points=points, missing=len(examinations) - len(points))


def _visit(
    examination: Examination,
    areas: list[TargetArea],
    points: dict[UUID, Point],
    sessions: list[date],
) -> Visit:
    day = examination.examined_date
    cells = [points.get(area.pk) for area in areas]
    return Visit(
        examination=examination,
        label=label_of(examination),
        weeks_since_last_session=outcomes.weeks_between(outcomes.last_before(sessions, day), day),
        cells=cells,
        summary=outcomes.summarise([cell.change if cell else None for cell in cells]),
    )


def open_reviews(patient: Patient) -> list[Review]:
    """Return a patient's reviews that were not held, the next one first."""
    reviews = Review.objects.outstanding().filter(patient=patient)
    return list(reviews.with_words().order_by("due_date"))


def photo_set_of_day(case: Case, day: date) -> PhotoSet | None:
    """Return the last photo set that was taken in a case on a day, or None."""
    midnight = datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
    next_midnight = datetime.combine(
        day + timedelta(days=1), time.min, tzinfo=timezone.get_current_timezone()
    )
    taken = PhotoSet.objects.filter(case=case, taken_at__gte=midnight, taken_at__lt=next_midnight)
    return taken.order_by("-taken_at").first()
