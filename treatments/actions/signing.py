"""Signing a session, and adding to what is signed."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.actions.cases import lead_if_nobody_does
from patients.turns import take_turn
from treatments.actions.drafts import lock_draft
from treatments.actions.refusals import in_words, may
from treatments.completeness import blocking, gaps
from treatments.consents import consent_of
from treatments.models import Addendum, Session

# What apps above do in the transaction of a signature: each is called with the signed session and
# `by=` the person. An error in one undoes the signature.
after_signing: list[Callable[..., None]] = []


@transaction.atomic
def sign_session(*, by: User, session: Session, revision: int, now: datetime) -> Session:
    """Lock a draft for good, with the consent that stands now.

    Raises `ChangedMeanwhileError` when the draft is not at `revision` any more, `ValidationError`
    with one sentence for each thing that is missing. The database checks consent, times, lots,
    lidocaine and wholeness once more at the moment of signing. Who signs is responsible for a case
    that nobody leads.
    """
    may(by, Permission.SIGN_SESSION)
    take_turn(session.patient_id)  # What stops the pathway is seen here, or comes afterwards.
    current = lock_draft(session, revision)
    current.consent = consent_of(current)
    missing = blocking(gaps(current, current.consent, now))
    if missing:
        raise ValidationError([gap.text for gap in missing])
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
