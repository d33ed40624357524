"""Which consent a session rests on, or why none does. Nothing here writes."""

from clinic.base.templatetags.anagen import day, moment
from patients.consent.rules import asks_anew, standing_consents
from patients.models import Consent
from treatments.models import Session
from treatments.times import latest_consent_time


def consent_of(session: Session) -> Consent | None:
    """Return the consent that a session was signed with or, for a draft, would be.

    Of those that stood in its case when it began, and were not withdrawn since, it is the newest
    from before the start; where all are later,
    the newest, so that the page can say by how much it is late.
    """
    if session.is_signed:
        return session.consent
    limit = latest_consent_time(session)
    standing = list(standing_consents(session.case, session.technique, at=limit))
    in_time = [c for c in standing if c.signed_at is not None and c.signed_at <= limit]
    return next(iter(in_time or standing), None)


def why_none(session: Session) -> str:
    """Return in a sentence why no consent stands for a draft: what became of the newest one."""
    technique = session.get_technique_display()
    signed = Consent.objects.for_treatment(session.technique).filter(
        case=session.case, signed_at__isnull=False
    )
    newest = signed.select_related("template", "signed_by").order_by("-signed_at").first()
    if newest is None:
        return f"There is no standing consent to {technique} treatment: none was signed"
    return f"There is no standing consent to {technique} treatment: {_fate(newest, session)}"


def _fate(consent: Consent, session: Session) -> str:
    began = latest_consent_time(session)
    if consent.withdrawn_at is not None:
        return f"it was withdrawn on {day(consent.withdrawn_at)}"
    if consent.awaits_clinician:
        return f"{consent.signed_by}, who took the signature, has not signed it yet"
    if consent.is_expired_at(began):
        return f"it expired on {moment(consent.expires_at)}"
    if newer := asks_anew(consent, began):
        return f"version {newer.version} of the text must be signed anew: {newer.earlier_reason}"
    return "the case is closed"
