"""Which of a case's sessions keep it open."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from patients.closing import Obstacle
from patients.models import Case
from treatments.models import Session


def open_drafts(case: Case, now: datetime) -> Iterator[Obstacle]:
    """Yield the drafts of a case: they could not be signed later."""
    for draft in Session.objects.drafts().for_case(case).order_by("technique"):
        yield Obstacle(
            f"{draft} is still a draft. Sign or discard it before the case is closed.",
            page="Open the draft",
            url=reverse("treatments:session", args=[case.patient_id, draft.pk]),
        )
