"""Taking off a visit what was entered there by mistake."""

from typing import Any

from django import forms

from clinic.base.forms import PlainForm
from patients.forms.fields import LineField

KEPT = "This stands in the record. Put it right, or say below that it was entered by mistake."
BOTH = "This was changed as well. Take the change back, or untick this."


class MistakeForm(PlainForm):
    """A part of a visit that, once written, is corrected or taken off with a reason.

    A subclass calls `offer_taking_off` when something is written, and `asks_to_take_off` first
    when it is cleaned.
    """

    is_mistake = forms.BooleanField(
        label="Entered by mistake: take it off this visit",
        required=False,
    )
    why_mistake = LineField(
        label="Why it was a mistake",
        help_text="For example: found in another patient; ticked in the wrong row.",
        required=False,
        max_length=300,
        widget=forms.TextInput({"class": "w-line"}),
    )

    def offer_taking_off(self, *, is_written: bool) -> None:
        """Keep the two fields only where something is written that can be taken off."""
        self.is_written = is_written
        if not is_written:
            del self.fields["is_mistake"], self.fields["why_mistake"]

    def asks_to_take_off(self, values: dict[str, Any], *, is_changed: bool) -> bool:
        """Return whether it is to be taken off; refuse that without a reason, or with a change."""
        if not values.get("is_mistake"):
            if values.get("why_mistake"):
                self.add_error("is_mistake", "Tick this, too, or take the reason back.")
            return False
        if is_changed:
            self.add_error("is_mistake", BOTH)
        elif not values.get("why_mistake") and "why_mistake" not in self.errors:
            self.add_error("why_mistake", "Write why it was a mistake.")
        return True

    @property
    def mistake(self) -> str:
        """Why what is written was a mistake, or "" where it was none."""
        values = self.cleaned_data
        return values["why_mistake"] if values.get("is_mistake") else ""
