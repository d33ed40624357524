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


# What is so whichever diagnosis is taken back.
ALWAYS_FOLLOWS = ("Papers that were issued with it stay as they are",)


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


def what_follows(diagnosis: Diagnosis) -> list[str]:
    """Return in sentences what follows where a diagnosis is taken back."""
    patient_id = diagnosis.case.patient_id
    standing = list(Diagnosis.objects.standing().filter(case__patient=patient_id)[:2])
    told = []
    if standing[:1] == [diagnosis]:
        left = standing[1:]
        told += [f"“{left[0]}” is the present diagnosis again" if left else "No diagnosis is left"]
    cause = CAUSE_OF.get(Diagnosis.Condition(diagnosis.condition))
    stated = CauseStatement.objects.filter(patient=patient_id, stated_at=diagnosis.made_at)
    if cause and (row := stated.filter(item=cause, replaced_by=None).first()):
        told.append(f"“{row}” stays among the possible causes until it is weighed anew")
    if cause and standing_stop(patient_id):
        told.append("The AGA pathway stays stopped until a clinician reviews it")
    return [*told, *ALWAYS_FOLLOWS]


def in_words(stop: PathwayStop) -> str:
    """Return in a sentence what stops the pathway, and what has to happen."""
    grounds = "; ".join(stop.grounds)
    if stop.reviews.exists():
        return f"The AGA pathway is stopped, and a review kept it so. Found: {grounds}"
    return f"The AGA pathway is stopped until a clinician reviews what was found: {grounds}"


def address(patient_id: UUID) -> str:
    """Return where a stop is reviewed."""
    return reverse("patients:pathway", args=[patient_id])
