"""Work of the outbox that a worker does."""

from celery import shared_task


@shared_task(name="messaging.send_due")
def send_due() -> int:
    """Send what is due; return how many messages went out."""
    from clinic.messaging import delivery

    return delivery.send_due()
