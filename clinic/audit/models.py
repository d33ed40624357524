"""The audit trail."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from clinic.audit.kinds import Kind
from clinic.base.models import Record
from clinic.base.triggers import append_only


class EventQuerySet(models.QuerySet["Event"]):
    """Events, newest first, with names for the ways to narrow them."""

    def about_patient(self, patient_id: object) -> "EventQuerySet":
        """Return what was done to, and who looked at, one patient's record."""
        return self.filter(patient_id=patient_id)


class Event(Record):
    """One thing that somebody did or looked at. Rows are never changed or removed.

    `actor` is empty for the system and for a patient, whose name for themselves is in
    `actor_label`. `patient_id` carries no foreign key because patients stand above this app.
    """

    kind = models.CharField(max_length=40, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    actor_label = models.CharField(max_length=120)
    patient_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=40, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["patient_id", "-id"], name="audit_event_patient"),
            models.Index(fields=["actor", "-id"], name="audit_event_actor"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.actor_label} {self.sentence}"

    @property
    def sentence(self) -> str:
        """What happened, in words, with this event's details filled in."""
        return Kind(self.kind).told(self.details)
