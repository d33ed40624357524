"""The worker's part: thin, and safe to repeat."""

from celery import shared_task

from patients.finding.pairs import look_for_pairs as look


@shared_task(name="patients.look_for_pairs")
def look_for_pairs() -> None:
    """Find anew which records are likely to be of one person."""
    look()
