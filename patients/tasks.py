"""The worker's part: thin, and safe to repeat."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from patients.finding.pairs import look_for_pairs as look


@shared_task(name="patients.look_for_pairs")
def look_for_pairs() -> None:
    """Find anew which records are likely to be of one person."""
    look()


# A hundred thousand rows are written in one transaction.
LONGEST_SECONDS = 1800


@shared_task(name="patients.work_on_import", time_limit=LONGEST_SECONDS)
def work_on_import(import_id: str) -> None:
    """Do what is next to be done with a file of patients, right after it was asked for."""
    from patients.actions import import_work

    import_work.work_on(UUID(import_id), timezone.now())


@shared_task(name="patients.work_on_imports", time_limit=LONGEST_SECONDS)
def work_on_imports() -> None:
    """Go on with files whose worker is gone, and clear away what is old."""
    from patients.actions import import_work, importing

    for import_id in import_work.waiting():
        import_work.work_on(import_id, timezone.now())
    importing.clear_old(timezone.now())
