"""Invented appointments."""

from datetime import timedelta

import factory
from django.utils import timezone

from clinic.booking.models import Appointment
from tests.factories.patients import PatientFactory
from tests.factories.practice import RoomFactory, ServiceFactory
from tests.factories.staff import ClinicianFactory


class AppointmentFactory(factory.django.DjangoModelFactory):
    """Tomorrow, at a time of its own; site and length follow the room and the service."""

    class Meta:
        model = Appointment

    patient = factory.SubFactory(PatientFactory)
    service = factory.SubFactory(ServiceFactory)
    room = factory.SubFactory(RoomFactory)
    site = factory.SelfAttribute("room.site")
    practitioner = factory.SubFactory(ClinicianFactory)
    starts_at = factory.LazyFunction(
        lambda: (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    )
    ends_at = factory.LazyAttribute(
        lambda appointment: (
            appointment.starts_at + timedelta(minutes=appointment.service.duration_minutes)
        )
    )
