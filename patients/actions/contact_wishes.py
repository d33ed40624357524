"""What a patient says about being written to, outside the form of their details."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.contact import About, in_order, way
from patients.details import label_of
from patients.models import Patient


@transaction.atomic
def wish_news(*, by: User | None, patient_id: UUID, channels: Sequence[str]) -> None:
    """Keep by which ways (`contact.Channel`) the patient wants news, in place of what they said.

    `by` is None where the patient says so on their own page. Whoever has the details open is told
    that they were changed meanwhile.
    """
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
    others = [each for each in patient.contact_allowed if not each.endswith(f":{About.NEWS.value}")]
    wished = in_order([*others, *(way(channel, About.NEWS) for channel in channels)])
    if wished == patient.contact_allowed:
        return
    patient.contact_allowed = wished
    patient.revision += 1
    patient.check_and_save()
    audit.record(
        Kind.PATIENT_EDITED,
        by=by,
        actor_label="" if by else audit.PATIENT,
        patient_id=patient.pk,
        subject=patient,
        fields=label_of("contact_allowed"),
    )
