"""The patient's chart: what matters now, and everything that happened."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clinic.caseload.reading.against import against_of
from clinic.caseload.reading.chart import shown_case_of
from clinic.caseload.reading.outcome import outcome_chart_of
from clinic.caseload.reading.timeline import KINDS, PAGE_SIZE, WHOLE, timeline_of
from clinic.consenting.access import consents_behind, newest_link
from clinic.documents.models import PrivateLink
from clinic.questionnaires.overview import questionnaire_of, standing_of
from clinic.staff.access import require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.access import read_patient
from patients.banner import patient_context
from patients.models import Patient


@require(Permission.VIEW_PATIENT)
def chart(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show one patient's chart; the whole timeline, as for printing, where it is asked for."""
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="the chart")
    kind = request.GET.get("show", "")
    kind = kind if kind in KINDS else ""
    whole = "whole" in request.GET
    now = timezone.now()
    moments, more = timeline_of(
        patient, reader=user, now=now, kind=kind, limit=WHOLE if whole else PAGE_SIZE
    )
    clinical = user.can(Permission.VIEW_CLINICAL)
    found = shown_case_of(patient, now=now)
    asked = questionnaire_of(patient)
    against = against_of(found, now) if found and clinical else []
    context = patient_context(patient) | {
        "asked": standing_of(asked, now) if asked else None,
        "shown_case": found,
        "outcome": outcome_chart_of(found.case) if found and clinical else None,
        "moments": moments,
        "more_moments": more,
        "kinds": KINDS if clinical else {},
        "shown_kind": kind,
        "shown_label": KINDS.get(kind, ""),
        "whole": whole,
        "print_now": whole and "print" in request.GET,
        "now": now,
        "clinical": clinical,
        "against": against,
        "contraindicated": [label for label, evaluation in against if evaluation.blocking],
        "agreed": found.agreed if found and clinical else [],
        "may_record": user.can(Permission.RECORD_CLINICAL),
        "may_book": user.can(Permission.BOOK),
        "may_issue": user.can(Permission.ISSUE_DOCUMENT),
        "own_page": _own_page(user, patient, now),
        "tab": "chart",
    }
    return render(request, "caseload/chart.html", context)


def _own_page(user: User, patient: Patient, now: datetime) -> PrivateLink | None:
    """Return the open link to the patient's consents, for those who only tell codes.

    Who takes consents has the pages of each consent for it.
    """
    if user.can(Permission.TAKE_CONSENT) or not user.can(Permission.TELL_CODE):
        return None
    link = newest_link(patient, now)
    return link if link and consents_behind(link).exists() else None
