"""The page that a person opens in the morning."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.booking.models import Status
from clinic.caseload.reading import days
from clinic.consenting.access import held_up_for
from clinic.questionnaires.overview import to_read_by
from clinic.staff.access import SITE_CHOSEN_FOR, choose_site, current_site, signed_in
from clinic.staff.permissions import Permission, Role

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
    waiting = sum(a.status == "arrived" for a in appointments)
    done = sum(a.status == "done" for a in appointments)
    context = {
        "site": site,
        "today": today,
        "appointments": appointments,
        "expected": sum(a.status in ("booked", "confirmed") for a in appointments),
        "waiting": waiting,
        "waiting_kind": "attention" if waiting else "",
        "in_room": sum(a.status == "in_room" for a in appointments),
        "done": done,
        "done_kind": "good" if done else "",
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
    today = _today(request)
    visits = days.visits_of(list(days.my_day(user, site=current_site(request), day=today)))
    _begin_where_the_day_does(request, visits, today)
    to_come = [visit for visit in visits if visit.appointment.status != Status.DONE]
    here = (Status.IN_ROOM, Status.ARRIVED)
    recently = timezone.now() - timedelta(days=RECENT_DAYS)
    context = {
        "today": today,
        "visits": visits,
        "next_visit": next(iter(to_come), None),
        "remaining": sum(visit.appointment.status not in here for visit in to_come),
        "may_record": user.can(Permission.RECORD_CLINICAL),
        "several_sites": len(user.workplaces) > 1,
        "drafts": days.drafts_of(user),
        "questionnaires": to_read_by(user, timezone.now()),
        "consents": days.consents_to_sign_of(user),
        "questions": days.questions_for(user, since=recently),
        "held_up": held_up_for(user, now=timezone.now(), zone=current_site(request).zone),
        "withdrawals": days.withdrawals_for(user, since=recently),
        "narrowings": days.narrowings_for(user, since=recently),
        "reviews": days.recent_reviews_of(user, since=today - timedelta(days=RECENT_DAYS)),
    }
    return render(request, "caseload/home_clinician.html", context)


def _begin_where_the_day_does(request: HttpRequest, visits: list[days.Visit], today: date) -> None:
    """Choose the site of the first own appointment, unless one was chosen today, here or by hand.

    The day is that of the site which is being looked at, as it is when somebody chooses by hand.
    """
    if visits and request.session.get(SITE_CHOSEN_FOR) != today.isoformat():
        choose_site(request, visits[0].appointment.site)


def admin(request: HttpRequest) -> HttpResponse:
    """Lead to the caseload."""
    return redirect("caseload:board")


def evaluator(request: HttpRequest) -> HttpResponse:
    """Show the photographs to rate: none can be assigned until there is a trial."""
    return render(request, "caseload/home_evaluator.html")


def _today(request: HttpRequest) -> date:
    return timezone.localdate(timezone=current_site(request).zone)
