"""Invented photographs: drawn, never taken."""

import hashlib
import io
from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from clinic.photos.models import Agreement, Photo, PhotoSet, View
from patients.models import Case, ConsentTemplate
from tests.factories.patients import CaseFactory, ConsentTemplateFactory, SignedConsentFactory


def drawn_jpeg(width: int = 64, height: int = 48, colour: object = "sienna") -> bytes:
    """Return a small one-coloured JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def sign_photo_consent(case: Case, scopes: list[str]) -> None:
    """Have the patient sign that photographs may be used for this."""
    template = ConsentTemplateFactory(
        purpose=ConsentTemplate.Purpose.PHOTOGRAPHS, technique="", reflection_days=0
    )
    SignedConsentFactory(case=case, template=template, photo_scopes=scopes)


class PhotoSetFactory(factory.django.DjangoModelFactory):
    """A set taken yesterday, without photographs."""

    class Meta:
        model = PhotoSet

    case = factory.SubFactory(CaseFactory)
    patient = factory.SelfAttribute("case.patient")
    taken_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    taken_by = factory.SelfAttribute("case.clinician")


class PhotoFactory(factory.django.DjangoModelFactory):
    """A photograph whose smaller pictures are still to be made; each has its own colour."""

    class Meta:
        model = Photo

    class Params:
        jpeg = factory.Sequence(lambda n: drawn_jpeg(colour=(n % 256, n // 256 % 256, 90)))

    photo_set = factory.SubFactory(PhotoSetFactory)
    view = View.FRONTAL
    original = factory.LazyAttribute(lambda photo: ContentFile(photo.jpeg, name="drawn.jpg"))
    sha256 = factory.LazyAttribute(lambda photo: hashlib.sha256(photo.jpeg).hexdigest())
    width_px = 64
    height_px = 48
    agreed = Agreement.ALOUD
