"""The history page: each section saves by itself, and the others keep what is typed in them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, read_patient
from patients.actions import history as actions
from patients.forms.history import (
    AllergyForm,
    DiagnosisForm,
    HistoryForm,
    MedicineForm,
    StopForm,
)
from patients.models import HistoryEntry, Patient
from patients.record import history_of


@require(Permission.VIEW_CLINICAL)
def history_page(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what the patient brings."""
    patient = read_patient(signed_in(request), patient_id, page="the history")
    return _page(request, patient)


@require(Permission.RECORD_CLINICAL)
@require_POST
def record_history(request: HttpRequest, patient_id: UUID, topic: str) -> HttpResponse:
    """Record what is now known on a topic."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    if topic not in HistoryEntry.Topic.values:
        raise Http404("There is no such topic.")
    form = HistoryForm(request.POST, latest=None, topic=topic)

    def save() -> None:
        actions.record_history(
            by=user, patient=patient, topic=topic, now=timezone.now(), **form.cleaned_data
        )

    return _save(request, patient, form, save, part=topic, said="The history is saved.")


@require(Permission.RECORD_CLINICAL)
@require_POST
def add_medicine(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Add a medicine."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = MedicineForm(request.POST)

    def save() -> None:
        actions.record_medicine(by=user, patient=patient, now=timezone.now(), **form.cleaned_data)

    return _save(request, patient, form, save, part="medicines", said="The medicine is recorded.")


@require(Permission.RECORD_CLINICAL)
@require_POST
def stop_medicine(request: HttpRequest, patient_id: UUID, medicine_id: UUID) -> HttpResponse:
    """Say since when a medicine is no longer taken."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    medicine = get_object_or_404(patient.medicines, pk=medicine_id)
    form = StopForm(request.POST, medicine=medicine)

    def save() -> None:
        actions.stop_medicine(by=user, medicine=medicine, **form.cleaned_data)

    return _save(
        request,
        patient,
        form,
        save,
        part="medicines",
        said=f"{medicine.name} is recorded as stopped.",
        slot=medicine.pk,
    )


@require(Permission.RECORD_CLINICAL)
@require_POST
def add_allergy(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Add an allergy."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = AllergyForm(request.POST)

    def save() -> None:
        actions.record_allergy(by=user, patient=patient, now=timezone.now(), **form.cleaned_data)

    return _save(request, patient, form, save, part="allergies", said="The allergy is recorded.")


@require(Permission.RECORD_CLINICAL)
@require_POST
def withdraw_allergy(request: HttpRequest, patient_id: UUID, allergy_id: UUID) -> HttpResponse:
    """Withdraw an allergy that was found to be wrong."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    allergy = get_object_or_404(patient.allergies, pk=allergy_id)
    form = AllergyForm()

    def save() -> None:
        actions.withdraw_allergy(by=user, allergy=allergy, now=timezone.now())

    said = f"The allergy to {allergy.substance} is withdrawn. It stays in the record as withdrawn."
    return _save(request, patient, form, save, part="allergies", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def state_no_allergies(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record that the patient was asked and no allergies are known."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = AllergyForm()

    def save() -> None:
        actions.state_no_allergies(by=user, patient=patient, now=timezone.now())

    said = "Recorded: no known allergies."
    return _save(request, patient, form, save, part="allergies", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def diagnose(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record a diagnosis."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = DiagnosisForm(request.POST, sex=patient.sex)

    def save() -> None:
        actions.make_diagnosis(by=user, patient=patient, now=timezone.now(), **form.cleaned_data)

    return _save(request, patient, form, save, part="diagnosis", said="The diagnosis is recorded.")


def _save(
    request: HttpRequest,
    patient: Patient,
    form: forms.Form,
    save: Callable[[], None],
    *,
    part: str,
    said: str,
    slot: object = None,
) -> HttpResponse:
    """Run one action, and answer with the page.

    `part` is the section; `slot` tells which of several forms in it, where there are several.
    """
    if form.is_bound and not form.is_valid():
        return _page(request, patient, bound={(part, slot): form}, status=422)
    try:
        save()
    except ValidationError as error:
        return _refused(request, patient, form, error, part=part, slot=slot)
    messages.success(request, said)
    if getattr(request, "htmx", False):
        return _page(request, patient)
    return redirect(f"{reverse('patients:history', args=[patient.pk])}#{part}")


def _refused(
    request: HttpRequest,
    patient: Patient,
    form: forms.Form,
    error: ValidationError,
    *,
    part: str,
    slot: object,
) -> HttpResponse:
    """Show why an action refused; a button without a form says so in a message."""
    if not form.is_bound:
        messages.error(request, " ".join(error.messages))
        return _page(request, patient, status=422)
    if isinstance(error, actions.RecordedMeanwhileError) and isinstance(form, HistoryForm):
        form.now_based_on(error.latest.pk)
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error)
    return _page(request, patient, bound={(part, slot): form}, status=422)


def _page(
    request: HttpRequest,
    patient: Patient,
    *,
    bound: dict[tuple[str, object], Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_record = signed_in(request).can(Permission.RECORD_CLINICAL)
    context = {
        **history_of(patient, bound=bound or {}),
        "may_record": may_record,
    }
    return render(request, "patients/history.html", context, status=status)
