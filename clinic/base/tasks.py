"""The sign of life of beat and worker, and what expires."""

from celery import shared_task
from django.core.cache import cache
from django.core.management import call_command

HEARTBEAT_KEY = "heartbeat"
HEARTBEAT_SECONDS = 120


@shared_task(name="base.heartbeat")
def heartbeat() -> None:
    """Leave a mark that lasts two minutes: beat has scheduled and a worker has run."""
    cache.set(HEARTBEAT_KEY, True, timeout=HEARTBEAT_SECONDS)


@shared_task(name="base.clear_sessions")
def clear_sessions() -> None:
    """Remove the rows of sessions that have expired."""
    call_command("clearsessions")
