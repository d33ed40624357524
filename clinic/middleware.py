"""What the shell does around every request."""

import re
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_structlog.middlewares import RequestMiddleware

_PATIENT_LINK = re.compile(r"^/my/[^/]+")


class RequestLogMiddleware(RequestMiddleware):
    """Log each request under an id, without the query and without a patient's link."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return the method and the path; a search text or a link's secret is never logged."""
        return f"{request.method} {_PATIENT_LINK.sub('/my/[link]', request.path)}"


class RefuseNulMiddleware:
    """Refuse the NUL character, which no name holds and PostgreSQL cannot store."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or say that it cannot be read."""
        if "\0" in request.path or any("\0" in value for value in _values(request)):
            raise BadRequest("The text holds a character that cannot be stored.")
        return self.get_response(request)


def _values(request: HttpRequest) -> list[str]:
    sent = [request.GET]
    if request.content_type == "application/x-www-form-urlencoded":
        sent.append(request.POST)
    return [value for part in sent for _, values in part.lists() for value in values]


class PrivatePagesMiddleware:
    """Have no browser keep what somebody signed in was shown: a desk is shared."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and mark the answer."""
        response = self.get_response(request)
        signed_in = hasattr(request, "user") and request.user.is_authenticated
        if signed_in and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response
