"""Registering a patient and changing their details."""

from typing import Any
from uuid import UUID

from django import forms

from clinic.base.forms import PlainForm
from clinic.practice.models import Site
from clinic.staff.models import User
from patients.details import FIELD_NAMES, PatientDetails
from patients.forms.fields import (
    BirthDateField,
    LineField,
    LowerEmailField,
    NameField,
    NHSNumberField,
    ParagraphsField,
    PhoneField,
)
from patients.models import Patient

# Stands among the patients who were looked at for those of other sites, who are not shown.
ELSEWHERE = "elsewhere"


def _text(width: str, **attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": width, "autocomplete": "off", **attrs})


class DetailsForm(PlainForm):
    """Who the patient is and how to reach them."""

    title = LineField(max_length=20, required=False, widget=_text("w-code"))
    given_names = NameField(
        label="Given names",
        max_length=80,
        error_messages={"required": "Write the given names."},
        widget=_text("w-name"),
    )
    family_name = NameField(
        label="Family name",
        max_length=80,
        error_messages={"required": "Write the family name."},
        widget=_text("w-name"),
    )
    preferred_name = LineField(
        label="Likes to be called", max_length=80, required=False, widget=_text("w-name")
    )
    date_of_birth = BirthDateField(
        label="Date of birth",
        help_text="Day, month and year, such as 22 11 1980 or 22 Nov 1980",
        error_messages={"required": "Write the date of birth."},
        widget=_text("w-date", maxlength="40"),
    )
    sex = forms.ChoiceField(
        label="Sex at birth",
        choices=Patient.Sex.choices,
        initial=Patient.Sex.NOT_KNOWN,
        widget=forms.RadioSelect(attrs={"across": True}),
    )
    nhs_number = NHSNumberField(
        label="NHS number",
        max_length=40,
        required=False,
        help_text="10 digits, with or without spaces",
        widget=_text("w-nhs", inputmode="numeric"),
    )
    phone = PhoneField(
        max_length=40, required=False, widget=_text("w-phone", type="tel", inputmode="tel")
    )
    email = LowerEmailField(
        label="E-mail",
        max_length=254,
        required=False,
        error_messages={"invalid": "Write the whole address, such as name@example.org."},
        widget=forms.EmailInput(attrs={"class": "w-email", "autocomplete": "off"}),
    )
    address = ParagraphsField(
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"class": "w-text", "rows": 3, "autocomplete": "off"}),
    )
    may_text = forms.BooleanField(label="May be sent text messages", required=False, initial=True)
    may_email = forms.BooleanField(
        label="May be written to by e-mail", required=False, initial=True
    )
    reason = LineField(
        label="Reason for coming",
        max_length=200,
        required=False,
        help_text="In the patient's words",
        widget=_text("w-line"),
    )

    def details(self) -> PatientDetails:
        """Return what was typed, once it is valid."""
        return PatientDetails(**{name: self.cleaned_data[name] for name in FIELD_NAMES})


class RegistrationForm(DetailsForm):
    """A new patient: the details, and the site where they will be seen."""

    site = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        empty_label=None,
        error_messages={"required": "Choose the site where the patient will be seen."},
        widget=forms.RadioSelect(attrs={"across": True}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites_of(user)  # type: ignore[attr-defined]

    def known_matches(self) -> frozenset[UUID]:
        """Return the similar patients whom the person looked at and found to be others."""
        found = []
        for text in self._other_people():
            try:
                found.append(UUID(text))
            except ValueError:
                continue
        return frozenset(found)

    def asked_elsewhere(self) -> bool:
        """Say whether the person said that the other sites were asked."""
        return ELSEWHERE in self._other_people()

    def _other_people(self) -> list[str]:
        return str(self.data.get("other_people", "")).split()


class ChangeForm(DetailsForm):
    """The details again, with the version that the person was looking at."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class SiteForm(PlainForm):
    """One of the clinic's sites."""

    site = forms.ModelChoiceField(queryset=Site.objects.all(), empty_label=None)


def sites_of(user: User) -> Any:
    """Return the sites at which this person works; all of them when not limited."""
    sites = Site.objects.order_by("name")
    return sites.filter(pk__in=user.site_ids) if user.site_ids else sites
