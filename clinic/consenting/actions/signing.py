"""What a patient does by their own link: reads, signs, changes their mind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.consenting.actions.notices import SIGNED, TAKEN_BACK, tell_what_was_done
from clinic.consenting.models import IdentityCheck, SigningRequest
from clinic.consenting.refusals import TALK_AGAIN, opens_at, refusal
from clinic.documents.models import PrivateLink
from patients.actions import consents
from patients.actions.contraindications import ContraindicatedError, kept_if_refused
from patients.actions.photo_uses import take_back_uses
from patients.consent.names import NOT_YOUR_NAME, is_own_name
from patients.consent.wording import digest, talk_of, text_to_sign
from patients.models import Consent
from patients.turns import take_turn

PROVE_AGAIN = "It is a while since you gave us the code. Ask for a new one, then go on."
CHANGED = "The clinic wrote down more about your talk. Read the text again, then sign."
ASKED = (
    "You asked us something. We want to answer you before you sign. Please call us, or wait for "
    "our call."
)
TOO_EARLY = "You have time to think this over. You can sign when that time is over."


def shown_digest(consent: Consent) -> str:
    """Return what names the text and the talk as they read now, before anything is ticked."""
    return digest(text_to_sign(consent.template, talk=talk_of(consent)))


@transaction.atomic
def open_request(*, request: SigningRequest, now: datetime) -> None:
    """Write down when the patient first read what they are to sign."""
    row = SigningRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if row.opened_at or row.signed_at or row.revoked_at:
        return
    row.opened_at = now
    row.check_and_save()
    _record(Kind.CONSENT_LINK_OPENED, row)


def sign_by_link(
    *,
    request: SigningRequest,
    identity: IdentityCheck,
    read: str,
    zone: ZoneInfo,
    now: datetime,
    **signature: Any,
) -> Consent:
    """Take the signature of a patient who has proved who they are.

    `read` is the `shown_digest` of the page, `signature` what `sign_consent` takes. Who held the
    talk stands as the member of staff and signs for it. Raises `AlreadySignedError` for a second
    signature and `ValidationError`, in words for the patient, for every other refusal. That the
    treatment was contraindicated is kept.
    """
    try:
        with kept_if_refused():
            return _sign(request, identity, read=read, zone=zone, now=now, **signature)
    except ContraindicatedError:
        raise ValidationError(TALK_AGAIN) from None


def _sign(
    request: SigningRequest,
    identity: IdentityCheck,
    *,
    read: str,
    zone: ZoneInfo,
    now: datetime,
    **signature: Any,
) -> Consent:
    take_turn(request.patient_id)
    row = SigningRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    consent = Consent.objects.select_related("template", "case", "patient", "discussed_by").get(
        pk=row.consent_id
    )
    if consent.signed_at is not None:
        raise consents.AlreadySignedError("You have signed this already.")
    _require_proof(identity, row.patient_id, now)
    if why := refusal(consent, row, now=now.astimezone(zone)):
        raise ValidationError(why)
    if opens_at(consent, row, now):
        raise ValidationError(TOO_EARLY)
    if consent.questions_open:
        raise ValidationError(ASKED)
    if read != shown_digest(consent):
        raise ValidationError(CHANGED)
    if not is_own_name(consent.patient, signature["signed_name"]):
        raise ValidationError({"signed_name": NOT_YOUR_NAME})
    if consent.discussed_by is None or identity.passed_at is None:
        raise ValidationError(PROVE_AGAIN)
    signed = consents.sign_consent(
        by=consent.discussed_by,
        consent=consent,
        zone=zone,
        now=now,
        early_reason=_with_author(row),
        known=consents.KnownByLink(identity.in_words, identity.passed_at),
        **signature,
    )
    row.opened_at = row.opened_at or now
    row.signed_at, row.identity = now, identity
    row.check_and_save()
    tell_what_was_done(signed, SIGNED, now=now)
    return signed


def _with_author(request: SigningRequest) -> str:
    """Return why the patient may sign early, with who wrote that: not always who signs for it."""
    reason = request.early_reason
    return f"{reason} (written by {request.sent_by})" if reason else ""


@transaction.atomic
def change_mind(
    *, consent: Consent, identity: IdentityCheck, uses: Sequence[str], now: datetime
) -> None:
    """Take a consent back by the patient's own hand, or some uses of photographs where chosen.

    Raises `ValidationError` where the proof ran out, or the consent does not stand.
    """
    take_turn(consent.patient_id)
    _require_proof(identity, consent.patient_id, now)
    how = Consent.How.OWN_PAGE
    if uses:
        take_back_uses(by=None, consent=consent, uses=uses, how=how, now=now)
    else:
        consents.withdraw_consent(by=None, consent=consent, how=how, now=now)
    tell_what_was_done(consent, TAKEN_BACK, now=now)


def _require_proof(identity: IdentityCheck, patient_id: object, now: datetime) -> None:
    """Ask the database, not the browser: the code was right, not long ago, by a link still open."""
    row = IdentityCheck.objects.get(pk=identity.pk)
    is_open = PrivateLink.objects.open_at(now).filter(pk=row.link_id).exists()
    if row.patient_id != patient_id or not row.proves_at(now) or not is_open:
        raise ValidationError(PROVE_AGAIN)


def _record(kind: Kind, request: SigningRequest) -> None:
    audit.record(
        kind,
        by=None,
        actor_label=audit.PATIENT,
        patient_id=request.patient_id,
        subject=request,
        title=request.consent.template.title,
    )
