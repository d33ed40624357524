"""The page that a person opens in the morning."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.caseload.reading import days
from clinic.staff.access import current_site, signed_in
from clinic.staff.permissions import Role

RECENT_DAYS = 28


def home(request: HttpRequest) -> HttpResponse:
    """Open the home page of the person's role."""
    pages = {
        Role.RECEPTION: reception,
        Role.CLINICIAN: clinician,
        Role.ADMIN: admin,
        Role.EVALUATOR: evaluator,
    }
    return pages[signed_in(request).home_role](request)


def reception(request: HttpRequest) -> HttpResponse:
    """Show who is coming today, who has not confirmed, and whom to call."""
    site = current_site(request)
    today = _today(request)
    reviews, more_reviews = days.reviews_to_book(
        signed_in(request), site=site, today=today, now=timezone.now()
    )
    enquiries, more_enquiries = days.enquiries_to_call(site)
    appointments = list(days.today_at(site, day=today))
    context = {
        "site": site,
        "today": today,
        "appointments": appointments,
        "expected": sum(a.status in ("booked", "confirmed") for a in appointments),
        "waiting": sum(a.status == "arrived" for a in appointments),
        "in_room": sum(a.status == "in_room" for a in appointments),
        "done": sum(a.status == "done" for a in appointments),
        "unconfirmed": days.unconfirmed_tomorrow(site, day=today),
        "reviews": reviews,
        "more_reviews": more_reviews,
        "enquiries": enquiries,
        "more_enquiries": more_enquiries,
    }
    return render(request, "caseload/home_reception.html", context)


def clinician(request: HttpRequest) -> HttpResponse:
    """Show the clinician's day, what is still to be signed, and reviews to read."""
    user = signed_in(request)
    site = current_site(request)
    today = _today(request)
    appointments = list(days.my_day(user, site=site, day=today))
    to_come = [a for a in appointments if a.status != "done"]
    waiting = [a for a in to_come if a.status not in ("in_room", "arrived")]
    context = {
        "today": today,
        "appointments": appointments,
        "next_appointment": next(iter(to_come), None),
        "remaining": len(waiting),
        "drafts": days.drafts_of(user),
        "reviews": days.recent_reviews_of(user, since=today - timedelta(days=RECENT_DAYS)),
    }
    return render(request, "caseload/home_clinician.html", context)


def admin(request: HttpRequest) -> HttpResponse:
    """Lead to the caseload."""
    return redirect("caseload:board")


def evaluator(request: HttpRequest) -> HttpResponse:
    """Show the photographs to rate: none can be assigned until there is a trial."""
    return render(request, "caseload/home_evaluator.html")


def _today(request: HttpRequest) -> date:
    return timezone.localdate(timezone=current_site(request).zone)
