"""Being built: every address answers 404 until its page is here."""

from django.http import Http404, HttpRequest, HttpResponse


def patient_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def search_as_you_type(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404
