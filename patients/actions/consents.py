"""Giving the information, recording the talk, the two signatures, a withdrawal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.actions.contact_wishes import wish_news
from patients.actions.contraindications import keep_check, keep_refusal, kept_if_refused
from patients.consent.clock import expires_at, reflect_until
from patients.consent.countersigning import obstacle_to_countersigning
from patients.consent.discussion import Discussion
from patients.consent.names import (
    ANOTHER_NAME,
    is_own_name,
    is_staff_name,
    lacks_name_reason,
)
from patients.consent.rules import (
    NO_WAY_OF_NEWS,
    TOO_EARLY,
    newest_text,
    obstacle_to_discussing,
    obstacle_to_signing,
)
from patients.consent.statements import clinician_statement
from patients.consent.wording import digest, talk_of, text_to_sign
from patients.contraindications.evaluation import Evaluation, Given
from patients.contraindications.of_consent import evaluation_of, obstacle_in
from patients.models import Case, Consent, ConsentTemplate, ContraindicationCheck
from patients.reasons import SHORTEST_REASON
from patients.signature import clean_signature
from patients.turns import take_turn

ASKED_MEANWHILE = (
    "The patient asked something after you opened the page. Read it below; once you answered, "
    "record the talk again."
)

# A template's purpose and technique are together what a consent is to.
_TO = ("template__purpose", "template__technique")

# What apps above do in the transaction in which a consent becomes whole: each is called with the
# consent and `by=` the clinician. An error in one undoes the clinician's signature.
after_signing: list[Callable[..., None]] = []

# What apps above do in the transaction of a withdrawal: each is called with a consent that it
# ended, `by=` who recorded it and `now=`. An error in one undoes the withdrawal.
after_withdrawal: list[Callable[..., None]] = []


@dataclass(frozen=True)
class KnownByLink:
    """How a patient who signs by their own link was known, and when that was checked."""

    how: str
    checked_at: datetime


class AlreadySignedError(ValidationError):
    """The consent carries a signature already; a second one changes nothing."""


@transaction.atomic
def give_information(
    *,
    by: User,
    case: Case,
    template: ConsentTemplate,
    zone: ZoneInfo,
    now: datetime,
    interpreter: str = "",
) -> Consent:
    """Record that the patient was given a text, and start the time to reflect.

    `zone` is the clinic's, where the time to reflect is counted; `interpreter` the name or the
    service that helped, empty where none was needed. Raises `ValidationError` where the case is
    closed, the text is not the newest, or the same text awaits its signature.
    """
    take_turn(case.patient_id)
    if not Case.objects.open().filter(pk=case.pk).exists():
        raise ValidationError("The case is closed. Open a new case first.")
    if newest_text(template) != template:
        raise ValidationError("This text was replaced by a newer one. Give the newer one.")
    interpreter = interpreter.strip()
    consent = Consent.check_and_create(
        case=case,
        patient=case.patient,
        template=template,
        information_given_at=now,
        information_given_by=by,
        reflect_until=reflect_until(now, template.reflection_days, zone),
        interpreter_needed=bool(interpreter),
        interpreter=interpreter,
    )
    _record(Kind.INFORMATION_GIVEN, consent, by=by)
    return consent


@transaction.atomic
def record_discussion(
    *,
    by: User,
    consent: Consent,
    discussion: Discussion,
    seen: datetime | None,
    zone: ZoneInfo,
    now: datetime,
    reasons: Mapping[str, Given] | None = None,
    asked_seen: datetime | None = None,
) -> Consent:
    """Record what was talked about and whether the patient can decide, before anybody signs.

    `seen` is when the discussion was last recorded, as the writer saw it, and `asked_seen` when
    the newest of the patient's questions on their page was asked; `reasons` say why the treatment
    is done although something speaks against it. Where it is contraindicated, the talk is
    recorded, and that nothing can be signed. Raises `AlreadySignedError` once the patient signed,
    and `ValidationError` where somebody else recorded it meanwhile, the patient asked something
    meanwhile, something is missing, or the text cannot be signed any more.
    """
    consent = _locked(consent)
    if consent.signed_at is not None:
        raise AlreadySignedError("The patient has signed. What was talked about is fixed.")
    if obstacle := obstacle_to_discussing(consent, today=timezone.localdate(now, zone)):
        raise ValidationError(obstacle)
    if consent.discussed_at != seen:
        raise ValidationError(
            f"{consent.discussed_by} recorded this talk after you opened the page. Open it again; "
            "nothing of theirs was changed."
        )
    if any(asked_seen is None or each.asked_at > asked_seen for each in consent.questions_open):
        raise ValidationError(ASKED_MEANWHILE)
    discussion.check(consent.template)
    for name, value in discussion.values().items():
        setattr(consent, name, value)
    if not consent.is_early_at(now):
        consent.early_reason = ""
    consent.discussed_at, consent.discussed_by = now, by
    consent.check_and_save()
    _record(Kind.CONSENT_DISCUSSED, consent, by=by)
    _check_at_the_talk(by, consent, reasons or {}, now.astimezone(zone))
    return consent


def _check_at_the_talk(
    by: User, consent: Consent, reasons: Mapping[str, Given], now: datetime
) -> None:
    evaluation = evaluation_of(consent, now)
    if evaluation is None:
        return
    evaluation = evaluation.with_reasons(reasons)
    keep = keep_refusal if evaluation.blocking else keep_check
    keep(by=by, now=now, **_about(consent, evaluation))


def _about(consent: Consent, evaluation: Evaluation) -> dict[str, Any]:
    return {
        "case": consent.case,
        "step": ContraindicationCheck.Step.CONSENT,
        "about_id": consent.pk,
        "evaluation": evaluation,
    }


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
    matters: str = "",
    early_reason: str = "",
    photo_scopes: Sequence[str] = (),
    news_by: Sequence[str] = (),
    known: KnownByLink | None = None,
) -> Consent:
    """Take the patient's signature, freezing the text that was signed.

    `by` took the signature; where the patient is `known` by their own link, nobody did, and `by`
    is who held the talk, and signs for it. `news_by` are the ways (`contact.Channel`) in which the
    patient wants news, kept as their wish with a consent to news.
    `signature_png` is a PNG data URL; without it the typed `signed_name` is the signature.
    `name_reason` says why that is not the patient's name, `early_reason` why the time to reflect
    was shortened, where that was not written with the talk; each is dropped where it is not needed.
    The consent stands once the clinician signed as well (`countersign`). Raises
    `ContraindicatedError` where the treatment is; that it was refused is kept. Raises
    `AlreadySignedError` for a second signature, and `ValidationError` for a minor, a replaced text,
    a closed case, a talk that is not recorded, a patient who cannot decide, a drawing that is none,
    another name or a shortened time without a reason.
    """
    with kept_if_refused():
        consent = _locked(consent)
        _check_may_be_signed(consent, photo_scopes, today=timezone.localdate(now, zone))
        _check_says_how(consent, news_by)
        _check_contraindications(None if known else by, consent, now.astimezone(zone))
        consent.signed_at, consent.signed_by = now, by
        _know(consent, known)
        consent.signed_name = signed_name.strip()
        consent.signature_png = clean_signature(signature_png) if signature_png else ""
        consent.questions = _both(consent.questions, questions)
        consent.matters = _both(consent.matters, matters)
        consent.name_reason = _reason_for_name(consent, name_reason.strip())
        consent.early_reason = _reason_for_haste(consent, early_reason or consent.early_reason)
        consent.photo_scopes = list(photo_scopes)
        consent.expires_at = expires_at(now, consent.template.valid_months, zone)
        _freeze(consent, news_by)
        _record_signature(consent, by=None if known else by, news_by=news_by)
        return consent


def _check_contraindications(by: User | None, consent: Consent, now: datetime) -> None:
    """Keep what the rules say at the signature; refuse it where they speak against it.

    `by` is None where the patient signs by their own link: nobody looked at it with them.
    """
    evaluation = evaluation_of(consent, now)
    if evaluation is None:
        return
    if evaluation.lacking_reason and not evaluation.blocking:
        raise ValidationError(obstacle_in(evaluation))
    keep_check(by=by, now=now, **_about(consent, evaluation))


def _know(consent: Consent, known: KnownByLink | None) -> None:
    if known:
        consent.signed_way = Consent.Way.LINK
        consent.identity_check, consent.identity_checked_at = known.how, known.checked_at


def _freeze(consent: Consent, news_by: Sequence[str]) -> None:
    consent.signed_text = text_to_sign(
        consent.template, consent.photo_scopes, talk_of(consent), news_by=news_by
    )
    consent.signed_text_sha256 = digest(consent.signed_text)
    consent.check_and_save()


def _record_signature(consent: Consent, *, by: User | None, news_by: Sequence[str]) -> None:
    """Leave the trace; `by` is None where the patient signed by their own link."""
    kind = Kind.CONSENT_SIGNED if by else Kind.CONSENT_SIGNED_BY_LINK
    _record(kind, consent, by=by, before_time=bool(consent.early_reason))
    if news_by:
        wish_news(by=by, patient_id=consent.patient_id, channels=news_by)


def _both(recorded: str, typed: str) -> str:
    """Return what the clinician wrote down and what the patient typed, neither of them twice."""
    parts = (recorded.strip(), typed.strip())
    return "\n".join(dict.fromkeys(part for part in parts if part))


@transaction.atomic
def countersign(*, by: User, consent: Consent, name: str, now: datetime) -> Consent:
    """Sign as the clinician who took the patient's signature; from then on the consent stands.

    `name` is their own, typed. Raises `PermissionDenied` for anybody else, `AlreadySignedError`
    for a second time, and `ValidationError` for another name, where the patient has not signed or
    took the consent back, or where something came up since (`obstacle_to_countersigning`).
    """
    consent = _locked(consent)
    if consent.signed_at is None:
        raise ValidationError("The patient signs first.")
    if consent.is_whole:
        raise AlreadySignedError("The clinician has signed this consent already.")
    if consent.withdrawn_at is not None:
        raise ValidationError("The patient took this consent back. There is nothing to sign.")
    if consent.signed_by_id != by.pk:
        raise PermissionDenied(f"{consent.signed_by} took the signature, and signs for it.")
    if came_up := obstacle_to_countersigning(consent, now):
        raise ValidationError(came_up)
    if not is_staff_name(str(by), name):
        raise ValidationError({"name": f"Type your own name, {by}, to sign."})
    consent.clinician_signed_at, consent.clinician_signed_by = now, by
    consent.clinician_name = name.strip()
    consent.clinician_statement = clinician_statement(consent)
    consent.check_and_save()
    _record(Kind.CONSENT_COUNTERSIGNED, consent, by=by)
    for react in after_signing:
        react(consent, by=by)
    return consent


def _reason_for_name(consent: Consent, reason: str) -> str:
    """Return why another name than the patient's was signed, or "" where it is theirs."""
    if lacks_name_reason(consent.patient, consent.signed_name, reason):
        raise ValidationError({"name_reason": ANOTHER_NAME})
    return "" if is_own_name(consent.patient, consent.signed_name) else reason


