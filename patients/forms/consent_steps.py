"""What staff type in the steps around a patient's signature."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from clinic.base.forms import PlainForm
from patients.consent.discussion import PARTS, Discussion
from patients.consent.rules import NO_USE_CHOSEN, TOO_EARLY
from patients.models import Consent, PhotoScope

_LINE = 200


class InterpreterForm(PlainForm):
    """Whether somebody interpreted when the information was given."""

    interpreter_needed = forms.ChoiceField(
        label="Interpreter",
        choices=[("no", "None needed"), ("yes", "An interpreter helped")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether an interpreter was needed."},
    )
    interpreter = forms.CharField(
        label="Interpreter's name, or the service and its number",
        help_text="Not a relative: somebody who interprets for a living.",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "w-line", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Want a name where somebody interpreted; keep none where nobody did."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("interpreter_needed") == "no":
            cleaned["interpreter"] = ""
        elif cleaned.get("interpreter_needed") == "yes" and not cleaned.get("interpreter"):
            self.add_error("interpreter", "Name the interpreter or the service.")
        return cleaned


def _words(label: str, help_text: str, rows: int = 3, longest: int = 2000) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows, "class": "w-text"}),
    )


def _ticks(label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


def _question(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        required=False,
        empty_value=None,
        widget=forms.RadioSelect(attrs={"across": True}),
    )


class DiscussionForm(PlainForm):
    """The talk before the signature: risks, other choices, what matters, capacity.

    While the time to reflect runs (`is_early`), it has room for why the patient signs now; without
    that nothing is handed over to be signed (`to_sign`).
    """

    matters = _words(
        "What matters to the patient",
        "In their words: what they hope for, what they want to avoid, their work and sport.",
    )
    questions = _words("The patient's questions, and what you answered", "", longest=3000)
    risks_discussed = _ticks("Risks that you talked about")
    risks_added = _words(
        "Risks of this patient", "One a line: for example “scars that grew thick before”."
    )
    no_treatment_discussed = forms.BooleanField(
        label="We talked about having no treatment, and what then happens", required=False
    )
    alternatives_discussed = _ticks("Other choices that you talked about")
    capacity = forms.ChoiceField(
        label="Can the patient decide this now?",
        choices=Consent.Capacity.choices,
        initial=Consent.Capacity.ASSUMED,
        help_text="Every adult is taken to be able to decide. Assess it only where you doubt it.",
        widget=forms.RadioSelect,
    )
    can_understand = _question("Understands what it is about, its risks and the other choices")
    can_retain = _question("Keeps it in mind long enough to decide")
    can_weigh = _question("Weighs it up to come to a decision")
    can_communicate = _question("Tells the decision, in whatever way")
    capacity_note = _words(
        "What raised the doubt, how you assessed it, what you found", "", longest=1000
    )
    early_reason = _words(
        "Why sign before the time to think is over?",
        "Write it together with the patient, before they get the tablet. It stays in the record.",
        longest=1000,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    # Its page writes it beside the questions: a form that returns shows the new ones.
    asked_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, consent: Consent, is_early: bool = False, to_sign: bool = False
    ) -> None:
        super().__init__(data, initial=_initial(consent))
        self.to_sign = to_sign
        template = consent.template
        if not is_early:
            del self.fields["early_reason"]
        for name, listed in (
            ("risks_discussed", template.risks),
            ("alternatives_discussed", template.alternatives),
        ):
            if listed:
                self._choices(name).choices = [(each, each) for each in listed]
            else:
                del self.fields[name]
        if not template.is_for_treatment:
            for name in ("risks_added", "no_treatment_discussed", "questions", "matters"):
                del self.fields[name]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean_risks_added(self) -> list[str]:
        """Return the lines, none of them too long."""
        lines = [line.strip() for line in self.cleaned_data["risks_added"].splitlines()]
        found = [line for line in lines if line]
        if any(len(line) > _LINE for line in found):
            raise forms.ValidationError(f"Write at most {_LINE} characters a line.")
        return found

    def clean(self) -> dict[str, Any]:
        """Want the reason before the patient gets the tablet, unless they cannot decide now."""
        cleaned = super().clean() or self.cleaned_data
        cannot_decide = any(cleaned.get(name) is False for name in PARTS)
        is_wanted = self.to_sign and "early_reason" in self.fields and not cannot_decide
        if is_wanted and not cleaned.get("early_reason", "").strip():
            self.add_error("early_reason", TOO_EARLY)
        return cleaned

    def clean_seen(self) -> datetime | None:
        """Return when the talk was last recorded, as this page showed it."""
        return _moment(self.cleaned_data["seen"])

    def clean_asked_seen(self) -> datetime | None:
        """Return when the newest question that this page showed was asked."""
        return _moment(self.cleaned_data["asked_seen"])

    def discussion(self) -> Discussion:
        """Return what was entered."""
        shown = ("seen", "asked_seen")
        entered = {name: said for name, said in self.cleaned_data.items() if name not in shown}
        return Discussion(**entered)


def _moment(typed: str) -> datetime | None:
    try:
        return parse_datetime(typed) if typed else None
    except ValueError:
        return None


def _initial(consent: Consent) -> dict[str, Any]:
    answers = {None: "", True: "yes", False: "no"}
    shown: dict[str, Any] = {
        "matters": consent.matters,
        "questions": consent.questions,
        "early_reason": consent.early_reason,
        "risks_discussed": consent.risks_discussed,
        "risks_added": "\n".join(consent.risks_added),
        "no_treatment_discussed": consent.no_treatment_discussed,
        "alternatives_discussed": consent.alternatives_discussed,
        "capacity_note": consent.capacity_note,
        "seen": consent.discussed_at.isoformat() if consent.discussed_at else "",
    }
    if consent.capacity:
        shown["capacity"] = consent.capacity
    return shown | {name: answers[getattr(consent, name)] for name in PARTS}


class CountersignForm(PlainForm):
    """The clinician's own signature: two deliberate acts."""

    confirms = forms.BooleanField(
        label="This is true, and I sign it",
        error_messages={"required": "Tick this if it is true. If not, do not sign."},
    )
    name = forms.CharField(
        label="Your full name",
        max_length=160,
        error_messages={"required": "Type your name to sign."},
        widget=forms.TextInput(attrs={"class": "w-text", "autocomplete": "off"}),
    )


