"""The patient's case: opened, led, closed."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients import access
from patients.actions import cases as actions
from patients.banner import patient_context
from patients.closing import obstacles_to_closing, stops_with
from patients.forms.cases import ClinicianForm, CloseForm, ReopenForm
from patients.models import Case, Patient


@require(Permission.VIEW_PATIENT)
def case_page(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show the open case and earlier ones."""
    patient = access.read_patient(signed_in(request), patient_id, page="the page about the case")
    return _page(request, patient)


@require(Permission.EDIT_PATIENT)
@require_POST
def open_case(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Open a case, also for a patient who comes back."""
    user = signed_in(request)
    patient = access.get_patient(user, patient_id)
    try:
        actions.open_case_for(by=user, patient=patient, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "A case is open.")
    return redirect("patients:case", patient.pk)


@require(Permission.EDIT_PATIENT)
@require_POST
def set_clinician(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Say who is responsible for the open case."""
    user = signed_in(request)
    patient = access.get_patient(user, patient_id)
    case = _open_case_or_404(patient)
    form = ClinicianForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, clinician_form=form)
    try:
        actions.set_clinician(by=user, case=case, clinician=form.cleaned_data["clinician"])
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, patient, clinician_form=form)
    messages.success(request, "The responsible clinician is saved.")
    return redirect("patients:case", patient.pk)


@require(Permission.CLOSE_CASE)
@require_POST
def close_case(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Close the open case with its outcome."""
    user = signed_in(request)
    patient = access.get_patient(user, patient_id)
    case = _open_case_or_404(patient)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, close_form=form)
    try:
        actions.close_case(
            by=user, case=case, outcome=form.cleaned_data["outcome"], now=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, patient, close_form=form)
    messages.success(request, "The case is closed. It stays readable.")
    return redirect("patients:case", patient.pk)


@require(Permission.CLOSE_CASE)
@require_POST
def reopen_case(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Take the last closing back."""
    user = signed_in(request)
    patient = access.get_patient(user, patient_id)
    case = access.shown_case(patient)
    form = ReopenForm(request.POST)
    if case is None:
        raise Http404("This patient has no case.")
    if not form.is_valid():
        return _page(request, patient, reopen_form=form)
    try:
        actions.reopen_case(
            by=user, case=case, reason=form.cleaned_data["reason"], now=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, patient, reopen_form=form)
    messages.success(request, "The case is open again, as it was.")
    return redirect("patients:case", patient.pk)


def _open_case_or_404(patient: Patient) -> Case:
    case = access.open_case(patient)
    if case is None:
        raise Http404("This patient has no open case.")
    return case


def _page(
    request: HttpRequest,
    patient: Patient,
    *,
    clinician_form: ClinicianForm | None = None,
    close_form: CloseForm | None = None,
    reopen_form: ReopenForm | None = None,
) -> HttpResponse:
    cases = list(patient.cases.select_related("clinician", "closed_by"))
    present = next((case for case in cases if case.closed_at is None), None)
    may_close = signed_in(request).can(Permission.CLOSE_CASE)
    is_wrong = any(form is not None for form in (clinician_form, close_form, reopen_form))
    context = {
        **patient_context(patient),
        "case": present,
        "earlier": [case for case in cases if case.closed_at],
        "may_change": signed_in(request).can(Permission.EDIT_PATIENT),
        "may_close": may_close,
        "obstacles": obstacles_to_closing(present, timezone.now()) if present and may_close else [],
        "stops": stops_with(present) if present and may_close else [],
        "clinician_form": clinician_form
        or ClinicianForm(initial={"clinician": present.clinician_id if present else None}),
        "close_form": close_form or CloseForm(),
        "last_closed": access.shown_case(patient) if cases and present is None else None,
        "reopen_form": reopen_form or ReopenForm(),
        "reopenings": present.reopenings.select_related("reopened_by") if present else [],
    }
    return render(request, "patients/case.html", context, status=422 if is_wrong else 200)
