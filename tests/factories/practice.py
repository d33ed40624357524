"""An invented clinic."""

import factory

from clinic.practice.models import Room, Service, Site, Technique


class SiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Site

    name = factory.Sequence(lambda n: f"Site {n}")
    slug = factory.Sequence(lambda n: f"site-{n}")
    address = "1 Invented Street\nNowhere"
    phone = "+441632960100"
    out_of_hours_phone = "+441632960199"


class RoomFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Room

    site = factory.SubFactory(SiteFactory)
    name = factory.Sequence(lambda n: f"Room {n}")
    kind = Room.Kind.CONSULTING


class ServiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Service

    name = factory.Sequence(lambda n: f"Consultation {n}")
    slug = factory.Sequence(lambda n: f"consultation-{n}")
    purpose = Service.Purpose.CONSULTATION
    duration_minutes = 30
    room_kind = Room.Kind.CONSULTING


class TreatmentServiceFactory(ServiceFactory):
    name = factory.Sequence(lambda n: f"Micrograft session {n}")
    slug = factory.Sequence(lambda n: f"micrograft-{n}")
    purpose = Service.Purpose.TREATMENT
    technique = Technique.MICROGRAFT
    duration_minutes = 90
    room_kind = Room.Kind.TREATMENT


class ReviewServiceFactory(ServiceFactory):
    name = factory.Sequence(lambda n: f"Review {n}")
    slug = factory.Sequence(lambda n: f"review-{n}")
    purpose = Service.Purpose.REVIEW
