"""The admin's board: the people of one stage, and the numbers above them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clinic.base.prepared import Row, columns, from_row, is_one_of, prepared
from clinic.booking.models import Appointment
from clinic.caseload.stages import OPEN_STAGES, Stage, with_stage
from clinic.documents.models import Document
from clinic.messaging.models import Message
from clinic.photos.models import Photo
from clinic.staff.models import User
from followups.models import Review
from patients.models import Case, Patient
from patients.models.case import CaseQuerySet
from treatments.models import Session

PAGE_SIZE = 25
COUNTS_KEPT_SECONDS = 60
_NEWEST_FIRST = ("-opened_at", "-id")
# Who came early was seen, whatever the hour of the visit.
_CAME = Q(arrived_at__isnull=False)
_PATIENT = len(columns(Case))
_CLINICIAN = _PATIENT + len(columns(Patient))


@dataclass(frozen=True)
class Numbers:
    """The numbers above the list, and when they were counted."""

    by_stage: dict[str, int]
    reviews_overdue: int
    drafts_unsigned: int
    deliveries_failed: int
    photographs_given_up: int
    counted_at: datetime


def page_of_cases(
    user: User, *, stage: str, only: str, number: int, now: datetime, today: date
) -> tuple[list[Any], bool]:
    """Return one page of the cases that this person may see, newest first, and whether more follow.

    Which cases are on the page is settled first, so that what the board shows of a case
    (`stage`, `last_contact_at`, `next_contact_at`, `reviews_overdue`) is worked out for these
    alone. `stage` and `only` ("overdue", "unsigned", "photographs") narrow to what a number stands
    for.
    """
    cases = _narrowed(_visible_to(user), stage=stage, only=only, now=now, today=today)
    first = (number - 1) * PAGE_SIZE
    newest = cases.order_by(*_NEWEST_FIRST).values_list("pk", flat=True)
    ids = list(newest[first : first + PAGE_SIZE + 1])
    rows = _shown(ids=ids[:PAGE_SIZE], now=now, today=today)
    return [_case(row) for row in rows], len(ids) > PAGE_SIZE


def _visible_to(user: User) -> CaseQuerySet:
    if not user.site_ids:
        return Case.objects.all()
    return Case.objects.filter(patient__in=Patient.objects.visible_to(user))


@prepared(ids=list, now=datetime, today=date)
def _shown(ids: list[UUID], now: datetime, today: date) -> QuerySet[Any, Any]:
    cases = with_stage(Case.objects.filter(is_one_of("pk", ids)))
    return cases.order_by(*_NEWEST_FIRST).values_list(
        *columns(Case),
        *columns(Patient, via="patient"),
        *columns(User, via="clinician"),
        "stage",
        Subquery(_contact(Max("starts_at"), Q(starts_at__lt=now) | _CAME)),
        Subquery(_contact(Min("starts_at"), Q(starts_at__gte=now) & ~_CAME)),
        Coalesce(Subquery(_overdue(now, today)), 0),
    )


def _case(row: Row) -> Any:
    case: Any = from_row(Case, row)
    case.patient = from_row(Patient, row[_PATIENT:])
    case.clinician = from_row(User, row[_CLINICIAN:]) if case.clinician_id else None
    case.stage, case.last_contact_at, case.next_contact_at, case.reviews_overdue = row[-4:]
    return case


def _contact(edge: Any, when: Q) -> QuerySet[Any]:
    return (
        Appointment.objects.live()
        .filter(when, patient=OuterRef("patient"))
        .order_by()
        .values("patient")
        .annotate(edge=edge)
        .values("edge")
    )


def _late(now: datetime, today: date) -> QuerySet[Any]:
    return Review.objects.outstanding().not_booked(now).filter(window_ends_date__lt=today)


def _overdue(now: datetime, today: date) -> QuerySet[Any]:
    return (
        _late(now, today)
        .filter(case=OuterRef("pk"))
        .order_by()
        .values("case")
        .annotate(total=Count("pk"))
        .values("total")
    )


def numbers_for(user: User, *, now: datetime, today: date) -> Numbers:
    """Return the numbers above the list.

    Counting looks at every open case, which grows with the clinic, so a count is kept for
    a minute and says when it was made.
    """
    key = f"caseload-numbers-2:{'-'.join(sorted(map(str, user.site_ids))) or 'all'}"
    numbers: Numbers | None = cache.get(key)
    if numbers is None:
        numbers = _count(user, now=now, today=today)
        cache.set(key, numbers, timeout=COUNTS_KEPT_SECONDS)
    return numbers


def _count(user: User, *, now: datetime, today: date) -> Numbers:
    cases = with_stage(Case.objects.open()).order_by()
    visible = Patient.objects.visible_to(user) if user.site_ids else None

    def seen(rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows if visible is None else rows.filter(patient__in=visible)

    counted = dict(seen(cases).values_list("stage").annotate(total=Count("pk")))
    overdue = _late(now, today)
    recently = now - timedelta(days=30)
    failed_messages = Message.objects.filter(failed_at__gte=recently)
    failed_documents = Document.objects.filter(failed_at__gte=recently, issued_at__isnull=True)
    photos = Photo.objects.standing().given_up()
    return Numbers(
        by_stage={stage.value: counted.get(stage.value, 0) for stage in OPEN_STAGES},
        reviews_overdue=seen(overdue).count(),
        drafts_unsigned=seen(Session.objects.drafts().filter(performed_date__lt=today)).count(),
        deliveries_failed=seen(failed_messages).count() + seen(failed_documents).count(),
        photographs_given_up=(
            photos if visible is None else photos.filter(photo_set__patient__in=visible)
        ).count(),
        counted_at=now,
    )


def _at(stage: str, cases: CaseQuerySet) -> QuerySet[Any]:
    staged: QuerySet[Any] = with_stage(cases)
    return staged.filter(stage=stage)


def _narrowed(
    cases: CaseQuerySet, *, stage: str, only: str, now: datetime, today: date
) -> QuerySet[Any]:
    wanted = _at(stage, cases) if stage in Stage.values else cases.open()
    if only == "overdue":
        return wanted.filter(Exists(_late(now, today).filter(case=OuterRef("pk"))))
    if only == "photographs":
        photos = Photo.objects.standing().given_up().filter(photo_set__case=OuterRef("pk"))
        return wanted.filter(Exists(photos))
    if only == "unsigned":
        drafts = Session.objects.drafts().filter(performed_date__lt=today, case=OuterRef("pk"))
        return wanted.filter(Exists(drafts))
    return wanted
