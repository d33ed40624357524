"""Sign-in, and a second factor, before anything else."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

_OPEN_NAMESPACES = ("/accounts/", "/static/", "/healthz", "/readyz")


class SignedInMiddleware(LoginRequiredMiddleware):
    """Send a visitor to sign-in; a part of a page is told 401, so that the page can stay."""

    def handle_no_permission(self, request: HttpRequest, view_func: object) -> HttpResponse:
        """Answer somebody who is not signed in."""
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)


class SecondFactorMiddleware:
    """Send a member of staff without a second factor to set one up, where it is required."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or send the person to the security page."""
        if settings.MFA_REQUIRED and self._is_missing(request):
            return redirect("mfa_index")
        return self.get_response(request)

    def _is_missing(self, request: HttpRequest) -> bool:
        if request.path.startswith(_OPEN_NAMESPACES) or not request.user.is_authenticated:
            return False
        known = request.user.has_second_factor
        return not (is_mfa_enabled(request.user) if known is None else known)
