"""Being built: every address answers 404 until its page is here."""

from django.http import Http404, HttpRequest, HttpResponse


def history_page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def record_history(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def add_medicine(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def stop_medicine(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def add_allergy(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def state_no_allergies(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def withdraw_allergy(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404


def diagnose(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer 404."""
    raise Http404
