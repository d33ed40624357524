"""When a patient is to be seen again after a technique."""

from django.db import models

from clinic.base.history import tracked
from clinic.base.models import Record, between
from clinic.base.triggers import not_truncated
from clinic.practice.models import Technique


@tracked()
class Protocol(Record):
    """The reviews after one technique.

    A new version is a new row; the newest active one is used.
    """

    technique = models.CharField(max_length=12, choices=Technique)
    version = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["technique", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["technique", "version"], name="followups_protocol_version_once"
            )
        ]
        triggers = [not_truncated()]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


@tracked()
class ProtocolStep(Record):
    """One review, so many weeks after the last session, with its window."""

    protocol = models.ForeignKey(
        Protocol, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    label = models.CharField(max_length=40)
    weeks_after_last_session = models.PositiveSmallIntegerField()
    window_weeks_before = models.PositiveSmallIntegerField(default=2)
    window_weeks_after = models.PositiveSmallIntegerField(default=2)

    class Meta:
        ordering = ["weeks_after_last_session"]
        constraints = [
            between("followups_step", "weeks_after_last_session", 1, 520),
            between("followups_step", "window_weeks_before", 0, 52),
            between("followups_step", "window_weeks_after", 0, 52),
            models.UniqueConstraint(
                fields=["protocol", "weeks_after_last_session"], name="followups_step_week_once"
            ),
        ]
        triggers = [not_truncated()]

    def __str__(self) -> str:
        return self.label
