"""A consent sent to a patient to sign by their own link, as staff see it."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clinic.consenting.access import request_of
from clinic.consenting.actions import sending
from clinic.consenting.actions.identity import is_closed
from clinic.consenting.forms import LinkForm
from clinic.consenting.models import SigningRequest
from clinic.consenting.refusals import (
    code_channel,
    contact_changed,
    link_channels,
    obstacle_to_sending,
)
from clinic.documents.models import PrivateLink
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
        initial={"early_reason": before.early_reason if before else ""},
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
    labels = [Message.Channel(way).label.lower() for way in link_channels(consent.patient)]
    code_by = code_channel(consent.patient)
    context = {
        **patient_context(consent.patient),
        "consent": consent,
        "form": form,
        "sent": sent,
        "is_open": bool(sent and not consent.signed_at),
        **_how_it_opens(sent, now),
        "obstacle": obstacle_to_sending(consent, now=now, zone=zone),
        "is_early": now < consent.reflect_until,
        "link_by": " and ".join(labels),
        "code_by": Message.Channel(code_by).label.lower() if code_by else "",
        "same_way": [code_by] == link_channels(consent.patient),
        "may_edit": signed_in(request).can(Permission.EDIT_PATIENT),
    }
    with timezone.override(zone):
        return render(request, "consenting/link.html", context, status=422 if form.errors else 200)


def _how_it_opens(sent: SigningRequest | None, now: datetime) -> dict[str, object]:
    """Return whether the patient can get in: any link of theirs that opens is good for it."""
    if sent is None:
        return {}
    opens = PrivateLink.objects.open_at(now).filter(patient=sent.patient_id)
    link = opens.order_by("-created_at").first() or sent.link
    status = link.status_at(now)
    if status == "open" and is_closed(link):
        status = "codes"
    elif status == "open" and contact_changed(link):
        status = "contact"
    return {"link": link, "link_status": status}


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


def _site_of(request: HttpRequest, patient: Patient) -> Site:
    """Return the site that is being worked at where the patient goes there, else their first."""
    here = current_site(request)
    rows = patient.registrations.select_related("site").order_by("created_at")
    sites = [row.site for row in rows]
    return here if here in sites or not sites else sites[0]
