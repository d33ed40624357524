"""What a case's sessions say to its being closed."""

from datetime import datetime

from django.core.exceptions import ValidationError

from patients.models import Case
from treatments.models import Session


def refuse_open_drafts(case: Case, now: datetime) -> None:
    """Raise `ValidationError` that names the drafts of a case: they could not be signed later."""
    drafts = list(Session.objects.drafts().for_case(case).order_by("technique"))
    if drafts:
        named = " and ".join(str(draft) for draft in drafts)
        verb = "are still drafts" if len(drafts) > 1 else "is still a draft"
        raise ValidationError(f"{named} {verb}. Sign or discard it before the case is closed.")
