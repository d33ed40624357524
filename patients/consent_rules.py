"""What a patient's consents allow now. Nothing here writes."""

from patients.models import Consent, ConsentTemplate, Patient


def standing_consent(patient: Patient, technique: str) -> Consent | None:
    """Return the signed, not withdrawn consent to a technique in the patient's open case, or None.

    A consent belongs to its course of care: that of a closed case does not reach into a new one.
    The newest signature decides.
    """
    return (
        Consent.objects.valid()
        .for_treatment(technique)
        .filter(patient=patient, case__closed_at__isnull=True)
        .select_related("template", "signed_by")
        .order_by("-signed_at")
        .first()
    )


def standing_photo_consent(patient: Patient) -> Consent | None:
    """Return the patient's newest signed, not withdrawn consent to photographs, or None.

    It stands until it is withdrawn, whichever case it was signed in.
    """
    return (
        Consent.objects.valid()
        .filter(patient=patient, template__purpose=ConsentTemplate.Purpose.PHOTOGRAPHS)
        .select_related("template", "signed_by")
        .order_by("-signed_at")
        .first()
    )


def may_use_photos(patient: Patient, scope: str) -> bool:
    """Say whether the patient agrees to a use of their photographs (a `PhotoScope`).

    Only the newest standing consent counts: who agreed to less later has agreed to less.
    """
    consent = standing_photo_consent(patient)
    return consent is not None and scope in consent.photo_scopes
