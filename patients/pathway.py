"""Whether the AGA pathway of a patient is open. Nothing here writes."""

from uuid import UUID

from django.urls import reverse

from patients.models import CauseStatement, Diagnosis, PathwayStop, SignsStatement, StopReview
from patients.models.pathway import Cause

# A diagnosis that is scarring, infection or areata is a likely cause that stops the pathway.
CAUSE_OF = {
    Diagnosis.Condition.AREATA: Cause.AREATA,
    Diagnosis.Condition.SCARRING: Cause.SCARRING,
    Diagnosis.Condition.TINEA: Cause.TINEA,
}


def standing_stop(patient_id: UUID) -> PathwayStop | None:
    """Return what stops the AGA pathway of a patient, or None."""
    return PathwayStop.objects.standing().filter(patient=patient_id).first()


def why_stopped(patient_id: UUID) -> str:
    """Return in a sentence why the AGA pathway is stopped, or "" where it is open."""
    stop = standing_stop(patient_id)
    return in_words(stop) if stop else ""


def was_looked_for(patient_id: UUID) -> bool:
    """Return whether anybody ever looked for warning signs in a patient."""
    return SignsStatement.objects.standing().filter(patient=patient_id).exists()


def review_of(diagnosis: Diagnosis | None, patient_id: UUID) -> StopReview | None:
    """Return what a clinician decided last about what a diagnosis stopped."""
    cause = CAUSE_OF.get(Diagnosis.Condition(diagnosis.condition)) if diagnosis else None
    if cause is None:
        return None
    stated = CauseStatement.objects.filter(patient=patient_id, item=cause, stop__isnull=False)
    newest = stated.order_by("-stated_at", "-id").select_related("stop").first()
    return newest.review if newest else None


def in_words(stop: PathwayStop) -> str:
    """Return in a sentence what stops the pathway, and what has to happen."""
    grounds = "; ".join(stop.grounds)
    if stop.reviews.exists():
        return f"The AGA pathway is stopped, and a review kept it so. Found: {grounds}"
    return f"The AGA pathway is stopped until a clinician reviews what was found: {grounds}"


def address(patient_id: UUID) -> str:
    """Return where a stop is reviewed."""
    return reverse("patients:pathway", args=[patient_id])
