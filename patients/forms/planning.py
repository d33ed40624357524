"""Why a course is planned although something of the assessment is not known."""

from collections.abc import Iterable
from typing import Any

from django import forms

from clinic.base.forms import PlainForm
from patients.models.planning import Lack
from patients.reasons import SHORTEST_REASON


class LacksForm(PlainForm):
    """A reason for each thing that was not asked or counted."""

    prefix = "without"

    def __init__(self, data: Any = None, *, lacks: Iterable[Lack], is_asked: bool = True) -> None:
        """Make the fields; without `is_asked` nothing has to be filled in."""
        super().__init__(data)
        self.lacks = list(lacks)
        for lack in self.lacks:
            self.fields[lack.value] = _reason(lack, is_asked=is_asked)

    def given(self) -> dict[str, str]:
        """Return what was typed, by what is not known; call it after `is_valid`."""
        return {lack.value: self.cleaned_data.get(lack.value, "") for lack in self.lacks}


def _reason(lack: Lack, *, is_asked: bool) -> forms.CharField:
    return forms.CharField(
        label=f"{lack.label}. Why the course is planned all the same",
        required=is_asked,
        min_length=SHORTEST_REASON,
        max_length=300,
        error_messages={
            "required": "Write the reason, or ask and count first.",
            "min_length": f"Write the reason in {SHORTEST_REASON} letters or more.",
        },
        widget=forms.Textarea(attrs={"rows": 2, "class": "w-text"}),
    )
