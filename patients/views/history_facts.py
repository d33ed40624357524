"""The parts of the history page that hold answers, blood results and treatments elsewhere."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient
from patients.actions import bloods, earlier_treatments, statements
from patients.forms.bloods import BloodsForm
from patients.forms.history import ReviewedForm
from patients.forms.statements import (
    ConditionsForm,
    EarlierTreatmentForm,
    HairForm,
    PregnancyForm,
    RelativesForm,
)
from patients.views.history_parts import save_part, withdraw_part

ANSWERS_SAVED = "The answers are saved."


@require(Permission.RECORD_CLINICAL)
@require_POST
def conditions(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record what was answered about conditions."""
    form = ConditionsForm(request.POST, latest={})
    return _state(
        request, patient_id, form, statements.state_conditions, "conditions", ANSWERS_SAVED
    )


@require(Permission.RECORD_CLINICAL)
@require_POST
def relatives(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record what was answered about relatives."""
    form = RelativesForm(request.POST, latest={})
    return _state(request, patient_id, form, statements.state_relatives, "relatives", ANSWERS_SAVED)


@require(Permission.RECORD_CLINICAL)
@require_POST
def hair(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record how the hair loss began and went on."""
    form = HairForm(request.POST)
    return _state(
        request, patient_id, form, statements.state_hair, "hairloss", "The history is saved."
    )


@require(Permission.RECORD_CLINICAL)
@require_POST
def pregnancy(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record whether the patient is pregnant or breastfeeding."""
    form = PregnancyForm(request.POST)
    return _state(request, patient_id, form, statements.state_pregnancy, "pregnancy", ANSWERS_SAVED)


@require(Permission.RECORD_CLINICAL)
@require_POST
def review_medicines(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record that the medicines were gone through and nothing changed."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = ReviewedForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else set()

    def save() -> None:
        statements.review_medicines(by=user, patient=patient, seen=seen, now=timezone.now())

    said = "The medicines are recorded as reviewed today, without a change."
    return save_part(request, patient, None, save, part="medicines", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def no_medicines(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record that the patient was asked and takes no medicines."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)

    def save() -> None:
        statements.state_no_medicines(by=user, patient=patient, now=timezone.now())

    said = "Recorded: takes no medicines."
    return save_part(request, patient, None, save, part="medicines", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def add_bloods(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record the blood results of one report."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = BloodsForm(request.POST)

    def save() -> None:
        bloods.record_bloods(
            by=user,
            patient=patient,
            taken_date=form.cleaned_data["taken_date"],
            laboratory=form.cleaned_data["laboratory"],
            results=list(form.results()),
            now=timezone.now(),
        )

    said = "The blood results are recorded."
    return save_part(request, patient, form, save, part="bloods", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def withdraw_blood(request: HttpRequest, patient_id: UUID, result_id: UUID) -> HttpResponse:
    """Withdraw a blood result that was written down wrongly."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    result = get_object_or_404(patient.blood_results, pk=result_id)

    def withdraw(reason: str) -> None:
        bloods.withdraw_blood_result(by=user, result=result, reason=reason, now=timezone.now())

    said = f"{result.name} is withdrawn. It stays in the record as withdrawn."
    return withdraw_part(request, patient, withdraw, part="bloods", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def add_elsewhere(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record a treatment elsewhere."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    form = EarlierTreatmentForm(request.POST)

    def save() -> None:
        earlier_treatments.record_earlier_treatment(
            by=user, patient=patient, now=timezone.now(), **form.cleaned_data
        )

    said = "The treatment elsewhere is recorded."
    return save_part(request, patient, form, save, part="elsewhere", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def not_treated(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Record that the patient was asked and was not treated elsewhere."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)

    def save() -> None:
        statements.state_no_earlier_treatments(by=user, patient=patient, now=timezone.now())

    said = "Recorded: not treated elsewhere."
    return save_part(request, patient, None, save, part="elsewhere", said=said)


@require(Permission.RECORD_CLINICAL)
@require_POST
def withdraw_elsewhere(request: HttpRequest, patient_id: UUID, treatment_id: UUID) -> HttpResponse:
    """Withdraw an entry about a treatment elsewhere."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    treatment = get_object_or_404(patient.earlier_treatments, pk=treatment_id)

    def withdraw(reason: str) -> None:
        earlier_treatments.withdraw_earlier_treatment(
            by=user, treatment=treatment, reason=reason, now=timezone.now()
        )

    said = f"{treatment.get_kind_display()} is withdrawn. It stays in the record as withdrawn."
    return withdraw_part(request, patient, withdraw, part="elsewhere", said=said)


def _state(
    request: HttpRequest, patient_id: UUID, form: Any, action: Any, part: str, said: str
) -> HttpResponse:
    """Record what a form of answers says, and answer with the page."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)

    def save() -> None:
        action(by=user, patient=patient, given=form.given(), now=timezone.now())

    return save_part(request, patient, form, save, part=part, said=said)
