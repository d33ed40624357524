"""Finding a patient: while typing, and as a list."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.access import require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.finding.search import MOST_COUNTED, Found, find_patients, recently_opened
from patients.models import Patient

PAGE_LENGTH = 25
DROPDOWN_LENGTH = 8
LAST_PAGE = MOST_COUNTED // PAGE_LENGTH


@require(Permission.VIEW_PATIENT)
def patient_list(request: HttpRequest) -> HttpResponse:
    """Show the patients who fit `?q=`, or those opened last."""
    user = signed_in(request)
    text = request.GET.get("q", "").strip()
    context: dict[str, Any] = {
        "text": text,
        "may_register": user.can(Permission.EDIT_PATIENT),
        "may_merge": user.can(Permission.MERGE_PATIENTS),
        "may_import": user.can(Permission.IMPORT_PATIENTS),
        "may_export": user.can(Permission.EXPORT_PATIENTS),
    }
    if not text:
        context["recent"] = recently_opened(user, limit=PAGE_LENGTH)
        return render(request, "patients/list.html", context)
    number = _page_number(request)
    found = find_patients(
        user,
        text,
        today=timezone.localdate(),
        offset=(number - 1) * PAGE_LENGTH,
        limit=PAGE_LENGTH,
    )
    _record_search(user, found)
    context |= {"found": found, "page": _page(found, number)}
    return render(request, "patients/list.html", context)


@require(Permission.VIEW_PATIENT)
def search_as_you_type(request: HttpRequest) -> HttpResponse:
    """Answer the search field of the frame with a few lines.

    Not an audit event: it shows no more than a list of names, and comes with every key. Opening
    a record is one.
    """
    user = signed_in(request)
    text = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"text": text}
    if text:
        context["found"] = find_patients(
            user, text, today=timezone.localdate(), limit=DROPDOWN_LENGTH
        )
    else:
        context["recent"] = recently_opened(user, limit=DROPDOWN_LENGTH)
    return render(request, "patients/_search_results.html", context)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(number, 1), LAST_PAGE)


def _page(found: Found, number: int) -> Page[Patient]:
    """Wrap rows that are fetched and counted already."""
    paginator: Paginator[Patient] = Paginator(found.patients, PAGE_LENGTH)
    paginator.count = found.total
    return Page(found.patients, number, paginator)


def _record_search(user: User, found: Found) -> None:
    """Record what kind of thing was searched for; the text itself may tell of a patient."""
    by_what = " or ".join(found.question.kinds) or "nothing"
    with transaction.atomic():
        audit.record(Kind.PATIENTS_SEARCHED, by=user, by_what=by_what, found=found.counted)
