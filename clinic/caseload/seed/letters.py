"""What became of a letter that went out before the demo begins."""

from datetime import timedelta

from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.messaging.models import Message
from patients.models import Patient

A_MINUTE = timedelta(minutes=1)


@transaction.atomic
def delivered(patient: Patient, purpose: str) -> None:
    """Mark what waits for a patient as sent when it was due, and forget its private link.

    Nothing leaves the house: whoever answered has had the letter.
    """
    for row in Message.objects.waiting().filter(patient=patient, purpose=purpose):
        row.sent_at, row.attempts = row.due_at + A_MINUTE, 1
        row.body = row.text_to_show
        row.save(update_fields=["sent_at", "attempts", "body"])
        audit.record(
            Kind.MESSAGE_SENT,
            by=None,
            patient_id=patient.pk,
            subject=row,
            purpose=row.get_purpose_display(),
            channel=row.get_channel_display(),
        )
