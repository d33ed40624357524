"""The admin's board."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.caseload.reading import board as reading
from clinic.caseload.stages import OPEN_STAGES, Stage
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission


@require(Permission.VIEW_CASELOAD)
def board(request: HttpRequest) -> HttpResponse:
    """Show the caseload: where everybody is, and what is overdue."""
    user = signed_in(request)
    now = timezone.now()
    today = timezone.localdate(timezone=current_site(request).zone)
    numbers = reading.numbers_for(user, now=now, today=today)
    stage = request.GET.get("stage", "")
    only = request.GET.get("only", "")
    number = _page_number(request)
    cases, has_next = reading.page_of_cases(
        user, stage=stage, only=only, number=number, now=now, today=today
    )
    context = {
        "numbers": numbers,
        "overdue_kind": "danger" if numbers.reviews_overdue else "",
        "unsigned_kind": "attention" if numbers.drafts_unsigned else "",
        "failed_kind": "danger" if numbers.deliveries_failed else "",
        "photographs_kind": "danger" if numbers.photographs_given_up else "",
        "stages": [(s.value, s.label, numbers.by_stage[s.value]) for s in OPEN_STAGES],
        "stage": stage,
        "only": only,
        "cases": [(case, Stage(case.stage).label) for case in cases],
        "page_number": number,
        "has_next": has_next,
    }
    return render(request, "caseload/board.html", context)


def _page_number(request: HttpRequest) -> int:
    number = request.GET.get("page", "1")
    return min(max(int(number), 1), 400) if number.isascii() and number.isdigit() else 1
