"""The review of what stops the AGA pathway."""

from typing import Any
from uuid import UUID

from django import forms

from clinic.base.forms import PlainForm
from patients.forms.fields import ParagraphsField
from patients.models import PathwayStop, StopReview


class StopReviewForm(PlainForm):
    """What a clinician decides about a stop; `seen` are the findings that were on the page."""

    outcome = forms.ChoiceField(
        label="What you decide",
        choices=StopReview.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide."},
    )
    reason = ParagraphsField(
        label="Why",
        help_text="What settled it: biopsy, culture, trichoscopy, the opinion of a colleague.",
        max_length=2000,
        error_messages={"required": "Write why: whoever treats next relies on it."},
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 3}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, stop: PathwayStop) -> None:
        keys = {*stop.evidence, *(review.pk for review in stop.reviews.all())}
        super().__init__(data, initial={"seen": " ".join(sorted(map(str, keys)))})

    def clean_seen(self) -> set[UUID]:
        """Return the keys of what was on the page; what is none was not seen."""
        keys = set()
        for word in self.cleaned_data["seen"].split():
            try:
                keys.add(UUID(word))
            except ValueError:
                continue
        return keys
