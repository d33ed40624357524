"""What is still to be asked of a patient who was registered in a hurry."""

from dataclasses import dataclass

from patients.models import Patient


@dataclass(frozen=True)
class Missing:
    """A detail that is not known yet: in words, and the field in which it is written."""

    words: str
    field: str


def to_complete(patient: Patient) -> list[Missing]:
    """Return the details that a clinic needs of everybody whom it treats, as far as missing.

    A GP is not among them: a private patient need not have one.
    """
    known = (
        (patient.date_of_birth, "date of birth", "date_of_birth"),
        (patient.phone, "phone", "phone"),
        (patient.address_lines, "address", "address"),
        (patient.emergency_name, "emergency contact", "emergency_name"),
    )
    return [Missing(words, name) for value, words, name in known if not value]
