"""Invented messages."""

from datetime import timedelta

import factory
from django.utils import timezone

from clinic.messaging.models import Message
from tests.factories.patients import PatientFactory


class MessageFactory(factory.django.DjangoModelFactory):
    """An e-mail that is due since a minute."""

    class Meta:
        model = Message

    key = factory.Sequence(lambda n: f"cause:{n}:email")
    patient = factory.SubFactory(PatientFactory)
    purpose = Message.Purpose.CONFIRMATION
    channel = Message.Channel.EMAIL
    recipient = factory.SelfAttribute("patient.email")
    subject = "Your appointment"
    body = "We look forward to seeing you."
    due_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=1))


class TextMessageFactory(MessageFactory):
    key = factory.Sequence(lambda n: f"cause:{n}:sms")
    channel = Message.Channel.SMS
    recipient = factory.SelfAttribute("patient.phone")
    subject = ""
