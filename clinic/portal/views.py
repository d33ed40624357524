"""The patient's own pages.

The address holds the secret of a private link, so no page may tell it: nothing is kept by a cache,
and no other page learns where the reader came from.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clinic.base.private_files import private_file_response
from clinic.consenting.access import consents_behind, has_to_sign
from clinic.documents import actions
from clinic.documents.access import document_behind, link_of
from clinic.documents.models import Document, PrivateLink
from clinic.documents.views import PDF, file_name
from clinic.portal import limits, proof, session
from clinic.portal.forms import BirthForm
from clinic.portal.reading import home_of
from clinic.practice.models import Site
from clinic.questionnaires.access import questionnaire_behind, to_fill_in
from patients.phone import readable

View = Callable[..., HttpResponseBase]


def private_page(view: View) -> View:
    """Open a page to the public, and let nobody keep it or learn its address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response

    return login_not_required(guarded)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponseBase:
    """Ask for the date of birth; after the right answer, show the patient's page."""
    link = link_of(token, timezone.now())
    if link is None:
        return gone(request)
    if request.method == "POST":
        return _answer(request, link, token)
    if session.is_open(request, link):
        return _home(request, link, token)
    return _ask(request, BirthForm())


def _answer(request: HttpRequest, link: PrivateLink, token: str) -> HttpResponseBase:
    if limits.too_many(request, link):
        return _page(request, "portal/wait.html", status=429)
    form = BirthForm(request.POST)
    if not form.is_valid():
        return _ask(request, form)
    answer = form.cleaned_data["date_of_birth"]
    if actions.open_link(link=link, date_of_birth=answer, now=timezone.now()):
        response = redirect(_leads_to(link), token)
        session.begin(response, link)
        return response
    limits.count_wrong(request, link)
    still_open = link_of(token, timezone.now())
    if still_open is None:
        return gone(request)
    left = settings.LINK_MAX_ATTEMPTS - still_open.wrong_answers
    form.add_error(None, _not_right(left))
    return _ask(request, form)


def _leads_to(link: PrivateLink) -> str:
    """Return what waits for the patient: something to sign, questions, else their page."""
    if has_to_sign(link):
        return "portal:consents"
    return "portal:questions" if to_fill_in(link) else "portal:enter"


def _not_right(left: int) -> str:
    tries = "once more" if left == 1 else f"{left} more times"
    return f"That is not the date of birth we have for this link. You can try {tries}."


def _ask(request: HttpRequest, form: BirthForm) -> HttpResponse:
    response = _page(request, "portal/enter.html", status=422 if form.errors else 200, form=form)
    # With "no-referrer" a browser hides where the form itself is sent from, and the protection
    # against forged forms would refuse it; this tells the clinic's own host and never the address.
    response["Referrer-Policy"] = "strict-origin"
    return response


def gone(request: HttpRequest) -> HttpResponse:
    """Answer alike for a link that is unknown, expired, closed or locked."""
    return _page(request, "portal/gone.html", status=404)


def kept(request: HttpRequest, token: str) -> HttpResponse:
    """Hand back what was sent too late, to be sent again after the code was given in a new tab.

    Nothing of the record is on it: only what this browser has just sent.
    """
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    response = _page(request, "portal/kept.html", status=422, sent=sent, token=token)
    response["Referrer-Policy"] = "strict-origin"  # as on the page that asks for the birth date
    return response


def _page(
    request: HttpRequest, template: str, *, status: int = 200, **context: object
) -> HttpResponse:
    """Return a page that tells nothing but the clinic's name and whom to call."""
    sites = [(site.name, site.phone, readable(site.phone)) for site in Site.objects.all()]
    known = {"clinic_name": settings.CLINIC_NAME, "sites": sites}
    return render(request, template, {**known, **context}, status=status)


def _home(request: HttpRequest, link: PrivateLink, token: str) -> HttpResponse:
    now = timezone.now()
    proved = proof.of(request, link, now) is not None
    home = home_of(link.patient, now=now, proved=proved)
    questions = questionnaire_behind(link)
    phones = {"phone": "", "out_of_hours_phone": ""}
    if home.site:
        phones = {
            "phone": readable(home.site.phone),
            "out_of_hours_phone": readable(home.site.out_of_hours_phone),
        }
    with timezone.override(home.site.zone if home.site else timezone.get_current_timezone()):
        return render(
            request,
            "portal/home.html",
            {
                "clinic_name": settings.CLINIC_NAME,
                "home": home,
                "patient": link.patient,
                "site": home.site,
                "asked": questions and not questions.sent_in_at,
                "questions": questions,
                "to_sign": has_to_sign(link),
                "may_sign": consents_behind(link).exists(),
                "token": token,
                **phones,
            },
        )


@private_page
@require_safe
def document(request: HttpRequest, token: str, document_id: UUID) -> HttpResponseBase:
    """Open one of the patient's own documents, and record it.

    A signed consent asks for a code first, as every page about one does.
    """
    now = timezone.now()
    link = link_of(token, now)
    if link is None:
        return gone(request)
    if not session.is_open(request, link):
        return redirect("portal:enter", token)
    found = document_behind(link, document_id)
    if found.kind == Document.Kind.SIGNED_CONSENT and proof.of(request, link, now) is None:
        return redirect("portal:code", token)
    response = private_file_response(found.file, filename=file_name(found.title), content_type=PDF)
    actions.record_opening(document=found, link=link)
    return response


@private_page
@require_safe
def leave(request: HttpRequest, token: str) -> HttpResponseBase:
    """Close the page on this phone."""
    response = _page(request, "portal/left.html")
    session.end(response)
    proof.end(response)
    return response
