"""What reception knows of a patient."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from clinic.base.templatetags.anagen import NOT_KNOWN, day, nhs
from patients import contact, countries, phone
from patients.models import Patient
from patients.models.needs import AccessNeed, Language

_PHONES = {"phone", "second_phone", "gp_phone", "emergency_phone"}


@dataclass(frozen=True)
class PatientDetails:
    """Everything that the registration form asks; the names are those of `Patient`'s fields.

    Phone numbers are E.164 or empty, `nhs_number` ten digits or None, e-mail addresses lower case;
    `contact_allowed` is in the order of `contact.ALL_WAYS`. Who only enquired may have told no
    date of birth; a phone number or an e-mail address is known then.
    """

    family_name: str
    given_names: str
    date_of_birth: date | None = None
    title: str = ""
    preferred_name: str = ""
    pronouns: str = ""
    sex: str = Patient.Sex.NOT_KNOWN
    nhs_number: str | None = None
    nhs_number_status: str = ""
    email: str = ""
    phone: str = ""
    second_phone: str = ""
    address: str = ""
    town: str = ""
    postcode: str = ""
    country: str = ""
    gp_name: str = ""
    gp_practice: str = ""
    gp_address: str = ""
    gp_phone: str = ""
    gp_email: str = ""
    emergency_name: str = ""
    emergency_relationship: str = ""
    emergency_phone: str = ""
    contact_allowed: list[str] = field(default_factory=contact.usual_ways)
    language: str = Language.ENGLISH
    language_words: str = ""
    needs_interpreter: bool = False
    access_needs: list[str] = field(default_factory=list)
    access_note: str = ""
    reason: str = ""
    heard_of: str = ""
    heard_of_words: str = ""

    @classmethod
    def of(cls, row: Any) -> "PatientDetails":
        """Return the details that a patient, or a past version of one, holds."""
        return cls(**{name: getattr(row, name) for name in FIELD_NAMES})

    def differing(self, other: "PatientDetails") -> list[str]:
        """Return the names of the fields in which two sets of details differ."""
        return [name for name in FIELD_NAMES if getattr(self, name) != getattr(other, name)]

    def after(self, before: "PatientDetails | None") -> "PatientDetails":
        """Return these details with the check of the NHS number that is true of them.

        What was checked is the number that stood there: another number counts as given by the
        patient, unless its own check was chosen with it.
        """
        status = self.nhs_number_status or Patient.NhsNumberStatus.SAID
        if self.nhs_number is None:
            status = ""
        elif before and before.nhs_number not in (None, self.nhs_number):
            unchanged = status == before.nhs_number_status
            status = Patient.NhsNumberStatus.SAID if unchanged else status
        return replace(self, nhs_number_status=str(status))


FIELD_NAMES = tuple(field.name for field in fields(PatientDetails))


def label_of(name: str) -> str:
    """Return a field's name in words."""
    return str(getattr(Patient._meta.get_field(name), "verbose_name", name))


def words_of(name: str, value: Any) -> str:
    """Return what a field holds as people read it; "Not known" where it holds nothing."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return str(day(value))
    if name == "contact_allowed":
        return contact.in_words(value)
    if name == "access_needs":
        return ", ".join(need.label for need in AccessNeed if need in value) or "None"
    if not value:
        return NOT_KNOWN
    return _text_in_words(name, str(value))


def _text_in_words(name: str, value: str) -> str:
    if name in _PHONES:
        return phone.readable(value)
    if name == "country":
        return countries.name_of(value)
    if name == "nhs_number":
        return nhs(value)
    choices = dict(Patient._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, ", ".join(value.splitlines())))
