"""Consents: what stands, the information, one consent to read."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from clinic.audit import actions as audit
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, open_case, read_patient
from patients.actions import consents as actions
from patients.banner import patient_context
from patients.consent.discussion import four_parts
from patients.consent.overview import Subject, get_consent, get_text, subjects
from patients.consent.rules import asks_anew, is_replaced
from patients.consent.wording import blocks
from patients.forms.consent_steps import InterpreterForm
from patients.models import ConsentTemplate, Patient


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, or None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def page(
    request: HttpRequest, name: str, patient: Patient, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page about the patient, with times as the clinic's clock shows them."""
    user = signed_in(request)
    everything = {
        **patient_context(patient),
        "tab": "consents",
        "may_take": user.can(Permission.TAKE_CONSENT),
        "may_withdraw": user.can(Permission.RECORD_WITHDRAWAL),
        **context,
    }
    with timezone.override(current_site(request).zone):
        return render(request, f"patients/{name}.html", everything, status=status)


@require(Permission.VIEW_CLINICAL)
@require_GET
def consent_list(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what the patient has agreed to, and what comes next."""
    patient = read_patient(signed_in(request), patient_id, page="the consents")
    return show_list(request, patient)


def show_list(request: HttpRequest, patient: Patient, *, error: str = "") -> HttpResponse:
    """Show the list, with why nothing was changed where something was refused."""
    case = open_case(patient)
    with timezone.override(current_site(request).zone):
        found = subjects(patient, case, now=timezone.now())
    ready = next((each for each in found if each.may_sign and not each.is_reflecting), None)
    to_sign = next((each for each in found if each.awaits_clinician), None)
    return page(
        request,
        "consents",
        patient,
        status=422 if error else 200,
        case=case,
        subjects=found,
        ready=None if to_sign else ready,
        to_sign=to_sign,
        error=error,
    )


@require(Permission.VIEW_CLINICAL)
@require_GET
def consent_text(request: HttpRequest, patient_id: UUID, template_id: UUID) -> HttpResponse:
    """Show a text to read, to print, and to record as given."""
    patient = read_patient(signed_in(request), patient_id, page="a consent text")
    return _text_page(request, patient, get_text(template_id), InterpreterForm())


def _text_page(
    request: HttpRequest, patient: Patient, template: ConsentTemplate, form: InterpreterForm
) -> HttpResponse:
    case = open_case(patient)
    found = subjects(patient, case, now=timezone.now())
    subject = next((each for each in found if _is_about(each, template)), None)
    may_give = case is not None and subject is not None and subject.may_give
    return page(
        request,
        "consent_text",
        patient,
        status=422 if form.errors else 200,
        template=template,
        newest=is_replaced(template),
        others=_other_languages(subject, template),
        blocks=blocks(template.body),
        waiting=subject.waiting if subject and subject.may_sign else None,
        case=case,
        may_give=may_give,
        form=form,
    )


def _is_about(subject: Subject, template: ConsentTemplate) -> bool:
    return template in (subject.template, *subject.translations)


def _other_languages(subject: Subject | None, template: ConsentTemplate) -> list[ConsentTemplate]:
    texts = [subject.template, *subject.translations] if subject else []
    return [text for text in texts if text != template]


@require(Permission.TAKE_CONSENT)
@require_POST
def give_information(request: HttpRequest, patient_id: UUID, template_id: UUID) -> HttpResponse:
    """Record that the information was given; the time to reflect starts."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    template, case = get_text(template_id), open_case(patient)
    if case is None:
        return show_list(request, patient, error="Open a case before you give the information.")
    form = InterpreterForm(request.POST)
    if not form.is_valid():
        return _text_page(request, patient, template, form)
    try:
        actions.give_information(
            by=user,
            case=case,
            template=template,
            zone=current_site(request).zone,
            now=timezone.now(),
            interpreter=form.cleaned_data["interpreter"],
        )
    except ValidationError as error:
        return show_list(request, patient, error=" ".join(error.messages))
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
    audit.record_reading(
        by=user, patient_id=patient.pk, page=f"the consent “{consent.template.title}”"
    )
    text = consent.signed_text or consent.template.body
    now = timezone.now()
    return page(
        request,
        "consent",
        patient,
        consent=consent,
        blocks=blocks(text),
        is_expired=consent.is_expired_at(now),
        asks_anew=asks_anew(consent, now),
        four_parts=four_parts(consent),
    )
