"""The list of reviews to book, and what came of each call."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from clinic.base.addresses import address_of
from clinic.base.templatetags.anagen import day, status
from clinic.practice.models import Service, Site, Technique
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission
from followups import access
from followups.actions.reviews import record_contact
from followups.forms import ContactForm
from followups.looks import look_of
from followups.models import ContactAttempt, Review
from patients.access import record_opening
from patients.banner import patient_context
from patients.phone import readable

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


@dataclass(frozen=True, slots=True)
class Row:
    """One review to book, in the words of the list."""

    patient: str
    plan_url: str
    label: str
    technique: str
    due: str
    tone: str
    status: SafeString
    late: str
    clinician: str
    phone: str
    readable_phone: str
    last_try: str
    last_try_day: str
    tries: int
    booking_url: str
    contact_url: str


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
        "call_form": _call_form(request),
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
    return [_row(line, service, today, now) for line in access.lines_of(list(page))]


def _row(line: access.Line, service: Service | None, today: date, now: datetime) -> Row:
    review = line.review
    tone, words = look_of(review, now)
    attempts = list(review.contact_attempts.all())
    weeks_late = review.days_late(today) // 7
    return Row(
        patient=line.patient,
        plan_url=address_of("followups:list", review.patient_id),
        label=review.label,
        technique=Technique(review.after_session.technique).label,
        due=day(review.due_date),
        tone=tone,
        status=status(tone, words),
        late=f"{weeks_late} week{pluralize(weeks_late)} late" if weeks_late > 0 else "",
        clinician=line.clinician or "Nobody yet",
        phone=line.phone,
        readable_phone=readable(line.phone) if line.phone else "",
        last_try=str(attempts[0]) if attempts else "",
        last_try_day=day(attempts[0].attempted_at) if attempts else "",
        tries=len(attempts),
        booking_url=booking_url(review, service),
        contact_url=address_of("followups:contact", review.pk),
    )


def _call_form(request: HttpRequest) -> SafeString:
    """What stands in the form of each line: the same for all, so drawn once a page."""
    context = {
        "csrf_token": get_token(request),
        "next": request.get_full_path(),
        "outcomes": ContactAttempt.Outcome.choices,
    }
    return render_to_string("followups/_call_form.html", context)


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
    record_opening(request, review.patient_id, page=f"attempts to reach for the {review.label}")
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
