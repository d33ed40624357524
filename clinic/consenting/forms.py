"""What staff type to send a link, and what a patient types to prove who they are."""

import re
from typing import Any, cast

from django import forms

from clinic.base.forms import PlainForm
from clinic.consenting.actions.identity import DIGITS
from clinic.consenting.actions.sending import TOO_SHORT
from clinic.consenting.models import IdentityCheck
from patients.models import Patient
from patients.phone import readable
from patients.reasons import SHORTEST_REASON


class LinkForm(PlainForm):
    """Whether the patient may sign before the time to reflect is over, and why."""

    early_reason = forms.CharField(
        label="Why the patient may sign before the time to reflect is over",
        help_text="Leave it empty, and the patient can read now and sign when the time is over.",
        required=False,
        min_length=SHORTEST_REASON,
        max_length=1000,
        error_messages={
            "min_length": TOO_SHORT,
        },
        widget=forms.Textarea(attrs={"rows": 3, "class": "w-text"}),
    )


class TellCodeForm(PlainForm):
    """How a member of staff made sure that they tell a code to the patient.

    `may_phone` is False where no number is recorded, or one newer than the link.
    """

    told_how = forms.ChoiceField(
        label="How did you make sure that it is the patient?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say how you made sure who it is."},
    )

    def __init__(self, *args: Any, patient: Patient, may_phone: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_phone = (
            "On the phone: I called the number in the record myself"
            f" ({readable(patient.phone)}), and they told me their full name and address"
        )
        here = (
            "Face to face: they stand before me, and I know them or saw a document with their "
            "photograph"
        )
        told = IdentityCheck.Told
        ways = [(told.PHONE.value, by_phone)] if may_phone else []
        field = cast(forms.ChoiceField, self.fields["told_how"])
        field.choices = [*ways, (told.HERE.value, here)]


class CodeForm(PlainForm):
    """The code that was sent; spaces between its digits make no difference."""

    code = forms.CharField(
        label="Your code",
        max_length=20,
        error_messages={"required": "Write the code that we sent."},
        widget=forms.TextInput(
            attrs={"class": "w-code", "inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )

    def clean_code(self) -> str:
        """Return the digits."""
        typed = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", typed):
            raise forms.ValidationError(f"The code has {DIGITS} digits.")
        return typed


class QuestionForm(PlainForm):
    """What the patient asks before they sign."""

    words = forms.CharField(
        label="Your question",
        max_length=1000,
        error_messages={"required": "Write your question."},
        widget=forms.Textarea(attrs={"rows": 4, "class": "w-text"}),
    )
