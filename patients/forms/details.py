"""The details of a patient: what an enquiry tells at once, and the rest in parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField

from clinic.base.forms import PlainForm
from patients import contact, countries, postcode
from patients.details import FIELD_NAMES, PatientDetails, label_of, words_of
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
from patients.models.needs import AccessNeed, Language
from patients.models.patient import RECOGNISED_BY

PRONOUNS = ("she/her", "he/him", "they/them")
RELATIONSHIPS = ("Partner", "Husband", "Wife", "Mother", "Father", "Daughter", "Son", "Friend")
_EMAIL_WORDS = {"invalid": "Write the whole address, such as name@example.org."}


def _text(width: str, **attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": width, "autocomplete": "off", **attrs})


def _phone(label: str, help_text: str = "") -> PhoneField:
    widget = _text("w-phone", type="tel", inputmode="tel")
    return PhoneField(
        label=label, max_length=40, required=False, help_text=help_text, widget=widget
    )


def _email(label: str) -> LowerEmailField:
    return LowerEmailField(
        label=label,
        max_length=254,
        required=False,
        error_messages=_EMAIL_WORDS,
        widget=forms.EmailInput(attrs={"class": "w-email", "autocomplete": "off"}),
    )


def _line(label: str, length: int, width: str, help_text: str = "", **attrs: str) -> LineField:
    return LineField(
        label=label,
        max_length=length,
        required=False,
        help_text=help_text,
        widget=_text(width, **attrs),
    )


def _lines(label: str, rows: int) -> ParagraphsField:
    widget = forms.Textarea(attrs={"class": "w-email", "rows": rows, "autocomplete": "off"})
    return ParagraphsField(label=label, max_length=400, required=False, widget=widget)


def _name(label: str, wanted: str) -> NameField:
    return NameField(
        label=label, max_length=80, error_messages={"required": wanted}, widget=_text("w-name")
    )


def _country_choices() -> list[tuple[str, str]]:
    return [("", "Not known"), *countries.names().items()]


@dataclass(frozen=True)
class Part:
    """A titled part of the form; `rows` are fields that stand beside each other."""

    name: str
    title: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> list[str]:
        """The names of the part's fields."""
        return [name for row in self.rows for name in row]


PARTS = (
    Part(
        "person",
        "More about the patient",
        (
            ("title", "preferred_name", "pronouns"),
            ("sex",),
            ("nhs_number",),
            ("nhs_number_status",),
        ),
    ),
    Part(
        "address",
        "Address and second phone",
        (("address",), ("town", "postcode"), ("country",), ("second_phone",)),
    ),
    Part(
        "emergency",
        "Emergency contact",
        (("emergency_name", "emergency_relationship"), ("emergency_phone",)),
    ),
    Part(
        "gp",
        "GP",
        (("gp_name",), ("gp_practice",), ("gp_address",), ("gp_phone", "gp_email")),
    ),
    Part("contact", "How we may contact them", (("contact_allowed",),)),
    Part(
        "needs",
        "Language and access",
        (
            ("language", "language_words"),
            ("needs_interpreter",),
            ("access_needs",),
            ("access_note",),
        ),
    ),
    Part("heard", "How they heard of us", (("heard_of", "heard_of_words"),)),
)


@dataclass(frozen=True)
class ShownPart:
    """A part as the page shows it: its rows of fields, whether it is open, what it holds."""

    part: Part
    rows: list[list[BoundField]]
    is_open: bool
    said: str


@dataclass(frozen=True)
class Wish:
    """A row of the table of wishes: what it is about, and a box for each channel."""

    label: str
    example: str
    boxes: list[dict[str, Any]]


