"""Which consent a session rests on. Nothing here writes."""

from patients.consent.rules import standing_consents
from patients.models import Consent
from treatments.models import Session
from treatments.times import latest_consent_time


def consent_of(session: Session) -> Consent | None:
    """Return the consent that a session was signed with or, for a draft, would be.

    Of those that stand in its case it is the newest from before the start; where all are later,
    the newest, so that the page can say by how much it is late.
    """
    if session.is_signed:
        return session.consent
    standing = list(standing_consents(session.case, session.technique))
    limit = latest_consent_time(session)
    in_time = [c for c in standing if c.signed_at is not None and c.signed_at <= limit]
    return next(iter(in_time or standing), None)
