"""The treatment summary: what a patient takes home. It tells of signed sessions only."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from clinic.base.charts import LineChart, Reading, Series, line_chart
from clinic.booking.models import Appointment
from clinic.caseload.summary_words import WHAT_IT_IS, SessionStory, tell
from clinic.documents.models import Document
from clinic.documents.rendering import CannotRenderError, Rendered, render_pdf
from clinic.photos.models import Photo, PhotoSet, View
from clinic.practice.models import Site, Technique
from followups.models import Examination, Measurement, Review
from followups.outcomes import Change, change
from patients.consent.rules import may_use_photos
from patients.models import Case, Diagnosis, PhotoScope
from patients.phone import readable
from treatments.courses import CourseState, course_states
from treatments.models import Session
from treatments.models.session import SessionQuerySet

NOTHING_SIGNED = "No session of this case is signed. A summary tells of signed sessions only."
MOST_LINES = 3
DAYS_A_WEEK = 7


def signed_sessions(case: Case) -> SessionQuerySet:
    """Return the sessions that a summary tells of: signed, and not replaced by a later record."""
    return Session.objects.filter(case=case).standing()


@dataclass(frozen=True)
class AreaRow:
    """One count in one target area."""

    measurement: Measurement
    examined_date: date
    weeks: float
    change: Change | None
    is_baseline: bool

    @property
    def reading(self) -> Reading:
        """The density over the weeks, for the chart."""
        return Reading(self.weeks, self.measurement.density_per_cm2)

    @property
    def without_change(self) -> str:
        """What stands in place of a change: it is the baseline, or there is none to compare."""
        return "First count" if self.is_baseline else "No first count to compare"

    @property
    def when(self) -> str:
        """How long before or after the last session, in words."""
        weeks = round(self.weeks)
        if weeks == 0:
            return "before the session" if self.is_baseline else "the week of the last session"
        words = "1 week" if abs(weeks) == 1 else f"{abs(weeks)} weeks"
        return f"{words} {'after' if weeks > 0 else 'before'}"


@dataclass(frozen=True)
class Area:
    """A target area and every count made in it, the oldest first."""

    name: str
    rows: list[AreaRow]


@dataclass(frozen=True)
class Shot:
    """One view at one visit; `picture` names its bytes and is empty where none was taken."""

    label: str
    taken_at: datetime
    picture: str


@dataclass(frozen=True)
class PhotoPages:
    """The photographs that the patient agreed to, in rows of two."""

    agreed: bool
    rows: list[list[Shot]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Summary:
    """Everything that the paper says."""

    document: Document
    case: Case
    site: Site
    diagnosis: Diagnosis | None
    stories: list[SessionStory]
    areas: list[Area]
    charts: list[LineChart]
    photos: PhotoPages
    appointments: list[Appointment]
    reviews: list[Review]
    courses: list[CourseState]
    """Those with sessions still to come."""
    prepared_at: datetime

    @property
    def techniques(self) -> list[tuple[str, str]]:
        """Each technique that was used, by name and in words."""
        used = {story.session.technique for story in self.stories}
        return [(str(one.label), WHAT_IT_IS[one]) for one in Technique if one in used]

    @property
    def today(self) -> date:
        """The day at the site on which the paper is made."""
        return timezone.localdate(self.prepared_at, timezone=self.site.zone)

    @property
    def first_date(self) -> date:
        """The day of the first session."""
        return self.stories[0].session.performed_date

    @property
    def last_date(self) -> date:
        """The day of the last session."""
        return self.stories[-1].session.performed_date


def collect(document: Document, *, now: datetime) -> Summary:
    """Gather the summary of a case. Raises `CannotRenderError` when no session is signed."""
    case = Case.objects.select_related("patient", "clinician").get(pk=document.subject_id)
    sessions = list(signed_sessions(case).with_everything())
    if not sessions:
        raise CannotRenderError(NOTHING_SIGNED)
    last_date = sessions[-1].performed_date
    areas = _areas(case, last_date)
    return Summary(
        document=document,
        case=case,
        site=sessions[-1].site,
        diagnosis=case.diagnoses.standing().first(),
        stories=[tell(session) for session in sessions],
        areas=areas,
        charts=_charts(areas),
        photos=_photos(case),
        appointments=list(_appointments(case, now)),
        reviews=list(_reviews(case)),
        courses=_courses(case, now),
        prepared_at=now,
    )


def _areas(case: Case, last_date: date) -> list[Area]:
    counts = (
        Measurement.objects.filter(examination__case=case)
        .select_related("examination", "target_area")
        .order_by("target_area__created_at", "examination__examined_date")
    )
    by_area: dict[str, list[Measurement]] = {}
    for count in counts:
        by_area.setdefault(str(count.target_area), []).append(count)
    return [Area(name=name, rows=_rows(counted, last_date)) for name, counted in by_area.items()]


def _rows(counted: list[Measurement], last_date: date) -> list[AreaRow]:
    baseline = next((count for count in counted if _is_baseline(count)), None)
    return [_row(count, baseline, last_date) for count in counted]


def _is_baseline(count: Measurement) -> bool:
    return count.examination.kind == Examination.Kind.BASELINE


def _row(count: Measurement, baseline: Measurement | None, last_date: date) -> AreaRow:
    """Return a count with its change from the baseline, worked out as on the screen."""
    examined_date = count.examination.examined_date
    changed = None
    if baseline is not None and count is not baseline:
        changed = change(baseline.density_per_cm2, count.density_per_cm2)
    return AreaRow(
        measurement=count,
        examined_date=examined_date,
        weeks=(examined_date - last_date).days / DAYS_A_WEEK,
        change=changed,
        is_baseline=_is_baseline(count),
    )


def _charts(areas: list[Area]) -> list[LineChart]:
    series = [
        Series(
            name=area.name,
            readings=tuple(
                Reading(row.weeks, row.measurement.density_per_cm2) for row in area.rows
            ),
        )
        for area in areas
        if len(area.rows) > 1
    ]
    groups = (series[start : start + MOST_LINES] for start in range(0, len(series), MOST_LINES))
    return [chart for group in groups if (chart := line_chart(group))]


def _photos(case: Case) -> PhotoPages:
    if not may_use_photos(case.patient, PhotoScope.CLINICAL):
        return PhotoPages(agreed=False)
    sets = _visits(case)
    if not sets:
        return PhotoPages(agreed=True)
    shown = [sets[0], sets[-1]] if len(sets) > 1 else sets
    pictures = {_name(photo): _bytes(photo) for one in shown for photo in one.values()}
    views = [view for view in View if any(view in one for one in shown)]
    shots = [_shot(view, one) for view in views for one in shown if len(shown) > 1 or view in one]
    return PhotoPages(
        agreed=True,
        rows=[shots[start : start + 2] for start in range(0, len(shots), 2)],
        pictures=pictures,
    )


def _sets(case: Case) -> QuerySet[PhotoSet]:
    return case.photo_sets.order_by("taken_at").prefetch_related("photos")


def _visits(case: Case) -> list[dict[str, Photo]]:
    """Return the photographs of each day by view, the earliest day first; the last one stands."""
    by_day: dict[date, dict[str, Photo]] = {}
    for one in _sets(case):
        standing = [photo for photo in one.photos.all() if photo.withdrawn_at is None]
        for photo in standing:
            by_day.setdefault(timezone.localdate(one.taken_at), {})[photo.view] = photo
    return list(by_day.values())


def _shot(view: View, photos: dict[str, Photo]) -> Shot:
    """Return one view of a set; another photograph of the set tells when it was taken."""
    taken_at = next(iter(photos.values())).photo_set.taken_at
    picture = _name(photos[view]) if view in photos else ""
    return Shot(label=str(view.label), taken_at=taken_at, picture=picture)


def _name(photo: Photo) -> str:
    return str(photo.pk)


def _bytes(photo: Photo) -> bytes:
    """Return the display picture; until the worker has made it, the original stands in."""
    with (photo.display or photo.original).open("rb") as file:
        return bytes(file.read())


def _appointments(case: Case, now: datetime) -> QuerySet[Appointment]:
    coming = Appointment.objects.live().filter(patient=case.patient, starts_at__gt=now)
    return coming.select_related("service", "site", "practitioner").order_by("starts_at")


def _courses(case: Case, now: datetime) -> list[CourseState]:
    if case.closed_at:
        return []
    return [course for course in course_states(case, now) if course.next_due_date]


def _reviews(case: Case) -> QuerySet[Review]:
    return (
        Review.objects.outstanding()
        .not_booked()
        .filter(case=case)
        .select_related("after_session")
        .order_by("due_date")
    )


def render(document: Document) -> Rendered:
    """Return the summary as a PDF, in the times of the site. The worker calls this."""
    summary = collect(document, now=timezone.now())
    with timezone.override(summary.site.zone):
        return render_pdf(
            "caseload/summary/paper.html",
            {
                "summary": summary,
                "patient": summary.case.patient,
                "site": summary.site,
                "clinic_name": settings.CLINIC_NAME,
                "phone": readable(summary.site.phone),
                "out_of_hours_phone": readable(summary.site.out_of_hours_phone),
            },
            pictures=summary.photos.pictures,
        )
