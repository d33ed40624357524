"""A real worker on the real broker, and two workers at once."""

import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connections
from django.utils import timezone

from clinic.celery import app
from clinic.messaging import actions, delivery
from clinic.messaging.models import Message
from clinic.messaging.tasks import send_due
from tests.factories.messaging import TextMessageFactory
from tests.factories.patients import PatientFactory
from tests.factories.staff import ReceptionFactory
from tests.messaging import backends

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _text_messages_are_sent(settings):
    settings.SMS_BACKEND = "tests.messaging.backends.SlowSms"
    backends.handed_over.clear()


@contextmanager
def worker():
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        yield


@contextmanager
def broker_down():
    """Point the product at a port where nothing listens."""
    was = app.conf.broker_url
    app.amqp._producer_pool = app._pool = None
    app.conf.broker_url = app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    try:
        yield
    finally:
        app.amqp._producer_pool = app._pool = None
        app.conf.broker_url = app.conf.broker_write_url = was


def queue_one():
    return actions.queue(
        by=ReceptionFactory(),
        patient=PatientFactory(),
        purpose=Message.Purpose.CONFIRMATION,
        key="appointment:1",
        due_at=timezone.now(),
        subject="Booked",
        body="See you.",
    )


def wait_until_sent(message):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        message.refresh_from_db()
        if message.status != "waiting":
            return
        time.sleep(0.05)


def test_a_worker_sends_what_is_due_as_soon_as_it_is_committed(mailoutbox):
    with worker():
        (message,) = queue_one()
        wait_until_sent(message)
    assert message.status == "sent"
    assert len(mailoutbox) == 1


def test_with_the_broker_down_the_message_waits_and_goes_out_once_when_it_is_back(mailoutbox):
    with broker_down():
        started = time.monotonic()
        (message,) = queue_one()
        assert time.monotonic() - started < 2, "nobody waits for a broker that is down"
    assert Message.objects.waiting().count() == 1
    with worker():
        send_due.delay()
        send_due.delay()
        wait_until_sent(message)
    assert message.status == "sent"
    assert len(mailoutbox) == 1


def test_two_workers_send_each_message_once():
    TextMessageFactory.create_batch(30)
    start = threading.Barrier(2)

    def drain():
        start.wait()
        delivery.send_due()
        connections.close_all()

    threads = [threading.Thread(target=drain) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(backends.handed_over) == 30
    assert set(Counter(backends.handed_over).values()) == {1}
    assert Message.objects.filter(sent_at__isnull=False).count() == 30
