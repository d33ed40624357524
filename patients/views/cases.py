"""Being built: every address answers 404 until its page is here."""

from django.http import Http404, HttpRequest, HttpResponse


def case_page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def open_case(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def close_case(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def set_clinician(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404
