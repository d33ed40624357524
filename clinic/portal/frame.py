"""Who is inside behind a link, and the frame of the pages that they then see."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.consenting.models import IdentityCheck
from clinic.documents.access import link_of
from clinic.documents.models import PrivateLink
from clinic.portal import proof, session
from clinic.portal.reading import site_of
from clinic.portal.views import gone
from clinic.practice.models import Site
from patients.phone import readable


@dataclass(frozen=True)
class Inside:
    """A patient whose date of birth was right, and what else they proved."""

    token: str
    link: PrivateLink
    site: Site
    identity: IdentityCheck | None


def inside(request: HttpRequest, token: str) -> Inside | HttpResponseBase:
    """Return who gave the date of birth, or the answer that keeps them out."""
    now = timezone.now()
    link = link_of(token, now)
    if link is None:
        return gone(request)
    identity = proof.of(request, link, now)
    # Who gave the code gave the date of birth before it, and may read for as long as it proves.
    if identity is None and not session.is_open(request, link):
        return redirect("portal:enter", token)
    site = site_of(link.patient)
    if site is None:  # registered nowhere: nobody there could answer
        return gone(request)
    return Inside(token, link, site, identity)


def show(
    request: HttpRequest, visit: Inside, template: str, *, status: int = 200, **context: object
) -> HttpResponse:
    """Return a page in the times of the patient's site; the half hour begins anew."""
    known = {
        "clinic_name": settings.CLINIC_NAME,
        "site": visit.site,
        "phone": readable(visit.site.phone),
        "patient": visit.link.patient,
        "token": visit.token,
    }
    with timezone.override(visit.site.zone):
        response = render(request, template, {**known, **context}, status=status)
    response["Referrer-Policy"] = "strict-origin"  # as on the page that asks for the birth date
    session.begin(response, visit.link)
    return response
