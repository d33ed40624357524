"""A consent sent to a patient to sign by their own link, as staff see it."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clinic.consenting.access import newest_link, request_of
from clinic.consenting.actions import identity, sending
from clinic.consenting.forms import LinkForm, TellCodeForm
from clinic.consenting.models import IdentityCheck, SigningRequest
from clinic.consenting.refusals import (
    code_channel,
    contact_changed,
    obstacle_to_sending,
)
from clinic.documents.models import PrivateLink
from clinic.messaging import actions as messaging
from clinic.messaging.models import Message
from clinic.practice.models import Site
from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission
from patients.access import get_patient, record_opening
from patients.banner import patient_context
from patients.consent.overview import get_consent
from patients.models import Consent, Patient


@require_http_methods(["GET", "POST"])
@require(Permission.TAKE_CONSENT)
def link(request: HttpRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Say how a signature by the patient's link goes, send the link, and show how far it is."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    consent = get_consent(patient, consent_id)
    before = request_of(consent)  # what was written then stands unless somebody takes it out
    form = LinkForm(
        request.POST if request.method == "POST" else None,
        initial={"early_reason": before.early_reason if before else consent.early_reason},
    )
    if request.method == "POST" and form.is_valid() and _send(request, consent, form):
        return redirect("consenting:link", patient.pk, consent.pk)
    record_opening(request, patient.pk, page=f"the link to sign “{consent.template.title}”")
    return _page(request, consent, form)


def _send(request: HttpRequest, consent: Consent, form: LinkForm) -> bool:
    try:
        sending.send_link(
            by=signed_in(request),
            consent=consent,
            site=_site_of(request, consent.patient),
            now=timezone.now(),
            early_reason=form.cleaned_data["early_reason"],
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, "The link is on its way to the patient.")
    return True


def _page(request: HttpRequest, consent: Consent, form: LinkForm) -> HttpResponse:
    zone = current_site(request).zone
    now = timezone.now()
    sent = request_of(consent)
    context = {
        **patient_context(consent.patient),
        "consent": consent,
        "form": form,
        "sent": sent,
        "is_open": bool(sent and not consent.signed_at),
        **_how_it_opens(sent, now),
        "obstacle": obstacle_to_sending(consent, now=now, zone=zone),
        "is_early": consent.is_early_at(now),
        **_ways(consent.patient),
        "may_edit": signed_in(request).can(Permission.EDIT_PATIENT),
    }
    with timezone.override(zone):
        return render(request, "consenting/link.html", context, status=422 if form.errors else 200)


def _ways(patient: Patient) -> dict[str, str]:
    """Return by which way the next link goes, and by which other its code, in words or ""."""
    link_by = messaging.way_of_link(patient, Message.Purpose.CONSENT)
    code_by = code_channel(patient, link_by) if link_by else ""
    return {
        "link_by": Message.Channel(link_by).label.lower() if link_by else "",
        "code_by": Message.Channel(code_by).label.lower() if code_by else "",
    }


def _how_it_opens(sent: SigningRequest | None, now: datetime) -> dict[str, object]:
    """Return whether the patient can get in: any link of theirs that opens is good for it."""
    if sent is None:
        return {}
    link = newest_link(sent.patient, now) or sent.link
    status = link.status_at(now)
    if status == "open" and identity.is_closed(link):
        status = "codes"
    elif status == "open" and contact_changed(link):
        status = "contact"
    tells = status in ("open", "contact") and not code_channel(sent.patient, link.way)
    return {"link": link, "link_status": status, "tells_code": tells}


@require_POST
@require(Permission.TAKE_CONSENT)
def revoke(request: HttpRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """Take the request to sign back."""
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    consent = get_consent(patient, consent_id)
    sent: SigningRequest | None = request_of(consent)
    if sent is None:
        messages.info(request, "No link to sign this is open. Nothing was changed.")
        return redirect("consenting:link", patient.pk, consent.pk)
    try:
        sending.revoke_request(by=user, request=sent, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Taken back. The patient cannot sign by the link any more.")
    return redirect("consenting:link", patient.pk, consent.pk)


@require_http_methods(["GET", "POST"])
@require(Permission.TELL_CODE)
def tell_code(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Have a member of staff say how they made sure who it is, then show them a code to tell.

    The code is on this one page and nowhere else; loaded again, it is another.
    """
    user = signed_in(request)
    patient = get_patient(user, patient_id)
    link = newest_link(patient, timezone.now())
    not_by_phone = _no_code(link, IdentityCheck.Told.PHONE)
    form = TellCodeForm(
        request.POST if request.method == "POST" else None,
        patient=patient,
        may_phone=not not_by_phone,
    )
    code = ""
    if link and request.method == "POST" and form.is_valid():
        code = _told(request, link, form)
    record_opening(request, patient.pk, page="the code for the patient's own page")
    context = {
        **patient_context(patient),
        "form": form,
        "code": code,
        "minutes": int(identity.OPEN_FOR.total_seconds() // 60),
        "link": link,
        "obstacle": _no_code(link, IdentityCheck.Told.HERE),
        "not_by_phone": not_by_phone,
        "sends": bool(link and code_channel(patient, link.way) and not contact_changed(link)),
        "reads": user.can(Permission.TAKE_CONSENT),
    }
    with timezone.override(current_site(request).zone):
        response = render(
            request, "consenting/tell_code.html", context, status=422 if form.errors else 200
        )
    response["Cache-Control"] = "private, no-store"
    return response


def _told(request: HttpRequest, link: PrivateLink, form: TellCodeForm) -> str:
    try:
        _, code = identity.tell_code(
            by=signed_in(request),
            link=link,
            how=form.cleaned_data["told_how"],
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return ""
    return code


def _no_code(link: PrivateLink | None, how: str) -> str:
    if link is None:
        return identity.LINK_CLOSED
    return identity.obstacle_to_telling(link, how, now=timezone.now())


def _site_of(request: HttpRequest, patient: Patient) -> Site:
    """Return the site that is being worked at where the patient goes there, else their first."""
    here = current_site(request)
    rows = patient.registrations.select_related("site").order_by("created_at")
    sites = [row.site for row in rows]
    return here if here in sites or not sites else sites[0]
