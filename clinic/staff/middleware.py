"""Sign-in, and a second factor, before anything else."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

View = Callable[..., HttpResponseBase]
_OPEN_NAMESPACES = ("/accounts/", "/static/", "/healthz", "/readyz")


class SignedInMiddleware(LoginRequiredMiddleware):
    """Send a visitor to sign-in; a part of a page is told 401, so that the page can stay."""

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer somebody who is not signed in."""
        sent_away = super().process_view(request, view_func, view_args, view_kwargs)
        if sent_away is not None and request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        return sent_away


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
