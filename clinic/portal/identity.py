"""The code that a patient gives before they read or sign: sent to what the record holds."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.consenting.actions import identity
from clinic.consenting.forms import CodeForm
from clinic.consenting.models import IdentityCheck
from clinic.consenting.refusals import code_channel
from clinic.messaging.models import Message
from clinic.portal import limits, proof
from clinic.portal.frame import Inside, inside, show
from clinic.portal.views import private_page


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, token: str) -> HttpResponseBase:
    """Send a code, and take it."""
    visit = inside(request, token)
    if not isinstance(visit, Inside):
        return visit
    if visit.identity:
        return redirect("portal:consents", token)
    if request.method != "POST":
        return _ask(request, visit, CodeForm(None))
    if "send" in request.POST:
        return _send(request, visit)
    return _take(request, visit)


def _send(request: HttpRequest, visit: Inside) -> HttpResponseBase:
    try:
        identity.send_code(link=visit.link, site=visit.site, now=timezone.now())
    except ValidationError as error:
        return _ask(request, visit, CodeForm(None), fault=" ".join(error.messages))
    return redirect("portal:code", visit.token)


def _take(request: HttpRequest, visit: Inside) -> HttpResponseBase:
    form = CodeForm(request.POST)
    if limits.too_many(request, visit.link):
        return _ask(request, visit, CodeForm(None), fault=identity.TOO_MANY_TRIES, status=429)
    if not form.is_valid():
        return _ask(request, visit, form)
    check, why_not = identity.check_code(
        link=visit.link, code=form.cleaned_data["code"], now=timezone.now()
    )
    if check is None:
        if why_not != identity.RUN_OUT:
            limits.count_wrong(request, visit.link)
        form.add_error("code", why_not)
        return _ask(request, visit, form)
    response = redirect("portal:consents", visit.token)
    proof.begin(response, check)
    return response


def _ask(
    request: HttpRequest, visit: Inside, form: CodeForm, *, fault: str = "", status: int = 200
) -> HttpResponseBase:
    channel = code_channel(visit.link.patient, visit.link.way)
    sent = IdentityCheck.objects.filter(
        link=visit.link, passed_at__isnull=True, expires_at__gt=timezone.now()
    )
    return show(
        request,
        visit,
        "portal/consents/code.html",
        status=422 if (form.errors or fault) and status == 200 else status,
        form=form,
        fault=fault,
        fault_title="Please wait" if status == 429 else "No code was sent",
        sent=sent.first(),
        told_here=not channel,
        by_text=channel == Message.Channel.SMS,
    )
