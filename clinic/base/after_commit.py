"""Effects outside the database happen after the transaction that wants them."""

from typing import Any

import structlog
from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)


def start(task: Task, *args: Any) -> None:
    """Start a Celery task once the present transaction is committed.

    A broker that is down must not undo or delay what a person has done: the work is on record
    in the database, and beat's sweep picks it up when the broker is back.
    """
    transaction.on_commit(lambda: _publish(task, args))


def _publish(task: Task, args: tuple[Any, ...]) -> None:
    try:
        task.apply_async(args=args)
    except OperationalError:
        logger.warning("broker_unreachable", task=task.name)