def _reason_for_haste(consent: Consent, reason: str) -> str:
    """Return why the time to reflect was shortened, or "" where it is over."""
    if consent.signed_at is None or not consent.is_early_at(consent.signed_at):
        return ""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError({"early_reason": TOO_EARLY})
    return reason.strip()


@transaction.atomic
def withdraw_consent(
    *,
    by: User | None,
    consent: Consent,
    now: datetime,
    reason: str = "",
    how: str = Consent.How.IN_PERSON,
) -> int:
    """Record that the patient takes a consent back; return how many signatures it ended.

    Every standing signature to the same treatment, or to photographs, ends with it: an older one
    must not come back to life behind the one that was withdrawn. One that the clinician has not
    signed yet can be withdrawn too. `how` is a `Consent.How`; `by` is None where the patient does
    it alone, on their own page. Raises `ValidationError` where the patient did not sign, or took
    it back before.
    """
    consent = _locked(consent)
    if consent.signed_at is None or consent.withdrawn_at is not None:
        raise ValidationError("Only a signed consent that stands can be withdrawn.")
    same = {lookup: getattr(consent.template, lookup.removeprefix("template__")) for lookup in _TO}
    standing = Consent.objects.signed().filter(patient=consent.patient, **same)
    ended = list(standing.select_related("template", "patient").select_for_update(of=("self",)))
    for each in ended:
        end(each, by=by, how=how, reason=reason, now=now)
    return len(ended)


