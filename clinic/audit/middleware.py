"""Who stands behind a field-level change."""

from typing import Any

import structlog
from django.http import HttpRequest
from pghistory import runtime
from pghistory.middleware import HistoryMiddleware

# A union of queries begins with a bracket, changes nothing and needs no context either.
runtime.IGNORED_SQL_PREFIXES += ("(select",)  # type: ignore[assignment]


class HistoryContextMiddleware(HistoryMiddleware):
    """Tie field-level history to the person and the request, but never to an address.

    An address may be a patient's private link.
    """

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what is stored beside each changed row."""
        user = getattr(request, "user", None)
        return {
            "user": str(user.pk) if user is not None and user.is_authenticated else None,
            "request_id": structlog.contextvars.get_contextvars().get("request_id"),
        }
