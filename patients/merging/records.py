"""Where a patient's record is now."""

from uuid import UUID

from patients.models import Merge


def record_now(patient_id: UUID) -> UUID | None:
    """Return the patient whose record this one became part of, or None where it is its own."""
    now = None
    while merge := Merge.objects.standing().filter(absorbed=now or patient_id).first():
        now = merge.survivor_id
    return now


def records_of(patient_id: UUID) -> list[UUID]:
    """Return the patient and all whose records became part of theirs."""
    found = [patient_id]
    for patient in found:
        merged = Merge.objects.standing().filter(survivor=patient)
        found += merged.values_list("absorbed_id", flat=True)
    return found
