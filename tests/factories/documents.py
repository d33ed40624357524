"""Invented documents and private links."""

import hashlib
from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from clinic.documents.actions import sha256_of
from clinic.documents.models import Document, PrivateLink
from tests.factories.patients import CaseFactory, PatientFactory
from tests.factories.staff import ClinicianFactory

PDF = b"%PDF-1.7 invented"


class DocumentFactory(factory.django.DjangoModelFactory):
    """A treatment summary that was asked for."""

    class Meta:
        model = Document
        exclude = ["case"]

    case = factory.SubFactory(CaseFactory)
    patient = factory.SelfAttribute("case.patient")
    subject_id = factory.SelfAttribute("case.pk")
    kind = Document.Kind.TREATMENT_SUMMARY
    title = "Treatment summary"
    requested_at = factory.LazyFunction(timezone.now)
    requested_by = factory.SubFactory(ClinicianFactory)


class IssuedDocumentFactory(DocumentFactory):
    """A document with its file."""

    file = factory.LazyFunction(lambda: ContentFile(PDF, name="summary.pdf"))
    sha256 = hashlib.sha256(PDF).hexdigest()
    page_count = 1
    issued_at = factory.LazyFunction(timezone.now)


class PrivateLinkFactory(factory.django.DjangoModelFactory):
    """A link that opens and went by text message; its secret is the word given as `secret`."""

    class Meta:
        model = PrivateLink

    class Params:
        secret = factory.Sequence(lambda n: f"invented-secret-{n}")

    patient = factory.SubFactory(PatientFactory)
    way = "sms"
    secret_sha256 = factory.LazyAttribute(lambda link: sha256_of(link.secret))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
