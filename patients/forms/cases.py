"""The patient's case."""

from typing import Any

from django import forms

from clinic.base.forms import PlainForm
from clinic.staff.models import User
from patients.forms.fields import LineField
from patients.models import Case


class ClinicianForm(PlainForm):
    """Who is responsible for a case."""

    clinician = forms.ModelChoiceField(
        label="Responsible clinician",
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet",
        widget=forms.Select(attrs={"class": "w-name"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinician"].queryset = User.objects.get_queryset().clinicians()  # type: ignore[attr-defined]


class CloseForm(PlainForm):
    """How a case ended."""

    outcome = forms.ChoiceField(choices=Case.Outcome.choices, widget=forms.RadioSelect)


class ReopenForm(PlainForm):
    """Why a case is opened again."""

    reason = LineField(
        label="Why is it opened again?",
        max_length=200,
        error_messages={"required": "Write why the case is opened again."},
        widget=forms.TextInput(attrs={"class": "w-line", "autocomplete": "off"}),
    )
