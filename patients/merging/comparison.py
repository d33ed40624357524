"""Two records side by side: in what they differ, and what keeps them from being made one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from patients.details import FIELD_NAMES, PatientDetails, label_of, words_of
from patients.merging.moving import rows_by_kind, rows_in_cases
from patients.models import Patient

SURVIVOR, ABSORBED = "survivor", "absorbed"


# Details that say something only together: one choice for all of each.
_TOGETHER: dict[str, tuple[str, ...]] = {
    "NHS number": ("nhs_number", "nhs_number_status"),
    "address": ("address", "town", "postcode", "country"),
    "GP": ("gp_name", "gp_practice", "gp_address", "gp_phone", "gp_email"),
    "emergency contact": ("emergency_name", "emergency_relationship", "emergency_phone"),
    "language": ("language", "language_words", "needs_interpreter"),
    "access needs": ("access_needs", "access_note"),
    "how they heard of us": ("heard_of", "heard_of_words"),
}
_NOTHING: tuple[object, ...] = (None, "", [], "not_known", False)


@dataclass(frozen=True)
class Detail:
    """What is chosen as one: a field of the details, or several that belong together."""

    label: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of its first field, which stands for all."""
        return self.names[0]

    def of(self, details: PatientDetails) -> tuple[object, ...]:
        """Return the values of its fields."""
        return tuple(getattr(details, name) for name in self.names)

    def in_words(self, details: PatientDetails) -> str:
        """Return what it says, a line for each field that says something."""
        said = [
            words_of(name, value)
            for name, value in zip(self.names, self.of(details), strict=True)
            if value not in _NOTHING
        ]
        return "\n".join(said) or words_of(self.name, self.of(details)[0])


def all_details() -> list[Detail]:
    """Return everything that is chosen when two records become one, in the form's order."""
    grouped = {name: Detail(label, names) for label, names in _TOGETHER.items() for name in names}
    each = (grouped.get(name, Detail(label_of(name), (name,))) for name in FIELD_NAMES)
    return list(dict.fromkeys(each))


@dataclass(frozen=True)
class Difference:
    """A detail that the two records have differently, or that only one of them has."""

    detail: Detail
    survivors: PatientDetails
    absorbed: PatientDetails

    @property
    def name(self) -> str:
        """The name of the detail."""
        return self.detail.name

    @property
    def label(self) -> str:
        """What the detail is called."""
        return self.detail.label

    @property
    def shown(self) -> tuple[str, str]:
        """What the two records say, in words."""
        return self.detail.in_words(self.survivors), self.detail.in_words(self.absorbed)

    @property
    def likelier(self) -> str:
        """Whose value to offer: the survivor's, unless only the other record has one."""
        says_nothing = all(value in _NOTHING for value in self.detail.of(self.survivors))
        return ABSORBED if says_nothing else SURVIVOR


@dataclass(frozen=True)
class Comparison:
    """What is shown before two records are made one."""

    survivor: Patient
    absorbed: Patient
    differences: list[Difference]
    same: list[tuple[str, object]]
    survivors_rows: Mapping[str, int]
    absorbed_rows: Mapping[str, int]
    obstacles: list[str]

    @property
    def kinds(self) -> list[tuple[str, int, int]]:
        """How many rows of each kind the survivor and the absorbed patient have."""
        names = sorted({*self.survivors_rows, *self.absorbed_rows})
        return [
            (name, self.survivors_rows.get(name, 0), self.absorbed_rows.get(name, 0))
            for name in names
        ]


def compare(survivor: Patient, absorbed: Patient) -> Comparison:
    """Put two records side by side."""
    details = PatientDetails.of(survivor)
    differing = differences(survivor, absorbed)
    names = {each.name for each in differing}
    return Comparison(
        survivor=survivor,
        absorbed=absorbed,
        differences=differing,
        same=[
            (detail.label, detail.in_words(details))
            for detail in all_details()
            if detail.name not in names and any(v not in _NOTHING for v in detail.of(details))
        ],
        survivors_rows=rows_by_kind(survivor),
        absorbed_rows=rows_by_kind(absorbed),
        obstacles=list(obstacles(survivor, absorbed)),
    )


def differences(survivor: Patient, absorbed: Patient) -> list[Difference]:
    """Return the details in which two records differ."""
    left, right = PatientDetails.of(survivor), PatientDetails.of(absorbed)
    return [
        Difference(detail, left, right)
        for detail in all_details()
        if detail.of(left) != detail.of(right)
    ]


def obstacles(survivor: Patient, absorbed: Patient) -> Iterator[str]:
    """Return in sentences what must be done before two records can be made one."""
    if survivor.pk == absorbed.pk:
        yield "These are the same record."
        return
    open_cases = [patient.cases.open().first() for patient in (survivor, absorbed)]
    if not all(open_cases):
        return
    filled = rows_in_cases(case for case in open_cases[1:] if case)
    if filled and rows_in_cases(case for case in open_cases[:1] if case):
        yield (
            f"Both have an open case in which something happened ({', '.join(filled)} in that of"
            f" {absorbed.number}). Close one of them first: a patient has one open case."
        )
    elif filled:
        yield (
            f"The open case of {absorbed.number} has something in it, that of {survivor.number}"
            f" nothing. Keep {absorbed.number} instead."
        )
