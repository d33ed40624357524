"""Being built: every address answers 404 until its page is here."""

from django.http import Http404, HttpRequest, HttpResponse


def new_patient(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def edit_patient(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def add_site(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404
