"""Taking back some uses of photographs: what is left stands without a new signature."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.actions.consents import end, withdraw_consent
from patients.consent.rules import NO_USE_CHOSEN
from patients.models import Consent, ConsentTemplate, PhotoNarrowing, PhotoScope
from patients.turns import take_turn

NOT_AGREED = "This use does not stand any more. Look at what is agreed to now."


@transaction.atomic
def take_back_uses(
    *,
    by: User | None,
    consent: Consent,
    uses: Sequence[str],
    how: str,
    now: datetime,
    reason: str = "",
) -> bool:
    """Take back uses (`PhotoScope`) of photographs; return whether some of the consent stands.

    Where nothing is left of the newest signature, which alone counts, all are withdrawn: an older
    one might allow more than was agreed to last. Otherwise every standing signature to photographs
    loses these uses, so that none comes back behind a newer one, and what is not named stands in
    it. `by` is None where the patient does it on their own page. Raises `ValidationError` where
    nothing is chosen, or a use does not stand.
    """
    take_turn(consent.patient_id)
    consent = Consent.objects.select_related("template").get(pk=consent.pk)
    left = consent.photo_scopes_left
    if not uses:
        raise ValidationError({"uses": NO_USE_CHOSEN})
    if consent.signed_at is None or consent.withdrawn_at is not None or set(uses) - set(left):
        raise ValidationError(NOT_AGREED)
    signed = Consent.objects.signed().filter(
        patient=consent.patient_id, template__purpose=ConsentTemplate.Purpose.PHOTOGRAPHS
    )
    newest = signed.select_related("template").latest("signed_at")
    if set(newest.photo_scopes_left) <= set(uses):
        withdraw_consent(by=by, consent=newest, how=how, reason=reason, now=now)
        return False
    for each in signed.select_related("template", "patient").select_for_update(of=("self",)):
        _narrow(each, uses, by=by, how=how, reason=reason, now=now)
    return not set(left) <= set(uses)


def _narrow(
    consent: Consent,
    uses: Sequence[str],
    *,
    by: User | None,
    how: str,
    reason: str,
    now: datetime,
) -> None:
    """Take these uses, as far as they stand, from one signature; end one that loses its last."""
    left = consent.photo_scopes_left
    gone = [use for use in left if use in uses]
    if not gone:
        return
    if gone == left:
        end(consent, by=by, how=how, reason=reason, now=now)
        return
    narrowing = PhotoNarrowing.check_and_create(
        patient_id=consent.patient_id,
        consent=consent,
        uses=gone,
        narrowed_at=now,
        narrowed_by=by,
        narrowed_how=how,
        reason=reason.strip(),
    )
    audit.record(
        Kind.PHOTO_USES_TAKEN_BACK,
        by=by,
        actor_label="" if by else audit.PATIENT,
        patient_id=consent.patient_id,
        subject=narrowing,
        uses=", ".join(PhotoScope(use).label for use in gone),
    )
