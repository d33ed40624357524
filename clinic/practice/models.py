"""The clinic itself: its sites, rooms and what it offers."""

from datetime import time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models

from clinic.base.history import tracked
from clinic.base.models import Record, between


class Technique(models.TextChoices):
    """A treatment that the clinic performs."""

    MICROGRAFT = "micrograft", "Micrograft"
    PRP = "prp", "PRP"


@tracked()
class Site(Record):
    """A place where patients are seen."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    address = models.TextField()
    phone = models.CharField(max_length=20)
    out_of_hours_phone = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/London")
    opens_at = models.TimeField(default=time(8))
    closes_at = models.TimeField(default=time(20))

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this site's times are shown."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)


@tracked()
class Room(Record):
    """A room that one patient at a time is seen in."""

    class Kind(models.TextChoices):
        CONSULTING = "consulting", "Consulting room"
        TREATMENT = "treatment", "Treatment room"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms", db_index=False)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        ordering = ["site__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], name="practice_room_name_once_a_site")
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class Service(Record):
    """Something that can be booked."""

    class Purpose(models.TextChoices):
        CONSULTATION = "consultation", "Consultation"
        TREATMENT = "treatment", "Treatment"
        REVIEW = "review", "Review"

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=40, unique=True)
    purpose = models.CharField(max_length=12, choices=Purpose)
    technique = models.CharField(max_length=12, choices=Technique, blank=True)
    duration_minutes = models.PositiveSmallIntegerField()
    room_kind = models.CharField(max_length=12, choices=Room.Kind)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [between("practice_service", "duration_minutes", 5, 720)]

    def __str__(self) -> str:
        return self.name
