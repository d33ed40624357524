"""Whether the AGA pathway of a patient is open. Nothing here writes."""

from uuid import UUID

from django.urls import reverse

from patients.models import PathwayStop


def standing_stop(patient_id: UUID) -> PathwayStop | None:
    """Return what stops the AGA pathway of a patient, or None."""
    return PathwayStop.objects.standing().filter(patient=patient_id).first()


def why_stopped(patient_id: UUID) -> str:
    """Return in a sentence why the AGA pathway is stopped, or "" where it is open."""
    stop = standing_stop(patient_id)
    return in_words(stop) if stop else ""


def in_words(stop: PathwayStop) -> str:
    """Return in a sentence what stops the pathway, and what has to happen."""
    grounds = "; ".join(stop.grounds)
    if stop.reviews.exists():
        return f"The AGA pathway is stopped, and a review kept it so. Found: {grounds}"
    return f"The AGA pathway is stopped until a clinician reviews what was found: {grounds}"


def address(patient_id: UUID) -> str:
    """Return where a stop is reviewed."""
    return reverse("patients:pathway", args=[patient_id])
