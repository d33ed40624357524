"""Messages are written with their cause, once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.messaging import actions
from clinic.messaging.models import Message
from tests.factories.messaging import MessageFactory
from tests.factories.patients import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _text_messages_are_sent(settings):
    settings.SMS_BACKEND = "tests.messaging.backends.SlowSms"


def queue(patient, by, **values):
    return actions.queue(
        **{
            "by": by,
            "patient": patient,
            "purpose": Message.Purpose.REMINDER,
            "key": "appointment:1",
            "due_at": timezone.now() + timedelta(days=1),
            "subject": "A reminder",
            "body": "We look forward to seeing you.",
            "sms_body": "See you tomorrow.",
        }
        | values
    )


def test_a_message_is_queued_once_for_each_way_the_patient_wants(reception):
    patient = PatientFactory()
    messages = queue(patient, reception)
    assert [(m.key, m.recipient) for m in messages] == [
        ("appointment:1:email", patient.email),
        ("appointment:1:sms", patient.phone),
    ]
    assert messages[1].body == "See you tomorrow."


@pytest.mark.parametrize(
    ("wishes", "channels"),
    [
        ({"may_email": False}, ["sms"]),
        ({"may_text": False}, ["email"]),
        ({"email": ""}, ["sms"]),
        ({"phone": ""}, ["email"]),
        ({"may_email": False, "may_text": False}, []),
    ],
)
def test_only_the_ways_the_patient_wants_are_used(reception, wishes, channels):
    messages = queue(PatientFactory(**wishes), reception)
    assert [message.channel for message in messages] == channels


def test_without_a_provider_no_text_message_is_written(reception, settings):
    settings.SMS_BACKEND = "none"
    assert [m.channel for m in queue(PatientFactory(), reception)] == ["email"]


def test_without_its_own_text_no_text_message_is_written(reception):
    assert [m.channel for m in queue(PatientFactory(), reception, sms_body="")] == ["email"]


def test_the_same_cause_adds_nothing_a_second_time(reception):
    patient = PatientFactory()
    queue(patient, reception)
    assert queue(patient, reception) == []
    assert Message.objects.count() == 2
    assert Event.objects.filter(kind=Kind.MESSAGE_QUEUED).count() == 2


def test_the_database_refuses_a_second_message_of_one_cause():
    first = MessageFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFactory(key=first.key)


def test_a_subject_cannot_smuggle_in_a_header(reception):
    message, *_ = queue(PatientFactory(), reception, subject="Hello\nBcc: all@example.test")
    assert message.subject == "Hello Bcc: all@example.test"


def test_a_message_without_a_text_is_refused(reception):
    with pytest.raises(ValidationError):
        queue(PatientFactory(), reception, body="")


def test_cancelling_reaches_waiting_messages_of_that_cause_only(reception):
    patient = PatientFactory()
    queue(patient, reception)
    queue(patient, reception, key="appointment:10")
    sent = MessageFactory(key="appointment:1:email:old", sent_at=timezone.now())
    now = timezone.now()
    assert actions.cancel_waiting(by=reception, key_prefix="appointment:1:", now=now) == 2
    assert Message.objects.filter(cancelled_at=now).count() == 2
    sent.refresh_from_db()
    assert sent.status == "sent"
    assert Event.objects.filter(kind=Kind.MESSAGE_CANCELLED, actor=reception).count() == 2


def test_cancelling_everything_by_accident_is_an_error(reception):
    with pytest.raises(ValueError, match="prefix"):
        actions.cancel_waiting(by=reception, key_prefix="", now=timezone.now())


def test_percent_signs_in_a_prefix_mean_themselves(reception):
    MessageFactory(key="a-b")
    assert actions.cancel_waiting(by=reception, key_prefix="%", now=timezone.now()) == 0
    assert actions.cancel_waiting(by=reception, key_prefix="a_b", now=timezone.now()) == 0
