"""What reception knows of a patient."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from patients.models import Patient


@dataclass(frozen=True)
class PatientDetails:
    """Everything that the registration form asks; the names are those of `Patient`'s fields.

    `phone` is E.164 or empty, `nhs_number` ten digits or None, `email` lower case.
    """

    family_name: str
    given_names: str
    date_of_birth: date
    title: str = ""
    preferred_name: str = ""
    sex: str = Patient.Sex.NOT_KNOWN
    nhs_number: str | None = None
    email: str = ""
    phone: str = ""
    address: str = ""
    reason: str = ""
    may_email: bool = True
    may_text: bool = True

    @classmethod
    def of(cls, row: Any) -> "PatientDetails":
        """Return the details that a patient, or a past version of one, holds."""
        return cls(**{name: getattr(row, name) for name in FIELD_NAMES})

    def differing(self, other: "PatientDetails") -> list[str]:
        """Return the names of the fields in which two sets of details differ."""
        return [name for name in FIELD_NAMES if getattr(self, name) != getattr(other, name)]


FIELD_NAMES = tuple(field.name for field in fields(PatientDetails))


def label_of(name: str) -> str:
    """Return a field's name in words."""
    return str(getattr(Patient._meta.get_field(name), "verbose_name", name))
