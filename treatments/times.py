"""When things of a session can have been: in order, not to come, not before the case."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from clinic.practice.models import Site
from patients.models import Case
from treatments.models import Session

# Clocks of devices differ by so much.
LEEWAY = timedelta(minutes=5)
STILL_TO_COME = "This time is still to come."


def is_to_come(moment: datetime, now: datetime) -> bool:
    """Say whether a time is in the future, by more than clocks differ."""
    return moment > now + LEEWAY


def case_opened_date(case: Case, site: Site) -> date:
    """Return the day at the site on which the case was opened."""
    return timezone.localdate(case.opened_at, site.zone)


def latest_consent_time(session: Session) -> datetime:
    """Return when consent must have been signed: the start, or without one the end of the day."""
    if session.started_at is not None:
        return session.started_at
    following = session.performed_date + timedelta(days=1)
    return datetime.combine(following, time(), tzinfo=session.site.zone)


def taken_at(session: Session) -> tuple[str, datetime | None]:
    """Return what is taken of the patient, as the field is called, and when it was."""
    if hasattr(session, "prp"):
        return "drawn", session.prp.drawn_at
    if hasattr(session, "micrograft"):
        return "harvested", session.micrograft.harvested_at
    return "", None


def disorder(
    what: str, taken: datetime | None, started: datetime | None, ended: datetime | None
) -> Iterator[tuple[str, str]]:
    """Yield what is out of order, each as (name of the time, sentence)."""
    if started and ended and ended < started:
        yield "ended", "The session cannot end before it starts."
    if taken and started and taken < started:
        yield what, f"It cannot be {what} before the session starts."
    if taken and ended and taken > ended:
        yield what, f"It cannot be {what} after the session ends."
