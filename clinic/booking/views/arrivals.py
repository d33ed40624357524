"""The arrivals board and the taps on it."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from clinic.booking import access, actions, board
from clinic.booking.models import Appointment, Status
from clinic.booking.views.appointment import show_appointment
from clinic.booking.views.diary import site_asked_for
from clinic.practice.models import Site
from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission


@require_GET
@require(Permission.VIEW_DIARY)
def arrivals(request: HttpRequest) -> HttpResponse:
    """Show who is expected, has arrived, is in a room and is done today: `?site=<slug>`."""
    return _board(request, site_asked_for(request))


def _board(
    request: HttpRequest, site: Site, *, said: str = "", fault: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    page = {
        "site": site,
        "lanes": board.lanes_at(site, now=now),
        "unconfirmed": board.unconfirmed_tomorrow(site, now=now),
        "now": now,
        "may_step": signed_in(request).can(Permission.CHECK_IN),
        "said": said,
        "fault": fault,
    }
    partial = request.headers.get("HX-Request") == "true"
    template = "booking/_board.html" if partial else "booking/arrivals.html"
    with timezone.override(site.zone):
        return render(request, template, page, status=status)


@require_POST
@require(Permission.CHECK_IN)
def step(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Go one step forward or back, or record a no-show; answer with the page it was tapped on.

    The post says `way` (forward unless it is back or no_show), the status to set as `to`, the
    status on the person's screen as `seen`, and `board` when it was tapped on the arrivals board.
    """
    appointment = access.get_own_appointment(signed_in(request), appointment_id)
    on_board = "board" in request.POST
    try:
        row = _take_step(request, appointment)
    except ValidationError as error:
        fault = " ".join(error.messages)
        if on_board:
            return _board(request, appointment.site, fault=fault, status=422)
        now_stands = access.get_appointment(signed_in(request), appointment_id)
        return show_appointment(request, now_stands, fault=fault, status=422)
    if on_board and request.headers.get("HX-Request") == "true":
        said = f"{row.patient}: {Status(row.status).label}"
        return _board(request, appointment.site, said=said)
    return _back(appointment, on_board=on_board)


def _take_step(request: HttpRequest, appointment: Appointment) -> Appointment:
    by, now = signed_in(request), timezone.now()
    seen = request.POST.get("seen") or None
    way = request.POST.get("way", "forward")
    if way == "forward":
        to = request.POST.get("to") or None
        return actions.step_forward(by=by, appointment=appointment, now=now, to=to, seen=seen)
    if way == "back":
        return actions.step_back(by=by, appointment=appointment, now=now, seen=seen)
    if way == "no_show":
        return actions.no_show(by=by, appointment=appointment, now=now, seen=seen)
    raise ValidationError("Choose forward, back or no-show. Nothing was changed.")


def _back(appointment: Appointment, *, on_board: bool) -> HttpResponse:
    if on_board:
        answer = redirect("booking:arrivals")
        answer["Location"] += f"?site={appointment.site.slug}"
        return answer
    return redirect("booking:appointment", appointment.pk)
