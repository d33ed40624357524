"""The diary of a day, as columns or as a list."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.booking.diary import day_at
from clinic.booking.forms import FIRST_DAY, LAST_DAY, DayForm
from clinic.practice.models import Site
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission


@require_GET
@require(Permission.VIEW_DIARY)
def diary(request: HttpRequest) -> HttpResponse:
    """Show a day at a site: `?date=2026-11-23&site=<slug>&view=list`; today where none is given.

    The columns are practitioners, or with `by=room` rooms.
    """
    site = site_asked_for(request)
    now = timezone.now()
    today = timezone.localdate(now, timezone=site.zone)
    form = DayForm(request.GET)
    day = (form.cleaned_data["date"] if form.is_valid() else None) or today
    may_book = signed_in(request).can(Permission.BOOK)
    by_room = request.GET.get("by") == "room"
    context = {
        "day": day_at(site, day, now=now, offer_free=may_book, by_room=by_room),
        "site": site,
        "today": today,
        "previous": max(day - timedelta(days=1), FIRST_DAY),
        "next": min(day + timedelta(days=1), LAST_DAY),
        "may_book": may_book,
        "by_room": by_room,
        "as_list": request.GET.get("view") == "list",
        "form": form,
    }
    with timezone.override(site.zone):
        return render(request, "booking/diary.html", context, status=400 if form.errors else 200)


def site_asked_for(request: HttpRequest) -> Site:
    """Return the site of the address, or the one the person works at now.

    Raises `Http404` for a site where the person does not work.
    """
    slug = request.GET.get("site")
    if not slug:
        return current_site(request)
    for site in signed_in(request).workplaces:
        if site.slug == slug:
            return site
    raise Http404("You do not work at such a site.")
