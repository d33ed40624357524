"""What the shell does around every request."""

import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

_PATIENT_LINK = re.compile(r"^/my/[^/]+")


class RequestLogMiddleware(RequestMiddleware):
    """Log each request under an id, without the query and without a patient's link."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return the method and the path; a search text or a link's secret is never logged."""
        return f"{request.method} {_PATIENT_LINK.sub('/my/[link]', request.path)}"
