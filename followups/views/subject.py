"""What is examined on a page."""

from dataclasses import dataclass

from django.urls import reverse

from followups.models import Review
from patients.models import Case, Patient


@dataclass(frozen=True)
class Subject:
    """A case at its baseline, or one of its reviews."""

    patient: Patient
    case: Case
    review: Review | None

    @property
    def title(self) -> str:
        """What the page is called."""
        return f"Review, {self.review.label}" if self.review else "Baseline"

    @property
    def url(self) -> str:
        """The page's own address."""
        if self.review:
            return reverse("followups:review", args=[self.patient.pk, self.review.pk])
        return reverse("followups:baseline", args=[self.patient.pk])
