"""The admin's board: the people of one stage, and the numbers above them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clinic.booking.models import Appointment
from clinic.caseload.stages import OPEN_STAGES, Stage, with_stage
from clinic.documents.models import Document
from clinic.messaging.models import Message
from clinic.staff.models import User
from followups.models import Review
from patients.models import Case, Patient
from treatments.models import Session

PAGE_SIZE = 25
COUNTS_KEPT_SECONDS = 60


@dataclass(frozen=True)
class Numbers:
    """The numbers above the list, and when they were counted."""

    by_stage: dict[str, int]
    reviews_overdue: int
    drafts_unsigned: int
    deliveries_failed: int
    counted_at: datetime


def cases_of(user: User, *, now: datetime, today: date) -> QuerySet[Any]:
    """Return the cases that this person may see, newest first, with what the board shows.

    Adds `stage`, `last_contact_at`, `next_contact_at` and `reviews_overdue` to each.
    """
    cases = Case.objects.select_related("patient", "clinician").order_by("-opened_at", "-id")
    if user.site_ids:
        cases = cases.filter(patient__in=Patient.objects.visible_to(user))
    return with_stage(cases).annotate(
        last_contact_at=Subquery(_contact(Max("starts_at"), starts_at__lt=now)),
        next_contact_at=Subquery(_contact(Min("starts_at"), starts_at__gte=now)),
        reviews_overdue=Coalesce(Subquery(_overdue(today)), 0),
    )


def _contact(edge: Any, **when: datetime) -> QuerySet[Any]:
    return (
        Appointment.objects.live()
        .filter(patient=OuterRef("patient"), **when)
        .order_by()
        .values("patient")
        .annotate(edge=edge)
        .values("edge")
    )


def _late(today: date) -> QuerySet[Any]:
    return Review.objects.outstanding().not_booked().filter(window_ends_date__lt=today)


def _overdue(today: date) -> QuerySet[Any]:
    return (
        _late(today)
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
    key = f"caseload-numbers:{'-'.join(sorted(map(str, user.site_ids))) or 'all'}"
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
    overdue = _late(today)
    recently = now - timedelta(days=30)
    failed_messages = Message.objects.filter(failed_at__gte=recently)
    failed_documents = Document.objects.filter(failed_at__gte=recently, issued_at__isnull=True)
    return Numbers(
        by_stage={stage.value: counted.get(stage.value, 0) for stage in OPEN_STAGES},
        reviews_overdue=seen(overdue).count(),
        drafts_unsigned=seen(Session.objects.drafts().filter(performed_date__lt=today)).count(),
        deliveries_failed=seen(failed_messages).count() + seen(failed_documents).count(),
        counted_at=now,
    )


def narrowed(
    cases: QuerySet[Any], *, stage: str, overdue: bool, unsigned: bool, today: date
) -> QuerySet[Any]:
    """Narrow the cases to what a number on the board stands for."""
    if stage in Stage.values:
        cases = cases.filter(stage=stage)
    else:
        cases = cases.filter(closed_at__isnull=True)
    if overdue:
        late = _late(today)
        cases = cases.filter(Exists(late.filter(case=OuterRef("pk"))))
    if unsigned:
        drafts = Session.objects.drafts().filter(performed_date__lt=today, case=OuterRef("pk"))
        cases = cases.filter(Q(Exists(drafts)))
    return cases