class WithdrawConsentForm(PlainForm):
    """How and why a consent is taken back."""

    uses = forms.MultipleChoiceField(
        label="What does the patient take back?",
        help_text="What you leave out stands, without a new signature.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NO_USE_CHOSEN},
    )
    how = forms.ChoiceField(
        label="How did the patient say so?",
        choices=[each for each in Consent.How.choices if each[0] != Consent.How.OWN_PAGE],
        widget=forms.RadioSelect(attrs={"across": True}),
        error_messages={"required": "Say how you learned of it."},
    )
    reason = forms.CharField(
        label="The patient's reason, in their words",
        help_text="The patient does not have to give one.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "w-text"}),
    )

    def __init__(self, data: Any = None, *, uses_left: Sequence[str] = ()) -> None:
        super().__init__(data)
        if uses_left:
            field: Any = self.fields["uses"]
            field.choices = [(use, PhotoScope(use).label) for use in uses_left]
        else:
            del self.fields["uses"]


class ChangeMindForm(PlainForm):
    """Which uses of photographs a patient takes back on their own page."""

    uses = forms.MultipleChoiceField(
        label="I take back",
        help_text="What you do not tick goes on.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one, or leave everything as it is."},
    )

    def __init__(self, data: Any = None, *, uses_left: Sequence[str] = ()) -> None:
        super().__init__(data)
        if uses_left:
            field: Any = self.fields["uses"]
            field.choices = [(use, PhotoScope(use).label) for use in uses_left]
        else:
            del self.fields["uses"]
