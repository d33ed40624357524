"""Signing a session, and adding to what is signed."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.actions.cases import lead_if_nobody_does
from patients.actions.contraindications import keep_check, kept_if_refused
from patients.contraindications.evaluation import Given
from patients.models import ContraindicationCheck
from patients.turns import take_turn
from treatments.actions.drafts import lock_draft
from treatments.actions.refusals import in_words, may
from treatments.completeness import blocking, gaps
from treatments.consents import consent_of
from treatments.contraindications import evaluation_of, known_of
from treatments.models import Addendum, Session

# What apps above do in the transaction of a signature: each is called with the signed session and
# `by=` the person. An error in one undoes the signature.
after_signing: list[Callable[..., None]] = []


def sign_session(
    *,
    by: User,
    session: Session,
    revision: int,
    now: datetime,
    reasons: Mapping[str, Given] | None = None,
) -> Session:
    """Lock a draft for good, with the consent that stands now and nothing that speaks against it.

    `reasons` say why it was done although something relative speaks against it, or something
    absolute is not known. Raises `ChangedMeanwhileError` when the draft is not at `revision` any
    more, `ContraindicatedError` where it is contraindicated (that it was refused is kept), and
    `ValidationError` with one sentence for each thing that is missing. The rules are held against
    the record while nobody else writes in it. The database checks consent, contraindications,
    times, lots, lidocaine and wholeness once more at the moment of signing. Who signs is
    responsible for a case that nobody leads.
    """
    may(by, Permission.SIGN_SESSION)
    with kept_if_refused():
        take_turn(session.patient_id)
        current = lock_draft(session, revision)
        _check(by, current, reasons or {}, now)
        return _sign(by, current, now)


def _check(by: User, current: Session, reasons: Mapping[str, Given], now: datetime) -> None:
    """Refuse what is missing or contraindicated; keep what the rules said."""
    current.consent = consent_of(current)
    known = known_of(current)
    evaluation = evaluation_of(current, now, known).with_reasons(reasons)
    missing = blocking(gaps(current, current.consent, now, known, evaluation))
    if missing and not evaluation.blocking:
        raise ValidationError([gap.text for gap in missing])
    keep_check(
        by=by,
        case=current.case,
        step=ContraindicationCheck.Step.SESSION,
        about_id=current.pk,
        evaluation=evaluation,
        now=now,
    )


def _sign(by: User, current: Session, now: datetime) -> Session:
    current.signed_at, current.signed_by = now, by
    with in_words():
        current.save(force_update=True, update_fields=["consent", "signed_at", "signed_by"])
    _record(Kind.SESSION_SIGNED, by, current)
    lead_if_nobody_does(by=by, case=current.case)
    for react in after_signing:
        react(current, by=by)
    return current


@transaction.atomic
def add_addendum(*, by: User, session: Session, text: str, now: datetime) -> Addendum:
    """Add a dated note to a signed session; it is never changed.

    Raises `ValidationError` for a draft, or without a text.
    """
    may(by, Permission.RECORD_CLINICAL)
    if session.signed_at is None:
        raise ValidationError("This session is still a draft: write it there.")
    addendum = Addendum.check_and_create(
        session=session, text=text.strip(), added_at=now, added_by=by
    )
    _record(Kind.ADDENDUM_ADDED, by, session)
    return addendum


def _record(kind: Kind, by: User, session: Session) -> None:
    audit.record(
        kind,
        by=by,
        patient_id=session.patient_id,
        subject=session,
        technique=session.get_technique_display(),
        number=session.number,
    )