class DetailsForm(PlainForm):
    """Who the patient is and how to reach them."""

    given_names = _name("Given names", "Write the given names.")
    family_name = _name("Family name", "Write the family name.")
    date_of_birth = BirthDateField(
        label="Date of birth",
        required=False,
        help_text="Day, month and year, such as 22 11 1980 or 22 Nov 1980. "
        "It may be asked later where a phone number or e-mail address is known.",
        widget=_text("w-date"),
    )
    phone = _phone("Phone")
    email = _email("E-mail")
    reason = _line("Reason for coming", 200, "w-line", "In the patient's words")

    title = _line("Title", 20, "w-code")
    preferred_name = _line("Likes to be called", 80, "w-code")
    pronouns = _line("Pronouns", 30, "w-code", list="pronouns")
    sex = forms.ChoiceField(
        label="Sex at birth",
        choices=Patient.Sex.choices,
        initial=Patient.Sex.NOT_KNOWN,
        required=False,
        widget=forms.RadioSelect(attrs={"across": True}),
    )
    nhs_number = NHSNumberField(
        label="NHS number",
        max_length=40,
        required=False,
        help_text="10 digits, with or without spaces",
        widget=_text("w-nhs", inputmode="numeric"),
    )
    nhs_number_status = forms.ChoiceField(
        label="How the NHS number is known",
        choices=Patient.NhsNumberStatus.choices,
        initial=Patient.NhsNumberStatus.SAID,
        required=False,
        help_text="Another number counts as not checked until this is chosen anew.",
        widget=forms.RadioSelect,
    )

    address = _lines("Address", 2)
    town = _line("Town", 80, "w-name")
    postcode = _line("Postcode", 12, "w-code")
    country = forms.ChoiceField(
        label="Country",
        choices=_country_choices,
        required=False,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    second_phone = _phone("Second phone")

    gp_name = _line("Doctor's name", 80, "w-name")
    gp_practice = _line("Practice", 120, "w-email")
    gp_address = _lines("Address of the practice", 3)
    gp_phone = _phone("Phone of the practice")
    gp_email = _email("E-mail of the practice")

    emergency_name = _line("Name", 80, "w-name")
    emergency_relationship = _line(
        "Who they are to the patient", 60, "w-phone", list="relationships"
    )
    emergency_phone = _phone("Phone of the emergency contact")

    contact_allowed = forms.MultipleChoiceField(
        label="How we may contact them",
        choices=[(known, known) for known in contact.ALL_WAYS],
        initial=contact.usual_ways,
        required=False,
    )

    language = forms.ChoiceField(
        choices=Language.choices,
        initial=Language.ENGLISH,
        required=False,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    language_words = _line("Which other language", 60, "w-name")
    needs_interpreter = forms.BooleanField(label="An interpreter is needed", required=False)
    access_needs = forms.MultipleChoiceField(
        label="Access needs",
        choices=AccessNeed.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    access_note = _line("Other access needs", 200, "w-line")

    heard_of = forms.ChoiceField(
        label="How they heard of us",
        choices=[("", "Not asked"), *Patient.HeardOf.choices],
        required=False,
        widget=forms.Select(attrs={"class": "w-name"}),
    )
    heard_of_words = _line("Who or what it was", 120, "w-name")

    # What must be seen: what is still to be asked, or what somebody else changed meanwhile.
    to_look_at: frozenset[str] = frozenset()

    def clean_sex(self) -> str:
        """Return the sex at birth; not known where nothing was chosen."""
        return self.cleaned_data["sex"] or Patient.Sex.NOT_KNOWN

    def clean_language(self) -> str:
        """Return the language; English where nothing was chosen."""
        return self.cleaned_data["language"] or Language.ENGLISH

    def clean_contact_allowed(self) -> list[str]:
        """Return the wishes in their usual order."""
        return contact.in_order(self.cleaned_data["contact_allowed"])

    def clean_access_needs(self) -> list[str]:
        """Return the needs in their usual order."""
        return [need for need in AccessNeed.values if need in self.cleaned_data["access_needs"]]

    def clean(self) -> dict[str, Any]:
        """Check what hangs together."""
        data = super().clean() or {}
        self._check_recognisable(data)
        self._check_address(data)
        self._check_words(data)
        return data

    def _check_recognisable(self, data: dict[str, Any]) -> None:
        asked = ("date_of_birth", "phone", "email")
        if not any(data.get(name) or name in self.errors for name in asked):
            self.add_error("date_of_birth", RECOGNISED_BY)

    def _check_address(self, data: dict[str, Any]) -> None:
        if not any(data.get(name) for name in ("address", "town", "postcode")):
            if data.get("country") == countries.HOME:
                data["country"] = ""  # It stood there already; nothing of an address is known.
            return
        try:
            data["postcode"] = postcode.tidy(data.get("postcode", ""), data.get("country", ""))
        except ValueError as error:
            self.add_error("postcode", str(error))

    def _check_words(self, data: dict[str, Any]) -> None:
        is_other, words = data.get("language") == Language.OTHER, data.get("language_words")
        if is_other and not words:
            self.add_error("language_words", "Write which language it is.")
        if words and not is_other:
            said = f"Choose “{Language.OTHER.label}” for this one, or leave it empty."
            self.add_error("language_words", said)
        if data.get("heard_of") == Patient.HeardOf.OTHER and not data.get("heard_of_words"):
            self.add_error("heard_of_words", "Write what it was.")
        tells_of_somebody = data.get("emergency_phone") or data.get("emergency_relationship")
        if tells_of_somebody and not data.get("emergency_name"):
            self.add_error("emergency_name", "Write who it is.")

    def details(self) -> PatientDetails:
        """Return what was typed, once it is valid."""
        return PatientDetails(**{name: self.cleaned_data[name] for name in FIELD_NAMES})

    def parts(self) -> Iterator[ShownPart]:
        """Return the parts that follow the first questions; open is what has to be seen."""
        seen = set(self.errors) | self.to_look_at
        if self.is_bound:
            seen |= set(self.changed_data)
        for part in PARTS:
            rows = [[self[name] for name in row] for row in part.rows]
            yield ShownPart(part, rows, not seen.isdisjoint(part.names), self._said(part))

    def _said(self, part: Part) -> str:
        """Return in words what the patient's record holds of a part."""
        if "family_name" not in self.initial:
            return ""
        usual = PatientDetails(family_name="", given_names="")
        values = ((name, self.initial.get(name)) for name in part.names)
        held = [
            label_of(name).capitalize() if value is True else words_of(name, value)
            for name, value in values
            if value and value != getattr(usual, name)
        ]
        if part.name == "contact" and not held:
            return "Everything but news and offers"
        return " · ".join(held) or "Nothing yet"

    def wishes(self) -> list[Wish]:
        """Return the rows of the table of contact wishes."""
        chosen = self["contact_allowed"].value() or []
        name = self["contact_allowed"].html_name
        found = []
        for about in contact.About:
            boxes = [
                {
                    "id": f"id_{name}_{contact.ALL_WAYS.index(value)}",
                    "value": value,
                    "checked": value in chosen,
                    "label": f"{about.label} by {channel.label.lower()}",
                }
                for channel in contact.Channel
                for value in [contact.way(channel, about)]
            ]
            found.append(Wish(about.label, contact.EXAMPLES[about], boxes))
        return found

    @property
    def channels(self) -> list[str]:
        """The heads of the table of contact wishes."""
        return [str(channel.label) for channel in contact.Channel]

    @property
    def suggestions(self) -> dict[str, tuple[str, ...]]:
        """What is offered beside a field, by the name of its list."""
        return {"pronouns": PRONOUNS, "relationships": RELATIONSHIPS}

    def put_on_fields(self, error: ValidationError) -> None:
        """Put an action's error on its fields; what no field shows goes on top."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)
