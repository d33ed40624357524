"""The list of reviews to book, and what came of each call."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from clinic.base.addresses import address_of
from clinic.practice.models import Service, Site
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from followups import access
from followups.actions.reviews import record_contact
from followups.forms import ContactForm
from followups.looks import look_of
from followups.models import ContactAttempt, Review
from patients.banner import patient_context

ROWS_A_PAGE = 25
MOST_COUNTED = 200
ALL_SITES = "all"
SATURDAY = 5


class CappedPaginator(Paginator):
    """Pages of identifiers, no further than people read on: the same cost in any clinic."""

    @property
    def is_capped(self) -> bool:
        """Whether there may be more than were counted."""
        return self.count >= MOST_COUNTED


@dataclass(frozen=True)
class Row:
    """One review to book, as the list shows it."""

    review: Review
    clinician: User | None
    attempts: list[ContactAttempt]
    booking_url: str
    today: date
    now: datetime

    @cached_property
    def look(self) -> tuple[str, str]:
        """The kind and the words of its status."""
        return look_of(self.review, self.now)

    @property
    def weeks_late(self) -> int:
        """Whole weeks since it was due; nought before."""
        return max(self.review.days_late(self.today) // 7, 0)


@require_GET
@require(Permission.VIEW_FOLLOWUPS)
def overdue(request: HttpRequest) -> HttpResponse:
    """Show the reviews to book, the longest waiting first (`?site=` a slug or `all`)."""
    user = signed_in(request)
    here = current_site(request)
    site = _chosen_site(request, here)
    now = timezone.now()
    today = timezone.localdate(now, here.zone)
    is_declined = "declined" in request.GET
    find = access.declined if is_declined else access.to_reach
    ids = find(user, site=site, today=today, now=now, most=MOST_COUNTED)
    page = CappedPaginator(ids, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(page, today, now),
        "chosen": site.slug if site else ALL_SITES,
        "workplaces": user.workplaces,
        "is_declined": is_declined,
        "outcome_buttons": _outcome_buttons(),
        "may_book": user.can(Permission.BOOK),
    }
    return render(request, "followups/overdue.html", context)


def _chosen_site(request: HttpRequest, here: Site) -> Site | None:
    wanted = request.GET.get("site")
    if wanted == ALL_SITES:
        return None
    return next((one for one in signed_in(request).workplaces if one.slug == wanted), here)


def _rows(page: Page, today: date, now: datetime) -> list[Row]:
    service = access.review_service()
    return [
        Row(
            review=line.review,
            clinician=line.clinician,
            attempts=list(line.review.contact_attempts.all()),
            booking_url=booking_url(line.review, service),
            today=today,
            now=now,
        )
        for line in access.lines_of(list(page))
    ]


@cache
def _outcome_buttons() -> str:
    """The same buttons stand in each line; drawn once and kept."""
    outcomes = ContactAttempt.Outcome.choices
    return render_to_string("followups/_outcome_buttons.html", {"outcomes": outcomes})


def booking_url(review: Review, service: Service | None) -> str:
    """Return the address where this review is booked, at the site that treated."""
    site = review.after_session.site
    day = max(review.due_date, timezone.localdate(timezone=site.zone))
    query = {
        "patient": str(review.patient_id),
        "review": str(review.pk),
        "site": site.slug,
        "date": _working_day(day).isoformat(),
    }
    if service is not None:
        query["service"] = service.slug
    return f"{address_of('booking:new')}?{urlencode(query)}"


def _working_day(day: date) -> date:
    """Return the day, or the Monday after it when it is a Saturday or a Sunday."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= SATURDAY else 0)


@require_http_methods(["GET", "POST"])
@require(Permission.BOOK)
def contact(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Record an attempt to reach the patient, and show the earlier ones."""
    user = signed_in(request)
    review = access.get_review(user, review_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            record_contact(by=user, review=review, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Noted for {review.patient}.")
            return redirect(_back(request))
    return _contact_page(request, review, form)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if is_ours else reverse("followups:overdue")


def _contact_page(request: HttpRequest, review: Review, form: ContactForm) -> HttpResponse:
    kind, words = look_of(review, timezone.now())
    context: dict[str, Any] = {
        **patient_context(review.patient),
        "review": review,
        "form": form,
        "kind": kind,
        "words": words,
        "attempts": review.contact_attempts.select_related("attempted_by"),
        "booking_url": booking_url(review, access.review_service()),
        "next": request.POST.get("next", ""),
    }
    return render(request, "followups/contact.html", context, status=422 if form.errors else 200)
