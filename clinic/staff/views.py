"""Small answers around sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from clinic.staff.access import choose_site, signed_in


@login_not_required
@never_cache
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Say who is signed in and the present secret of forms, else 401: asked before a form is sent.

    Signing in again changes the secret; a page that was kept open needs the new one.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return JsonResponse({"person": str(request.user.pk), "token": get_token(request)})


@require_POST
def switch_site(request: HttpRequest) -> HttpResponse:
    """Choose the site whose day is shown, and go back to the page."""
    slug = request.POST.get("site", "")
    for site in signed_in(request).workplaces:
        if site.slug == slug:
            choose_site(request, site)
    back = request.POST.get("next", "/")
    allowed = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(back if allowed and back.startswith("/") else "/")
