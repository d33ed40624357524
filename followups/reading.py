"""What pages and papers read: the course of density, and reviews. Nothing here writes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from clinic.base.prepared import Row, columns, from_row, prepared
from clinic.photos.models import PhotoSet
from clinic.staff.models import User
from followups import outcomes
from followups.models import Examination, Measurement, Review, TargetArea
from followups.outcomes import Change, Summary
from patients.models import Case
from treatments.models import Session

Counts = defaultdict[UUID, list[Measurement]]


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

    @property
    def is_baseline(self) -> bool:
        """Whether it came before treatment, be it on the same day."""
        return self.examination.kind == Examination.Kind.BASELINE


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
    examinations = [_examination(row) for row in _examined(case_id=case.pk)]
    counts = _counts_by_examination(case)
    sessions = [day for (day,) in _session_dates(case_id=case.pk)]
    areas = sorted(
        {count.target_area for one in examinations for count in counts[one.pk]},
        key=lambda area: (area.created_at, area.pk),
    )
    baselines = _baselines(examinations, counts)
    rows = {one.pk: _points(one, counts[one.pk], sessions, baselines) for one in examinations}
    return Outcome(
        areas=[_series(area, examinations, rows) for area in areas],
        visits=[_visit(one, areas, rows[one.pk], sessions) for one in examinations],
    )


@prepared(case_id=UUID)
def _examined(case_id: UUID) -> QuerySet[Examination, Any]:
    examinations = Examination.objects.filter(case=case_id)
    return examinations.order_by("examined_date", "created_at").values_list(
        *columns(Examination), *columns(Review, via="review"), *columns(User, via="recorded_by")
    )


def _examination(row: Row) -> Examination:
    examination = from_row(Examination, row)
    row = row[len(columns(Examination)) :]
    examination.review = from_row(Review, row) if examination.review_id else None
    examination.recorded_by = from_row(User, row[len(columns(Review)) :])
    return examination


@prepared(case_id=UUID)
def _counted(case_id: UUID) -> QuerySet[Measurement, Any]:
    counts = Measurement.objects.filter(examination__case=case_id)
    return counts.order_by("target_area__created_at").values_list(
        *columns(Measurement), *columns(TargetArea, via="target_area")
    )


def _counts_by_examination(case: Case) -> Counts:
    counts: Counts = defaultdict(list)
    for row in _counted(case_id=case.pk):
        count = from_row(Measurement, row)
        count.target_area = from_row(TargetArea, row[len(columns(Measurement)) :])
        counts[count.examination_id].append(count)
    return counts


@prepared(case_id=UUID)
def _session_dates(case_id: UUID) -> QuerySet[Session, Any]:
    signed = Session.objects.standing().filter(case=case_id)
    return signed.order_by("performed_date").values_list("performed_date")


def _baselines(examinations: list[Examination], counts: Counts) -> dict[UUID, Decimal]:
    return {
        count.target_area_id: count.density_per_cm2
        for one in examinations
        if one.kind == Examination.Kind.BASELINE
        for count in counts[one.pk]
    }


def label_of(examination: Examination) -> str:
    """Return what an examination is called: “Baseline”, or its review's label."""
    review = examination.review
    return review.label if review else examination.get_kind_display()


def _points(
    examination: Examination,
    counts: list[Measurement],
    sessions: list[date],
    baselines: dict[UUID, Decimal],
) -> dict[UUID, Point]:
    return {
        count.target_area_id: _point(
            examination, count, sessions, baselines.get(count.target_area_id)
        )
        for count in counts
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


def photo_set_of_day(case: Case, day: date) -> PhotoSet | None:
    """Return the last photo set that was taken in a case on a day, or None."""
    return photo_sets_of_day(case, day).first()


def photo_sets_of_day(case: Case, day: date) -> QuerySet[PhotoSet]:
    """Return the photo sets that were taken in a case on a day, one visit, the newest first."""
    midnight = datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
    next_midnight = datetime.combine(
        day + timedelta(days=1), time.min, tzinfo=timezone.get_current_timezone()
    )
    taken = PhotoSet.objects.filter(case=case, taken_at__gte=midnight, taken_at__lt=next_midnight)
    return taken.order_by("-taken_at")
