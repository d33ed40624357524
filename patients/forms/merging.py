"""Choosing what stays when two records become one."""

from typing import Any

from django import forms

from clinic.base.forms import PlainForm
from patients.merging.comparison import ABSORBED, SURVIVOR, Comparison


class MergeForm(PlainForm):
    """Whose value stays, for each detail in which the two records differ."""

    def __init__(self, *args: Any, comparison: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in comparison.differences:
            self.fields[f"keep_{each.name}"] = forms.ChoiceField(
                label=each.label.capitalize(),
                choices=[(SURVIVOR, each.survivors), (ABSORBED, each.absorbed)],
                initial=each.likelier,
                error_messages={"required": f"Choose the {each.label} that is right."},
            )

    def keep(self) -> dict[str, str]:
        """Return whose value stays, by the name of the detail."""
        return {
            name.removeprefix("keep_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("keep_")
        }