def end(consent: Consent, *, by: User | None, how: str, reason: str, now: datetime) -> None:
    """Write a withdrawal into one signature that the caller holds, with all that follows."""
    consent.withdrawn_at, consent.withdrawn_by = now, by
    consent.withdrawn_reason, consent.withdrawn_how = reason.strip(), how
    consent.check_and_save()
    _record(Kind.CONSENT_WITHDRAWN, consent, by=by)
    for react in after_withdrawal:
        react(consent, by=by, now=now)


def _locked(consent: Consent) -> Consent:
    """Return the consent as it is now, held until the transaction ends."""
    take_turn(consent.patient_id)
    rows = Consent.objects.select_related(
        "template", "case", "patient", "signed_by", "discussed_by"
    )
    return rows.select_for_update(of=("self",)).get(pk=consent.pk)


def _check_may_be_signed(consent: Consent, photo_scopes: Sequence[str], *, today: date) -> None:
    if consent.signed_at is not None:
        raise AlreadySignedError(f"This consent was signed already; {consent.signed_by} took it.")
    if obstacle := obstacle_to_signing(consent, today=today):
        raise ValidationError(obstacle)
    is_photographs = consent.template.purpose == ConsentTemplate.Purpose.PHOTOGRAPHS
    if is_photographs and not photo_scopes:
        raise ValidationError({"photo_scopes": "Tick at least one use, or leave without signing."})


def _check_says_how(consent: Consent, news_by: Sequence[str]) -> None:
    if consent.template.purpose == ConsentTemplate.Purpose.MARKETING:
        if not news_by:
            raise ValidationError({"news_by": NO_WAY_OF_NEWS})
    elif news_by:
        raise ValidationError("Only a consent to news says by which ways they come.")


def _record(kind: Kind, consent: Consent, *, by: User | None, **details: Any) -> None:
    template = consent.template
    audit.record(
        kind,
        by=by,
        actor_label="" if by else audit.PATIENT,
        patient_id=consent.patient_id,
        subject=consent,
        title=template.title,
        version=template.version,
        **details,
    )
