"""The paper of a signed consent: the frozen text, both signatures, the times, the digest."""

import base64
from typing import Any

from django.conf import settings
from django.utils import timezone

from clinic.documents.models import Document
from clinic.documents.rendering import CannotRenderError, Rendered, render_pdf
from clinic.practice.models import Site
from clinic.staff.models import User
from patients.consent.discussion import four_parts
from patients.consent.overview import PEOPLE
from patients.consent.wording import blocks, digest
from patients.models import Consent
from patients.models.consent import PNG_DATA_URL
from patients.phone import readable

_SIGNATURE = "signature"


def ask_for_paper(consent: Consent, *, by: User) -> None:
    """Have the worker make the paper; called in the transaction in which a consent is whole."""
    from clinic.documents.actions import request_document  # which knows the renderers

    request_document(
        by=by,
        patient=consent.patient,
        kind=Document.Kind.SIGNED_CONSENT,
        title=f"Consent: {consent.template.title}"[:120],
        subject_id=consent.pk,
        now=timezone.now(),
    )


def render(document: Document) -> Rendered:
    """Return the paper as a PDF, in the times of the patient's site. The worker calls this.

    Raises `CannotRenderError` where the kept text is not the one that was signed.
    """
    consent = Consent.objects.select_related("template", "patient", "case", *PEOPLE).get(
        pk=document.subject_id
    )
    if digest(consent.signed_text) != consent.signed_text_sha256:
        raise CannotRenderError("The text does not agree with its digest. Tell the administrator.")
    site = _site_of(consent)
    drawing = consent.signature_png.removeprefix(PNG_DATA_URL)
    pictures = {_SIGNATURE: base64.b64decode(drawing)} if drawing else {}
    with timezone.override(site.zone):
        return render_pdf("documents/consent_paper.html", _told(consent, site), pictures=pictures)


def _told(consent: Consent, site: Site) -> dict[str, Any]:
    return {
        "consent": consent,
        "blocks": blocks(consent.signed_text)[1:],  # the title and version head the paper
        "four_parts": four_parts(consent),
        "patient": consent.patient,
        "site": site,
        "clinic_name": settings.CLINIC_NAME,
        "phone": readable(site.phone),
    }


def _site_of(consent: Consent) -> Site:
    """Return the site where the patient was registered first."""
    registrations = consent.patient.registrations.select_related("site").order_by("created_at")
    first = registrations.first()
    if first is None:
        raise CannotRenderError("The patient is registered at no site.")
    return first.site
