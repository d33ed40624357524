"""Signing a consent: the talk, the patient's signature at the tablet, the clinician's own."""

from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.staff.access import current_site, require, signed_in
from clinic.staff.handover import hand_over
from clinic.staff.permissions import Permission
from patients.access import get_patient, record_opening
from patients.actions import consents as actions
from patients.actions.contraindications import keep_refusal
from patients.consent.countersigning import obstacle_to_countersigning
from patients.consent.discussion import four_parts
from patients.consent.overview import get_consent
from patients.consent.rules import (
    NOT_WITHOUT_REASON,
    is_replaced,
    obstacle_to_discussing,
    obstacle_to_signing,
)
from patients.consent.statements import clinician_statement, statements
from patients.consent.wording import blocks, talk_of
from patients.contraindications.evaluation import Evaluation
from patients.contraindications.of_consent import evaluation_of, obstacle_in
from patients.forms.consent_steps import CountersignForm, DiscussionForm
from patients.forms.consents import SignConsentForm
from patients.forms.contraindications import ReasonsForm
from patients.models import Consent, ContraindicationCheck
from patients.planning import not_known_of
from patients.views.consents import page, posted


def _now(request: HttpRequest) -> datetime:
    return timezone.localtime(timezone=current_site(request).zone)


def _today(request: HttpRequest) -> date:
    return timezone.localdate(timezone=current_site(request).zone)


@require(Permission.TAKE_CONSENT)
@require_http_methods(["GET", "POST"])
def discuss(request: HttpRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Record what was talked about, and whether the patient can decide; then hand over."""
    patient = get_patient(signed_in(request), patient_id)
    consent = get_consent(patient, consent_id)
    record_opening(request, patient.pk, page=f"the talk about “{consent.template.title}”")
    if consent.signed_at is not None:
        return redirect("patients:consent", patient.pk, consent.pk)
    if obstacle := obstacle_to_discussing(consent, today=_today(request)):
        return _blocked(request, consent, obstacle)
    evaluation = evaluation_of(consent, _now(request))
    is_early = consent.is_early_at(timezone.now())
    to_sign = request.POST.get("then") == "sign"
    form = DiscussionForm(posted(request), consent=consent, is_early=is_early, to_sign=to_sign)
    reasons = ReasonsForm(posted(request), evaluation=evaluation) if evaluation else None
    is_valid = form.is_valid() and (reasons is None or reasons.is_valid())
    if request.method == "POST" and is_valid and _discuss(request, consent, form, reasons):
        return _after_the_talk(request, consent)
    return page(
        request,
        "consent_discuss",
        patient,
        status=422 if form.is_bound else 200,
        consent=consent,
        form=form,
        evaluation=evaluation,
        reasons=reasons,
        not_known=not_known_of(consent),
    )


def _discuss(
    request: HttpRequest, consent: Consent, form: DiscussionForm, reasons: ReasonsForm | None
) -> bool:
    try:
        actions.record_discussion(
            by=signed_in(request),
            consent=consent,
            discussion=form.discussion(),
            seen=form.cleaned_data["seen"],
            asked_seen=form.cleaned_data["asked_seen"],
            zone=current_site(request).zone,
            now=timezone.now(),
            reasons=reasons.given() if reasons else None,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _after_the_talk(request: HttpRequest, consent: Consent) -> HttpResponse:
    consent.refresh_from_db()
    if consent.lacks_capacity:
        messages.warning(request, "Recorded. The patient cannot decide now, so nothing is signed.")
    elif request.POST.get("then") == "sign":
        return redirect("patients:sign_consent", consent.patient_id, consent.pk)
    else:
        messages.success(request, "The talk is recorded.")
    return redirect("patients:consents", consent.patient_id)


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
        return page(request, "consent_signed", patient, consent=consent)
    evaluation = evaluation_of(consent, _now(request))
    is_early = consent.is_early_at(timezone.now())
    obstacle = obstacle_to_signing(consent, today=_today(request)) or obstacle_in(evaluation)
    if not obstacle and is_early and not consent.early_reason:
        obstacle = NOT_WITHOUT_REASON
    if obstacle:
        _note_if_held_up(request, consent, evaluation)
        return _blocked(request, consent, obstacle)
    if request.method == "GET":
        hand_over(request, back=reverse("patients:countersign", args=[patient.pk, consent.pk]))
    form = SignConsentForm(posted(request), consent=consent)
    if request.method == "POST" and form.is_valid() and _sign(request, consent, form):
        return redirect("patients:sign_consent", patient.pk, consent.pk)
    return _sign_page(request, consent, form, is_early=is_early)


def _note_if_held_up(request: HttpRequest, consent: Consent, evaluation: Evaluation | None) -> None:
    """Keep that the treatment is contraindicated, as whoever wanted it signed was told."""
    if evaluation is not None and evaluation.blocking:
        keep_refusal(
            by=signed_in(request),
            case=consent.case,
            step=ContraindicationCheck.Step.CONSENT,
            about_id=consent.pk,
            evaluation=evaluation,
            now=timezone.now(),
        )


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
    return page(
        request,
        "consent_sign",
        consent.patient,
        status=422 if form.errors else 200,
        consent=consent,
        blocks=blocks(consent.template.body),
        statements=statements(consent.template),
        talk=talk_of(consent),
        form=form,
        is_early=is_early,
    )


def _blocked(request: HttpRequest, consent: Consent, obstacle: str) -> HttpResponse:
    return page(
        request,
        "consent_blocked",
        consent.patient,
        status=422 if request.method == "POST" else 200,
        consent=consent,
        obstacle=obstacle,
        asked=consent.questions_open,
        newest=is_replaced(consent.template),
        may_discuss=not obstacle_to_discussing(consent, today=_today(request)),
    )


@require(Permission.TAKE_CONSENT)
@require_http_methods(["GET", "POST"])
def countersign(request: HttpRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Let the clinician who took the signature sign for it; then the consent stands."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    consent = get_consent(patient, consent_id)
    record_opening(request, patient.pk, page=f"the consent “{consent.template.title}” to sign for")
    if not consent.awaits_clinician:
        return redirect("patients:consents", patient.pk)
    form = CountersignForm(posted(request))
    is_mine = consent.signed_by_id == user.pk
    if request.method == "POST" and form.is_valid() and _countersign(request, consent, form):
        return redirect("patients:consents", patient.pk)
    return page(
        request,
        "consent_countersign",
        patient,
        status=422 if form.errors else 200,
        consent=consent,
        talk=talk_of(consent),
        four_parts=four_parts(consent),
        statement=clinician_statement(consent),
        is_mine=is_mine,
        asked=consent.questions_open,
        came_up=obstacle_to_countersigning(consent, timezone.now()) if is_mine else "",
        form=form,
    )


def _countersign(request: HttpRequest, consent: Consent, form: CountersignForm) -> bool:
    """Sign, or put on the form why not; a signature that is there already will do."""
    try:
        actions.countersign(
            by=signed_in(request),
            consent=consent,
            name=form.cleaned_data["name"],
            now=timezone.now(),
        )
    except actions.AlreadySignedError:
        return True
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"Signed by both: {consent.template.title}. The consent stands.")
    return True
