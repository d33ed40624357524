"""Invented requests to sign by a link, and codes that were right."""

from datetime import timedelta

import factory
from django.utils import timezone

from clinic.consenting.models import IdentityCheck, SigningRequest
from tests.factories.documents import PrivateLinkFactory
from tests.factories.patients import DiscussedConsentFactory


class SigningRequestFactory(factory.django.DjangoModelFactory):
    """A consent that is with the patient to sign."""

    class Meta:
        model = SigningRequest

    consent = factory.SubFactory(DiscussedConsentFactory)
    patient = factory.SelfAttribute("consent.patient")
    link = factory.LazyAttribute(lambda each: PrivateLinkFactory(patient=each.patient))
    sent_at = factory.LazyFunction(timezone.now)
    sent_by = factory.SelfAttribute("consent.information_given_by")


class PassedCheckFactory(factory.django.DjangoModelFactory):
    """A code that was given a minute ago."""

    class Meta:
        model = IdentityCheck

    link = factory.SubFactory(PrivateLinkFactory)
    patient = factory.SelfAttribute("link.patient")
    channel = factory.LazyAttribute(lambda each: "sms" if each.link.way == "email" else "email")
    code_hmac = "0" * 64
    sent_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=2))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=8))
    passed_at = factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=1))
