"""The follow-up plan."""

from clinic.staff.models import User
from treatments.models import Session


def plan_reviews(session: Session, *, by: User) -> None:
    """Make or move the reviews that the protocol asks for after a signed session."""
    raise NotImplementedError
