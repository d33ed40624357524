"""A consent text as it is written: its words, its times, what becomes of older signatures."""

from typing import Any

from django import forms

from clinic.base.forms import PlainForm
from clinic.staff.models import User
from patients.models import ConsentTemplate
from patients.models.consent_template import MOST_MONTHS
from patients.reasons import SHORTEST_REASON

_LINE = 200
_MOST_LINES = 40


class LinesField(forms.CharField):
    """Several short entries, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 6, "class": "w-text"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return a list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the lines that hold something, each once."""
        lines = [line.strip() for line in super().clean(value).splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if any(len(line) > _LINE for line in found):
            raise forms.ValidationError(f"Write at most {_LINE} characters a line.")
        if len(found) > _MOST_LINES:
            raise forms.ValidationError(f"Write at most {_MOST_LINES} lines.")
        return found


class ConsentTextForm(PlainForm):
    """A draft."""

    title = forms.CharField(
        label="Title", max_length=120, widget=forms.TextInput(attrs={"class": "w-line"})
    )
    body = forms.CharField(
        label="Text for the patient",
        help_text=(
            "Plain words, short sentences. A line that starts with # is a heading, with - an entry "
            "of a list; an empty line begins a new paragraph."
        ),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 24, "class": "w-text consent-writing"}),
    )
    risks = LinesField(
        label="Material risks, one a line",
        help_text="The clinician ticks those that were talked about; they go into what is signed.",
    )
    alternatives = LinesField(
        label="Other choices, one a line",
        help_text="Having no treatment is always among them; it need not stand here.",
    )
    statements = LinesField(label="What the patient says by signing, one sentence a line")
    reflection_days = forms.IntegerField(
        label="Time to think",
        min_value=0,
        max_value=365,
        widget=forms.NumberInput(attrs={"class": "w-number", "data-unit": "days"}),
    )
    valid_months = forms.IntegerField(
        label="A signature stands for",
        help_text="Empty: until the patient takes it back.",
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        widget=forms.NumberInput(attrs={"class": "w-number", "data-unit": "months"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, template: ConsentTemplate) -> None:
        initial = {name: getattr(template, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        left_out = set()
        if not template.is_for_treatment:
            left_out |= {"risks", "alternatives"}
        if template.is_original:
            left_out.add("statements")
        else:
            left_out |= {"reflection_days", "valid_months"}
        for name in left_out:
            del self.fields[name]

    def written(self) -> dict[str, Any]:
        """Return what can be stored of what was typed: wrong entries are left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class PublishForm(PlainForm):
    """Who stands behind a text, and what becomes of signatures under older versions."""

    approved_by = forms.ModelChoiceField(
        label="The clinician who approved these words",
        queryset=User.objects.none(),
        empty_label="Choose",
        widget=forms.Select(attrs={"class": "w-name"}),
        error_messages={"required": "Name the clinician who read and approved them."},
    )
    earlier_consents = forms.ChoiceField(
        label="Signatures under older versions",
        choices=[
            ("stand", "They still stand. Patients get the new text when they are next here."),
            ("anew", "They no longer count. Everybody signs anew before the next session."),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what becomes of them."},
    )
    earlier_reason = forms.CharField(
        label="Why must everybody sign anew?",
        help_text="Clinicians read this where a session or a photograph is held up by it.",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "w-text"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, template: ConsentTemplate, is_first: bool) -> None:
        super().__init__(data, initial={"revision": template.revision})
        clinicians: Any = self.fields["approved_by"]
        clinicians.queryset = User.objects.get_queryset().clinicians().active()
        if is_first or not template.is_original:
            del self.fields["earlier_consents"], self.fields["earlier_reason"]

    def clean(self) -> dict[str, Any]:
        """Want a reason where everybody must sign anew; keep none where not."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("earlier_consents") == "stand":
            cleaned["earlier_reason"] = ""
        is_short = len(cleaned.get("earlier_reason", "").strip()) < SHORTEST_REASON
        if cleaned.get("earlier_consents") == "anew" and is_short:
            self.add_error("earlier_reason", f"Write why, in {SHORTEST_REASON} letters or more.")
        return cleaned
