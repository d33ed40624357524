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
from patients.contact import ALL_WAYS
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
        ({"contact_allowed": ["text:visits", "email:care"]}, ["sms"]),
        ({"contact_allowed": ["email:visits", "text:care"]}, ["email"]),
        ({"email": ""}, ["sms"]),
        ({"phone": ""}, ["email"]),
        ({"contact_allowed": ["phone:visits", "post:visits", "email:news"]}, []),
    ],
)
def test_only_the_ways_the_patient_wants_are_used(reception, wishes, channels):
    messages = queue(PatientFactory(**wishes), reception)
    assert [message.channel for message in messages] == channels


@pytest.mark.parametrize(
    ("purpose", "about"),
    [
        (Message.Purpose.CONFIRMATION, "visits"),
        (Message.Purpose.REMINDER, "visits"),
        (Message.Purpose.MOVED, "visits"),
        (Message.Purpose.CANCELLED, "visits"),
        (Message.Purpose.SUMMARY_READY, "care"),
    ],
)
def test_a_message_goes_out_only_to_who_agreed_to_be_told_such_things(reception, purpose, about):
    everything_else = [way for way in ALL_WAYS if not way.endswith(about)]
    refuses = PatientFactory(contact_allowed=everything_else)
    agrees = PatientFactory(contact_allowed=[f"email:{about}", f"text:{about}"])
    assert queue(refuses, reception, purpose=purpose) == []
    assert len(queue(agrees, reception, purpose=purpose, key="appointment:2")) == 2


def test_every_purpose_and_channel_is_one_of_the_patients_wishes():
    assert set(Message.ABOUT) == set(Message.Purpose)
    assert set(Message.WISHED_CHANNELS) == set(Message.Channel)


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
