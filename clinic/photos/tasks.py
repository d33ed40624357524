"""The worker's part: thin, and safe to repeat."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from clinic.photos import derivatives


@shared_task(name="photos.derive")
def derive(photo_id: str) -> None:
    """Make the smaller pictures of one photograph."""
    derivatives.derive(photo_id=UUID(photo_id), now=timezone.now())


@shared_task(name="photos.derive_missing")
def derive_missing() -> None:
    """Make what an earlier run, or a broker that was away, left undone."""
    derivatives.derive_missing(clock=timezone.now)
