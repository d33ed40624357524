"""The history page: each section saves by itself, and the others keep what is typed in them."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, read_patient
from patients.actions import assessment
from patients.actions import history as actions
from patients.forms.diagnosis import DiagnosisForm
from patients.forms.history import (
    AllergyForm,
    HistoryForm,
    MedicineForm,
    StopForm,
)
from patients.models import Diagnosis, HistoryEntry
from patients.pathway import what_follows
from patients.views.history_parts import save_part, show_page, withdraw_part


@require(Permission.VIEW_CLINICAL)
def history_page(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what the patient brings."""
    patient = read_patient(signed_in(request), patient_id, page="the history")
    return show_page(request, patient)


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

    return save_part(request, patient, form, save, part=topic, said="The history is saved.")


@require(Permission.RECORD_CLINICAL)
@require_POST
def add_medicine(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Add a medicine."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = MedicineForm(request.POST)

    def save() -> None:
        actions.record_medicine(by=user, patient=patient, now=timezone.now(), **form.cleaned_data)

    return save_part(
        request, patient, form, save, part="medicines", said="The medicine is recorded."
    )


@require(Permission.RECORD_CLINICAL)
@require_POST
def stop_medicine(request: HttpRequest, patient_id: UUID, medicine_id: UUID) -> HttpResponse:
    """Say since when a medicine is no longer taken."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    medicine = get_object_or_404(patient.medicines, pk=medicine_id)
    form = StopForm(request.POST, medicine=medicine)

    def save() -> None:
        actions.stop_medicine(by=user, medicine=medicine, now=timezone.now(), **form.cleaned_data)

    return save_part(
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

    return save_part(
        request, patient, form, save, part="allergies", said="The allergy is recorded."
    )


@require(Permission.RECORD_CLINICAL)
@require_POST
def withdraw_allergy(request: HttpRequest, patient_id: UUID, allergy_id: UUID) -> HttpResponse:
    """Withdraw an allergy that was found to be wrong."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    allergy = get_object_or_404(patient.allergies, pk=allergy_id)

    def withdraw(reason: str) -> None:
        actions.withdraw_allergy(by=user, allergy=allergy, reason=reason, now=timezone.now())

    said = f"The allergy to {allergy.substance} is withdrawn. It stays in the record as withdrawn."
    return withdraw_part(request, patient, withdraw, part="allergies", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def withdraw_medicine(request: HttpRequest, patient_id: UUID, medicine_id: UUID) -> HttpResponse:
    """Withdraw a medicine that was recorded by mistake."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    medicine = get_object_or_404(patient.medicines, pk=medicine_id)

    def withdraw(reason: str) -> None:
        actions.withdraw_medicine(by=user, medicine=medicine, reason=reason, now=timezone.now())

    said = f"{medicine.name} is withdrawn. It stays in the record as withdrawn."
    return withdraw_part(request, patient, withdraw, part="medicines", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def state_no_allergies(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record that the patient was asked and no allergies are known."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)

    def save() -> None:
        actions.state_no_allergies(by=user, patient=patient, now=timezone.now())

    said = "Recorded: no known allergies."
    return save_part(request, patient, None, save, part="allergies", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def diagnose(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record a diagnosis."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = DiagnosisForm(request.POST, sex=patient.sex)

    def save() -> None:
        if form.chosen is not None:
            assessment.make_diagnosis(
                by=user, patient=patient, graded=form.chosen, now=timezone.now()
            )

    return save_part(
        request, patient, form, save, part="diagnosis", said="The diagnosis is recorded."
    )


@require(Permission.RECORD_CLINICAL)
@require_POST
def withdraw_diagnosis(request: HttpRequest, patient_id: UUID, diagnosis_id: UUID) -> HttpResponse:
    """Take back a diagnosis that was entered by mistake, and say what follows."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    made = Diagnosis.objects.select_related("case").filter(case__patient=patient)
    diagnosis = get_object_or_404(made, pk=diagnosis_id)
    follows = ". ".join(what_follows(diagnosis))

    def withdraw(reason: str) -> None:
        assessment.withdraw_diagnosis(
            by=user, diagnosis=diagnosis, reason=reason, now=timezone.now()
        )

    said = f"“{diagnosis}” is taken back; it stays in the record, with your reason. {follows}."
    return withdraw_part(request, patient, withdraw, part="diagnosis", said=said)
