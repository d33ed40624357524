"""What a clinician types about an answer that stays out of the record."""

from django import forms

from clinic.base.forms import PlainForm
from patients.forms.fields import LineField


class LeaveOutForm(PlainForm):
    """Why an answer is left out; nobody has to say."""

    note = LineField(
        label="Why it is left out",
        max_length=300,
        required=False,
        help_text="Seen by whoever reads this questionnaire later",
        widget=forms.TextInput(attrs={"class": "w-line", "autocomplete": "off"}),
    )
