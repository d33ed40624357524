"""What is typed, ticked and drawn when a consent is signed."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from clinic.base.forms import PlainForm
from patients.consent.names import (
    ANOTHER_NAME,
    NOT_YOUR_NAME,
    is_own_name,
    lacks_name_reason,
)
from patients.consent.rules import NO_WAY_OF_NEWS
from patients.contact import Channel
from patients.models import Consent, ConsentTemplate, PhotoScope
from patients.signature import clean_signature

NOT_SIGNED = "Sign in the box, or open “Type the name instead” and type your name."


class SignConsentForm(PlainForm):
    """The patient's part of a consent, on the clinic's tablet.

    `signature` is a drawing as a PNG data URL; `signature_typed` a name typed in its place. Why it
    is signed early was written with the talk.
    """

    matters = forms.CharField(
        label="What matters to you",
        help_text="For example: what would make this worth it for you, or what you want to avoid.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "w-text"}),
    )
    questions = forms.CharField(
        label="Your questions",
        help_text="For example: how long it hurts. Ask before you sign; we write down what we say.",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "w-text"}),
    )
    photo_scopes = forms.MultipleChoiceField(
        label="I agree that my photos are used for",
        choices=PhotoScope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one use, or leave without signing."},
    )
    news_by = forms.MultipleChoiceField(
        label="I want to get news by",
        choices=Channel.choices,
        help_text="Only the ways that you tick are used.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NO_WAY_OF_NEWS},
    )
    agrees = forms.BooleanField(
        label="All of this is true for me",
        error_messages={"required": "Tick this if it is true. If not, ask the clinician."},
    )
    signed_name = forms.CharField(
        label="Your full name",
        max_length=160,
        error_messages={"required": "Write your name."},
        widget=forms.TextInput(attrs={"class": "w-text", "autocomplete": "off"}),
    )
    name_reason = forms.CharField(
        label="Why is another name signed than the one in the record?",
        help_text="For example: signs with her maiden name; a relative signs on his behalf.",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w-text", "autocomplete": "off"}),
    )
    signature = forms.CharField(required=False, widget=forms.HiddenInput)
    signature_typed = forms.CharField(label="Signature", required=False, max_length=120)

    def __init__(self, data: Any = None, *, consent: Consent) -> None:
        self.patient = patient = consent.patient
        super().__init__(
            data, initial={"signed_name": f"{patient.given_names} {patient.family_name}"}
        )
        if consent.template.purpose != ConsentTemplate.Purpose.PHOTOGRAPHS:
            del self.fields["photo_scopes"]
        if consent.template.purpose != ConsentTemplate.Purpose.MARKETING:
            del self.fields["news_by"]

    def clean_signature(self) -> str:
        """Return the drawing, checked; empty when nothing was drawn."""
        drawn = self.cleaned_data["signature"]
        return clean_signature(drawn) if drawn else ""

    def clean(self) -> dict[str, Any]:
        """Require a signature, drawn or typed; a typed one is the name as signed."""
        cleaned = super().clean() or self.cleaned_data
        typed = cleaned.get("signature_typed", "")
        is_wrong = "signature" in self.errors or "signature_typed" in self.errors
        if not cleaned.get("signature") and not typed and not is_wrong:
            self.add_error("signature_typed", NOT_SIGNED)
        if signed := self._signed_name():
            self._check_name(signed, cleaned)
        return cleaned

    def _check_name(self, signed: str, cleaned: dict[str, Any]) -> None:
        if lacks_name_reason(self.patient, signed, cleaned.get("name_reason", "")):
            self.add_error("name_reason", ANOTHER_NAME)

    def _signed_name(self) -> str:
        """Return the name that would be signed: beside a drawing, or typed in its place."""
        cleaned = self.cleaned_data
        name = "signed_name" if cleaned.get("signature") else "signature_typed"
        return str(cleaned.get(name, ""))

    @property
    def asks_about_name(self) -> bool:
        """Whether the question about another name is to be shown."""
        return "name_reason" in self.errors or bool(self["name_reason"].value())

    @property
    def signature_error(self) -> str:
        """What is wrong with the signature, drawn or typed, in one sentence."""
        errors = [*self.errors.get("signature", []), *self.errors.get("signature_typed", [])]
        return " ".join(str(error) for error in errors)

    @property
    def drawn_before(self) -> str:
        """The drawing that was sent and is in order, to be put back when the form returns."""
        return self.cleaned_data.get("signature", "") if self.is_bound else ""

    def values(self) -> dict[str, Any]:
        """Return the arguments of `patients.actions.consents.sign_consent`."""
        return {
            "signed_name": self._signed_name(),
            "signature_png": self.cleaned_data["signature"],
            "name_reason": self.cleaned_data.get("name_reason", ""),
            "questions": self.cleaned_data.get("questions", ""),
            "matters": self.cleaned_data["matters"],
            "photo_scopes": self.cleaned_data.get("photo_scopes", []),
            "news_by": self.cleaned_data.get("news_by", []),
        }


class SignByLinkForm(SignConsentForm):
    """The same part on the patient's own phone, where nobody sits beside them.

    Questions are asked before. Nobody could say who signs with another name than the patient's, so
    that is refused. `read` is the digest of the text as this page showed it.
    """

    read = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, consent: Consent, read: str) -> None:
        super().__init__(data, consent=consent)
        del self.fields["questions"], self.fields["name_reason"]
        self.initial["read"] = read
        # A name is a signature: it is typed by who signs, not filled in.
        self.initial["signed_name"] = ""
        self.fields["agrees"].error_messages["required"] = (
            "Tick this if it is true. If not, ask us first."
        )

    def _check_name(self, signed: str, cleaned: dict[str, Any]) -> None:
        if not is_own_name(self.patient, signed):
            is_drawn = bool(cleaned.get("signature"))
            self.add_error("signed_name" if is_drawn else "signature_typed", NOT_YOUR_NAME)

    def take(self, error: ValidationError) -> None:
        """Put a refusal on the form: beside its field where this form has it, else on top."""
        told = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error}
        for name, words in told.items():
            self.add_error(name if name in self.fields else None, words)

    def values(self) -> dict[str, Any]:
        """Return what signing by a link wants to know."""
        values = super().values()
        del values["questions"], values["name_reason"]
        return values | {"read": self.cleaned_data["read"]}
