"""What speaks against treating one patient: what the rules say now, and what they said before."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.practice.models import Technique
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission
from patients.access import read_patient
from patients.banner import patient_context
from patients.contraindications.evaluation import evaluate
from patients.contraindications.reading import read_record
from patients.models import ContraindicationCheck

# How many checks are shown at first, the newest.
SHOWN = 20


@require(Permission.VIEW_CLINICAL)
@require_GET
def contraindications(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what the rules say now of each technique, and the checks that were kept.

    The newest of them, or with `?all` every one.
    """
    patient = read_patient(signed_in(request), patient_id, page="the contraindications")
    rules, facts = read_record(patient)
    zone = current_site(request).zone
    now = timezone.localtime(timezone=zone)
    checks = ContraindicationCheck.objects.filter(patient=patient).select_related("checked_by")
    context = patient_context(patient) | {
        "techniques": [
            (each, evaluate(rules[each], facts, now, technique=each)) for each in Technique
        ],
        "checks": list(checks if "all" in request.GET else checks[:SHOWN]),
        "checks_kept": checks.count(),
        "tab": "chart",
    }
    with timezone.override(zone):
        return render(request, "patients/contraindications_page.html", context)
