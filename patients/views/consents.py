"""Consents: what stands, the information, the signature at the tablet, the withdrawal."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.audit import actions as audit
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.handover import hand_over
from clinic.staff.permissions import Permission
from patients.access import get_patient, open_case, read_patient, record_opening
from patients.actions import consents as actions
from patients.banner import patient_context
from patients.consent.overview import get_consent, get_text, subjects
from patients.consent.rules import newest_text, obstacle_to_signing
from patients.consent.wording import blocks, consequences, statements
from patients.forms.consents import SignConsentForm, WithdrawConsentForm
from patients.models import Consent, Patient


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _page(
    request: HttpRequest, name: str, patient: Patient, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page about the patient, with times as the clinic's clock shows them."""
    may_take = signed_in(request).can(Permission.TAKE_CONSENT)
    everything = {**patient_context(patient), "tab": "consents", "may_take": may_take, **context}
    with timezone.override(current_site(request).zone):
        return render(request, f"patients/{name}.html", everything, status=status)


@require(Permission.VIEW_CLINICAL)
@require_GET
def consent_list(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what the patient has agreed to, and what comes next."""
    patient = read_patient(signed_in(request), patient_id, page="the consents")
    return _list(request, patient)


def _list(request: HttpRequest, patient: Patient, *, error: str = "") -> HttpResponse:
    case = open_case(patient)
    with timezone.override(current_site(request).zone):
        found = subjects(patient, case, now=timezone.now())
    ready = next((each for each in found if each.may_sign and not each.is_reflecting), None)
    return _page(
        request,
        "consents",
        patient,
        status=422 if error else 200,
        case=case,
        subjects=found,
        ready=ready,
        error=error,
    )


@require(Permission.VIEW_CLINICAL)
@require_GET
def consent_text(request: HttpRequest, patient_id: UUID, template_id: UUID) -> HttpResponse:
    """Show a text to read, to print, and to record as given."""
    patient = read_patient(signed_in(request), patient_id, page="a consent text")
    template, case = get_text(template_id), open_case(patient)
    found = subjects(patient, case, now=timezone.now())
    subject = next((each for each in found if each.template == template), None)
    may_give = case is not None and subject is not None and subject.may_give
    return _page(
        request,
        "consent_text",
        patient,
        template=template,
        newest=newest_text(template),
        blocks=blocks(template.body),
        waiting=subject.waiting if subject and subject.may_sign else None,
        case=case,
        may_give=may_give,
    )


@require(Permission.TAKE_CONSENT)
@require_POST
def give_information(request: HttpRequest, patient_id: UUID, template_id: UUID) -> HttpResponse:
    """Record that the information was given; the time to reflect starts."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    template, case = get_text(template_id), open_case(patient)
    if case is None:
        return _list(request, patient, error="Open a case before you give the information.")
    try:
        actions.give_information(
            by=user,
            case=case,
            template=template,
            zone=current_site(request).zone,
            now=timezone.now(),
        )
    except ValidationError as error:
        return _list(request, patient, error=" ".join(error.messages))
    clock = " The time to reflect has begun." if template.reflection_days else ""
    messages.success(request, f"Information given: {template.title}.{clock}")
    return redirect("patients:consents", patient.pk)


@require(Permission.VIEW_CLINICAL)
@require_GET
def consent_record(request: HttpRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Show one consent: the text as it was signed, the signature, what became of it."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    consent = get_consent(patient, consent_id)
    page = f"the consent “{consent.template.title}”"
    audit.record_reading(by=user, patient_id=patient.pk, page=page)
    text = consent.signed_text or consent.template.body
    return _page(request, "consent", patient, consent=consent, blocks=blocks(text))


@require(Permission.TAKE_CONSENT)
@require_http_methods(["GET", "POST"])
def sign_consent(request: HttpRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Let the patient read, ask and sign; afterwards, thank them.

    From here on the device shows nothing else until a member of staff confirms who they are.
    """
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    consent = get_consent(patient, consent_id)
    record_opening(request, patient.pk, page=f"the consent “{consent.template.title}” to sign")
    if consent.signed_at is not None:
        return _page(request, "consent_signed", patient, consent=consent)
    obstacle = obstacle_to_signing(
        consent, today=timezone.localdate(timezone=current_site(request).zone)
    )
    if obstacle:
        return _blocked(request, consent, obstacle)
    if request.method == "GET":
        hand_over(request, back=reverse("patients:consents", args=[patient.pk]))
    is_early = timezone.now() < consent.reflect_until
    form = SignConsentForm(_posted(request), consent=consent, is_early=is_early)
    if request.method == "POST" and form.is_valid() and _sign(request, consent, form):
        return redirect("patients:sign_consent", patient.pk, consent.pk)
    return _sign_page(request, consent, form, is_early=is_early)


def _sign(request: HttpRequest, consent: Consent, form: SignConsentForm) -> bool:
    """Sign, or put on the form why not; a signature that is there already will do."""
    zone = current_site(request).zone
    try:
        actions.sign_consent(
            by=signed_in(request), consent=consent, zone=zone, now=timezone.now(), **form.values()
        )
    except actions.AlreadySignedError:
        return True
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _sign_page(
    request: HttpRequest, consent: Consent, form: SignConsentForm, *, is_early: bool
) -> HttpResponse:
    return _page(
        request,
        "consent_sign",
        consent.patient,
        status=422 if form.errors else 200,
        consent=consent,
        blocks=blocks(consent.template.body),
        statements=statements(consent.template),
        form=form,
        is_early=is_early,
    )


def _blocked(request: HttpRequest, consent: Consent, obstacle: str) -> HttpResponse:
    return _page(
        request,
        "consent_blocked",
        consent.patient,
        status=422 if request.method == "POST" else 200,
        consent=consent,
        obstacle=obstacle,
        newest=newest_text(consent.template),
    )


@require(Permission.TAKE_CONSENT)
@require_http_methods(["GET", "POST"])
def withdraw_consent(request: HttpRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Record, on the patient's behalf, that they take a consent back."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    consent = get_consent(patient, consent_id)
    if not consent.is_valid:
        messages.info(request, "This consent does not stand. Nothing was changed.")
        return redirect("patients:consents", patient.pk)
    form = WithdrawConsentForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        return _withdraw(request, consent, form.cleaned_data["reason"])
    record_opening(request, patient.pk, page=f"the consent “{consent.template.title}” to withdraw")
    return _page(
        request,
        "consent_withdraw",
        patient,
        status=422 if form.errors else 200,
        consent=consent,
        consequences=consequences(consent.template),
        form=form,
    )


def _withdraw(request: HttpRequest, consent: Consent, reason: str) -> HttpResponse:
    try:
        actions.withdraw_consent(
            by=signed_in(request), consent=consent, now=timezone.now(), reason=reason
        )
    except ValidationError as error:
        return _list(request, consent.patient, error=" ".join(error.messages))
    messages.success(request, f"Withdrawn: {consent.template.title}. The record is kept.")
    return redirect("patients:consents", consent.patient_id)
