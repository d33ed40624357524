"""Warning signs, and what may be the cause."""

from dataclasses import dataclass
from typing import Any

from django import forms

from clinic.base.forms import PlainForm
from patients.actions.assessment import Signs, Weighed
from patients.forms.fields import LineField
from patients.forms.mistake import KEPT, MistakeForm
from patients.models import CauseStatement, SignsStatement
from patients.models.pathway import STOPPING_CAUSES, Cause, Sign, Weight


class SignsForm(MistakeForm):
    """Which warning signs were seen; `none` says that all were looked for and none was."""

    prefix = "signs"

    none = forms.BooleanField(label="Looked for all of these: none", required=False)
    present = forms.MultipleChoiceField(
        label="Warning signs seen",
        choices=Sign.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = LineField(
        label="Where, and what it looks like",
        required=False,
        max_length=300,
        widget=forms.TextInput({"class": "w-line"}),
    )

    def __init__(self, data: Any = None, *, written: SignsStatement | None = None) -> None:
        super().__init__(data, initial=_initial_signs(written))
        self.offer_taking_off(is_written=written is not None)

    def clean(self) -> dict[str, Any]:
        """Refuse both none and some, words about no sign, and to clear what is written."""
        values = super().clean() or {}
        says_something = values.get("none") or values.get("present")
        is_changed = bool({"none", "present", "note"} & set(self.changed_data))
        if self.asks_to_take_off(values, is_changed=bool(says_something) and is_changed):
            return values
        if self.is_written and not says_something and not self.errors:
            self.add_error("present", KEPT)
        elif values.get("none") and values.get("present"):
            self.add_error("none", "Either none, or those that you ticked.")
        elif values.get("note") and not (values.get("none") or values.get("present")):
            self.add_error("present", "Tick the signs that the note is about, or none.")
        return values

    @property
    def signs(self) -> Signs | None:
        """What was seen, or None where the signs were not looked for."""
        values = self.cleaned_data
        if self.mistake or not (values["none"] or values["present"]):
            return None
        return Signs(tuple(values["present"]), values["note"])


def _initial_signs(written: SignsStatement | None) -> dict[str, Any]:
    if written is None:
        return {}
    return {"none": not written.present, "present": written.present, "note": written.note}


@dataclass(frozen=True)
class CauseRow:
    """One possible cause on the page: its two fields, and what stands so far."""

    label: str
    weight: Any
    note: Any
    stated: CauseStatement | None
    stops: bool


class CausesForm(PlainForm):
    """How each possible cause is seen. Only what was changed on the page is stated anew."""

    prefix = "causes"

    def __init__(self, data: Any = None, *, standing: dict[str, CauseStatement]) -> None:
        super().__init__(data)
        self.standing = standing
        for cause in Cause:
            stated = standing.get(cause.value)
            self.fields[cause.value] = forms.ChoiceField(
                label=cause.label,
                choices=[("", "Not weighed"), *Weight.choices],
                initial=stated.weight if stated else "",
                required=False,
                show_hidden_initial=True,
                widget=forms.Select(attrs={"class": "form-select w-name"}),
            )
            self.fields[f"{cause.value}_note"] = LineField(
                label=f"Note on {cause.label}",
                initial=stated.note if stated else "",
                required=False,
                max_length=300,
                show_hidden_initial=True,
                widget=forms.TextInput(attrs={"class": "form-control w-line"}),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for what a statement cannot be without."""
        values = super().clean() or {}
        for cause in Cause:
            weight, note = values.get(cause.value), values.get(f"{cause.value}_note")
            if cause.value in self.standing and not weight and self._is_changed(cause):
                self.add_error(cause.value, "This was weighed: say how it is seen now.")
            elif note and not weight:
                self.add_error(cause.value, "Say how this cause is seen, too.")
            elif cause is Cause.OTHER and weight and not note:
                self.add_error("other_note", "Say in words which other cause.")
        return values

    def _is_changed(self, cause: Cause) -> bool:
        return bool({cause.value, f"{cause.value}_note"} & set(self.changed_data))

    @property
    def weighed(self) -> dict[str, Weighed]:
        """What was changed, by cause."""
        values = self.cleaned_data
        return {
            cause.value: Weighed(values[cause.value], values[f"{cause.value}_note"])
            for cause in Cause
            if values[cause.value] and self._is_changed(cause)
        }

    @property
    def rows(self) -> list[CauseRow]:
        """The causes in the order of the page."""
        return [
            CauseRow(
                label=str(cause.label),
                weight=self[cause.value],
                note=self[f"{cause.value}_note"],
                stated=self.standing.get(cause.value),
                stops=cause.value in STOPPING_CAUSES,
            )
            for cause in Cause
        ]

    @property
    def in_words(self) -> str:
        """What is likely and considered so far, in a line."""
        open_ = [row for row in self.standing.values() if row.weight != Weight.RULED_OUT]
        ordered = sorted(open_, key=lambda row: row.weight != Weight.LIKELY)
        words = [f"{row.get_item_display()} {row.get_weight_display().lower()}" for row in ordered]
        return ", ".join(words[:2]) + (f" and {len(words) - 2} more" if len(words) > 2 else "")
