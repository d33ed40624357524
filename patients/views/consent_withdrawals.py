"""A patient takes a consent back: in person, by phone, in a letter."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, open_case, read_patient, record_opening
from patients.actions import consents as actions
from patients.actions.photo_uses import take_back_uses
from patients.consent.overview import get_consent, subjects
from patients.consent.wording import consequences
from patients.forms.consent_steps import WithdrawConsentForm
from patients.models import Consent, Patient
from patients.views.consents import page, posted


@require(Permission.RECORD_WITHDRAWAL)
@require_GET
def withdrawals(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what the patient can take back, and no more of the clinical record than that."""
    patient = read_patient(signed_in(request), patient_id, page="what can be withdrawn")
    found = subjects(patient, open_case(patient), now=timezone.now())
    signed = [each.signed for each in found if each.signed]
    return page(request, "consent_withdrawals", patient, signed=signed, tab="withdrawals")


@require(Permission.RECORD_WITHDRAWAL)
@require_http_methods(["GET", "POST"])
def withdraw_consent(request: HttpRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Record, on the patient's behalf, that they take a consent back."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    consent = get_consent(patient, consent_id)
    if consent.signed_at is None or consent.withdrawn_at is not None:
        messages.info(request, "This consent does not stand. Nothing was changed.")
        return _back(request, patient)
    form = WithdrawConsentForm(posted(request), uses_left=consent.photo_scopes_left)
    if request.method == "POST" and form.is_valid():
        return _withdraw(request, consent, form)
    record_opening(request, patient.pk, page=f"the consent “{consent.template.title}” to withdraw")
    return page(
        request,
        "consent_withdraw",
        patient,
        status=422 if form.errors else 200,
        consent=consent,
        consequences=consequences(consent.template),
        reads=user.can(Permission.VIEW_CLINICAL),
        form=form,
    )


def _withdraw(request: HttpRequest, consent: Consent, form: WithdrawConsentForm) -> HttpResponse:
    told: dict[str, Any] = {"by": signed_in(request), "consent": consent, "now": timezone.now()}
    try:
        if "uses" in form.cleaned_data:
            take_back_uses(**told, **form.cleaned_data)
        else:
            actions.withdraw_consent(**told, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(request, consent.patient)
    consent.refresh_from_db()
    if consent.withdrawn_at is None:
        messages.success(request, "Taken back. The rest of the consent stands without a signature.")
    else:
        messages.success(request, f"Withdrawn: {consent.template.title}. The record is kept.")
    return _back(request, consent.patient)


def _back(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Lead to the list that the person may open."""
    reads = signed_in(request).can(Permission.VIEW_CLINICAL)
    return redirect("patients:consents" if reads else "patients:withdrawals", patient.pk)
