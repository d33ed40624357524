"""What an address of a merged record leads to."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from patients.access import RecordMergedError


class FollowMergedRecordMiddleware:
    """Lead from a page of a record that was merged to the same page of the record it is part of.

    What was to be written is not: whoever wrote it was looking at the other record.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Redirect who opens the old address; anything else is as for no such patient."""
        if not isinstance(exception, RecordMergedError) or request.method != "GET":
            return None
        messages.info(request, f"The record you asked for is part of {exception.now.number} now.")
        return redirect(request.path.replace(str(exception.asked), str(exception.now.pk)))
