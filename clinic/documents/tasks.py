"""Work on documents that a worker does."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone


@shared_task(name="documents.render")
def render(document_id: str) -> None:
    """Make one document, right after it was asked for."""
    from clinic.documents import actions

    actions.issue(UUID(document_id))


@shared_task(name="documents.render_requested")
def render_requested() -> int:
    """Make the documents whose first task was lost; return how many."""
    from clinic.documents import actions

    return actions.issue_waiting(timezone.now())
