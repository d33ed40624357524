"""Giving the information, taking the signature, recording a withdrawal."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.consent.clock import reflect_until
from patients.consent.rules import (
    ANOTHER_NAME,
    SHORTEST_REASON,
    TOO_EARLY,
    is_own_name,
    lacks_name_reason,
    newest_text,
    obstacle_to_signing,
)
from patients.consent.wording import digest, text_to_sign
from patients.models import Case, Consent, ConsentTemplate
from patients.signature import clean_signature
from patients.turns import take_turn

# A template's purpose and technique are together what a consent is to.
_TO = ("template__purpose", "template__technique")


class AlreadySignedError(ValidationError):
    """The consent carries a signature already; a second one changes nothing."""


@transaction.atomic
def give_information(
    *, by: User, case: Case, template: ConsentTemplate, zone: ZoneInfo, now: datetime
) -> Consent:
    """Record that the patient was given a text, and start the time to reflect.

    `zone` is the clinic's, where the time to reflect is counted. Raises `ValidationError` where
    the case is closed, the text is not the newest, or the same text awaits its signature.
    """
    take_turn(case.patient_id)
    if not Case.objects.open().filter(pk=case.pk).exists():
        raise ValidationError("The case is closed. Open a new case first.")
    if newest_text(template) != template:
        raise ValidationError("This text was replaced by a newer one. Give the newer one.")
    consent = Consent.check_and_create(
        case=case,
        patient=case.patient,
        template=template,
        information_given_at=now,
        information_given_by=by,
        reflect_until=reflect_until(now, template.reflection_days, zone),
    )
    _record(Kind.INFORMATION_GIVEN, consent, by=by)
    return consent


@transaction.atomic
def sign_consent(
    *,
    by: User,
    consent: Consent,
    signed_name: str,
    zone: ZoneInfo,
    now: datetime,
    signature_png: str = "",
    name_reason: str = "",
    questions: str = "",
    early_reason: str = "",
    photo_scopes: Sequence[str] = (),
) -> Consent:
    """Take the patient's signature, freezing the text that was signed.

    `signature_png` is a PNG data URL; without it the typed `signed_name` is the signature.
    `name_reason` says why that is not the patient's name, `early_reason` why the time to reflect
    was shortened; each is dropped where it is not needed. Raises `AlreadySignedError` for a second
    signature, and `ValidationError` for a minor, a replaced text, a closed case, a drawing that is
    none, another name or a shortened time without a reason.
    """
    consent = _locked(consent)
    _check_may_be_signed(consent, photo_scopes, today=timezone.localdate(now, zone))
    consent.signed_at, consent.signed_by = now, by
    consent.signed_name = signed_name.strip()
    consent.signature_png = clean_signature(signature_png) if signature_png else ""
    consent.questions = questions.strip()
    consent.name_reason = _reason_for_name(consent, name_reason.strip())
    consent.early_reason = _reason_for_haste(consent, early_reason.strip())
    consent.photo_scopes = list(photo_scopes)
    consent.signed_text = text_to_sign(consent.template, photo_scopes)
    consent.signed_text_sha256 = digest(consent.signed_text)
    consent.check_and_save()
    _record(Kind.CONSENT_SIGNED, consent, by=by, before_time=bool(consent.early_reason))
    return consent


def _reason_for_name(consent: Consent, reason: str) -> str:
    """Return why another name than the patient's was signed, or "" where it is theirs."""
    if lacks_name_reason(consent.patient, consent.signed_name, reason):
        raise ValidationError({"name_reason": ANOTHER_NAME})
    return "" if is_own_name(consent.patient, consent.signed_name) else reason


def _reason_for_haste(consent: Consent, reason: str) -> str:
    """Return why the time to reflect was shortened, or "" where it is over."""
    if consent.signed_at is None or consent.signed_at >= consent.reflect_until:
        return ""
    if len(reason) < SHORTEST_REASON:
        raise ValidationError({"early_reason": TOO_EARLY})
    return reason


@transaction.atomic
def withdraw_consent(*, by: User, consent: Consent, now: datetime, reason: str = "") -> int:
    """Record that the patient takes a consent back; return how many signatures it ended.

    Every standing signature to the same treatment, or to photographs, ends with it: an older one
    must not come back to life behind the one that was withdrawn. Raises `ValidationError` where
    the consent does not stand.
    """
    consent = _locked(consent)
    if not consent.is_valid:
        raise ValidationError("Only a signed consent that stands can be withdrawn.")
    same = {lookup: getattr(consent.template, lookup.removeprefix("template__")) for lookup in _TO}
    standing = Consent.objects.valid().filter(patient=consent.patient, **same)
    ended = list(standing.select_related("template").select_for_update(of=("self",)))
    for each in ended:
        each.withdrawn_at, each.withdrawn_by, each.withdrawn_reason = now, by, reason.strip()
        each.check_and_save()
        _record(Kind.CONSENT_WITHDRAWN, each, by=by)
    return len(ended)


def _locked(consent: Consent) -> Consent:
    """Return the consent as it is now, held until the transaction ends."""
    take_turn(consent.patient_id)
    rows = Consent.objects.select_related("template", "case", "patient", "signed_by")
    return rows.select_for_update(of=("self",)).get(pk=consent.pk)


def _check_may_be_signed(consent: Consent, photo_scopes: Sequence[str], *, today: date) -> None:
    if consent.signed_at is not None:
        raise AlreadySignedError(f"This consent was signed already; {consent.signed_by} took it.")
    if obstacle := obstacle_to_signing(consent, today=today):
        raise ValidationError(obstacle)
    is_photographs = consent.template.purpose == ConsentTemplate.Purpose.PHOTOGRAPHS
    if is_photographs and not photo_scopes:
        raise ValidationError({"photo_scopes": "Tick at least one use, or leave without signing."})


def _record(kind: Kind, consent: Consent, *, by: User, **details: Any) -> None:
    template = consent.template
    audit.record(
        kind,
        by=by,
        patient_id=consent.patient_id,
        subject=consent,
        title=template.title,
        version=template.version,
        **details,
    )
