"""Double records: found, compared, made one, made two again."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.base.after_commit import start
from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients import tasks
from patients.access import get_patient, read_patient, record_opening
from patients.actions import merging as actions
from patients.banner import patient_context
from patients.finding.search import find_patients
from patients.forms.merging import MergeForm
from patients.merging.comparison import Comparison, compare
from patients.models import LikelyPair, Patient

PAIRS_SHOWN = 50
PATIENTS_SHOWN = 10


@require(Permission.MERGE_PATIENTS)
def double_records(request: HttpRequest) -> HttpResponse:
    """List the pairs of records that are likely to be of one person."""
    visible = Patient.objects.visible_to(signed_in(request))
    pairs = LikelyPair.objects.filter(first__in=visible, second__in=visible)
    shown = list(pairs.select_related("first", "second")[: PAIRS_SHOWN + 1])
    context = {
        "pairs": shown[:PAIRS_SHOWN],
        "are_more": len(shown) > PAIRS_SHOWN,
        "looked_at": shown[0].created_at if shown else None,
    }
    return render(request, "patients/double_records.html", context)


@require(Permission.MERGE_PATIENTS)
@require_POST
def look_again(request: HttpRequest) -> HttpResponse:
    """Have the pairs found anew."""
    start(tasks.look_for_pairs)
    messages.info(request, "The records are being compared. Open this list again in a minute.")
    return redirect("patients:double_records")


@require(Permission.MERGE_PATIENTS)
def merges(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Look for a patient's other record, and show those that became part of this one."""
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="the page about double records")
    text = request.GET.get("q", "").strip()
    found = find_patients(user, text, today=timezone.localdate(), limit=PATIENTS_SHOWN).everybody
    context = {
        **patient_context(patient),
        "text": text,
        "found": [other for other in found if other.pk != patient.pk],
        "merges": patient.absorbing_merges.select_related("absorbed", "merged_by", "undone_by"),
    }
    return render(request, "patients/merges.html", context)


@require(Permission.MERGE_PATIENTS)
def compare_records(request: HttpRequest, patient_id: UUID, other_id: UUID) -> HttpResponse:
    """Show two records side by side, and make them one."""
    user = signed_in(request)
    survivor, absorbed = get_patient(user, patient_id), get_patient(user, other_id)
    comparison = compare(survivor, absorbed)
    sent = request.POST if request.method == "POST" else None
    form = MergeForm(sent, comparison=comparison)
    if form.is_valid():
        try:
            actions.merge(
                by=user, survivor=survivor, absorbed=absorbed, keep=form.keep(), now=timezone.now()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                f"{absorbed.number} is part of this record now. It can be undone under Details,"
                " double records.",
            )
            return redirect("caseload:chart", survivor.pk)
    return _comparison_page(request, comparison, form)


@require(Permission.MERGE_PATIENTS)
@require_POST
def two_people(request: HttpRequest, patient_id: UUID, other_id: UUID) -> HttpResponse:
    """Say that two like records are of two people."""
    user = signed_in(request)
    one, other = get_patient(user, patient_id), get_patient(user, other_id)
    actions.say_two_people(by=user, one=one, other=other, now=timezone.now())
    messages.success(request, f"{one.number} and {other.number} are two people, and stay so.")
    return redirect("patients:double_records")


@require(Permission.MERGE_PATIENTS)
@require_POST
def undo(request: HttpRequest, patient_id: UUID, merge_id: UUID) -> HttpResponse:
    """Make two records of one again."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    merge = patient.absorbing_merges.filter(pk=merge_id).select_related("absorbed").first()
    if merge is None:
        raise Http404("There is no such merge.")
    try:
        left = actions.undo_merge(by=user, merge=merge, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _undone(merge.absorbed, left))
    return redirect("patients:merges", patient.pk)


def _undone(absorbed: Patient, left: list[str]) -> str:
    changed = f" These were changed since and stay as they are: {', '.join(left)}." if left else ""
    return f"{absorbed.number} is a record of its own again.{changed}"


def _comparison_page(request: HttpRequest, comparison: Comparison, form: MergeForm) -> HttpResponse:
    for patient in (comparison.survivor, comparison.absorbed):
        record_opening(request, patient.pk, page="the comparison of two records")
    rows = [(each, form[f"keep_{each.name}"]) for each in comparison.differences]
    return render(
        request,
        "patients/compare_records.html",
        {"comparison": comparison, "form": form, "rows": rows},
        status=422 if form.errors else 200,
    )
