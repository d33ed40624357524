"""Two records side by side: in what they differ, and what keeps them from being made one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from patients.details import FIELD_NAMES, PatientDetails, label_of, words_of
from patients.merging.moving import rows_by_kind, rows_in_cases
from patients.models import Patient

SURVIVOR, ABSORBED = "survivor", "absorbed"


@dataclass(frozen=True)
class Difference:
    """A detail that the two records have differently, or that only one of them has."""

    name: str
    label: str
    survivors: object
    absorbed: object

    @property
    def shown(self) -> tuple[object, object]:
        """The two values in words."""
        return shown(self.name, self.survivors), shown(self.name, self.absorbed)

    @property
    def likelier(self) -> str:
        """Whose value to offer: the survivor's, unless only the other record has one."""
        nothing: tuple[object, ...] = (None, "", [], "not_known")
        return ABSORBED if self.survivors in nothing and self.absorbed else SURVIVOR


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
    differing = {each.name for each in differences(survivor, absorbed)}
    details = PatientDetails.of(survivor)
    return Comparison(
        survivor=survivor,
        absorbed=absorbed,
        differences=differences(survivor, absorbed),
        same=[
            (label_of(name), shown(name, getattr(details, name)))
            for name in FIELD_NAMES
            if name not in differing and getattr(details, name) not in (None, "", [])
        ],
        survivors_rows=rows_by_kind(survivor),
        absorbed_rows=rows_by_kind(absorbed),
        obstacles=list(obstacles(survivor, absorbed)),
    )


def differences(survivor: Patient, absorbed: Patient) -> list[Difference]:
    """Return the details in which two records differ.

    How an NHS number is known goes with the number.
    """
    left, right = PatientDetails.of(survivor), PatientDetails.of(absorbed)
    return [
        Difference(name, label_of(name), getattr(left, name), getattr(right, name))
        for name in left.differing(right)
        if name != "nhs_number_status"
    ]


def shown(name: str, value: object) -> object:
    """Return a detail as people read it."""
    return words_of(name, value)


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
