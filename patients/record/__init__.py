"""What is recorded about a patient, gathered for the history page."""

from dataclasses import dataclass
from typing import Any

from patients.banner import patient_context, standing_statement
from patients.forms.diagnosis import DiagnosisForm
from patients.forms.history import (
    AllergyForm,
    HistoryForm,
    MedicineForm,
    StopForm,
)
from patients.models import Diagnosis, HistoryEntry, Medicine, MedicinesReview, Patient
from patients.pathway import ALWAYS_FOLLOWS, review_of, what_follows
from patients.record.bloods import bloods_of
from patients.record.index import index_of
from patients.record.sources import sources_of
from patients.record.statements import earlier_treatments_of, statements_of
from patients.visits import Visit, visits_of

# The form of a section that was sent and refused, by section and by row where it has several.
Bound = dict[tuple[str, object], Any]


@dataclass(frozen=True)
class TopicInWords:
    """One topic of the history: what is known now, what was written before, and the form."""

    name: str
    label: str
    latest: HistoryEntry | None
    earlier: list[HistoryEntry]
    form: HistoryForm


@dataclass(frozen=True)
class MedicineInUse:
    """A medicine that the patient takes, and the form to stop it."""

    medicine: Medicine
    form: StopForm


@dataclass(frozen=True)
class DiagnosisInWords:
    """A diagnosis, and the visit at which it was made and is corrected, if it was at one."""

    row: Diagnosis
    visit: Visit | None
    is_present: bool

    @property
    def can_be_taken_back(self) -> bool:
        """Whether it still says something, and was not made at a visit."""
        return self.row.stands and self.visit is None

    @property
    def follows(self) -> str:
        """What follows where it is taken back, in sentences; asked for the present one."""
        found = what_follows(self.row) if self.is_present else ALWAYS_FOLLOWS
        return f"It stays in the record, with your reason. {'. '.join(found)}."


def history_of(patient: Patient, *, bound: Bound, unfolded: str = "") -> dict[str, Any]:
    """Return the context of the history page, in as many queries however long the record is.

    `unfolded` is the part whose long form is wanted: "conditions", "relatives", "bloods" or
    "diagnosis".
    """
    context = {
        **patient_context(patient),
        **_allergies(patient, bound),
        **_medicines(patient, bound),
        **_diagnoses(patient, bound, unfolded),
        **statements_of(patient, bound, unfolded),
        **bloods_of(patient, bound, unfolded),
        **earlier_treatments_of(patient, bound),
        "sources": sources_of(patient.pk),
        "topics": {topic.name: topic for topic in _topics(patient, bound)},
    }
    return {**context, "index": index_of(context)}


def _allergies(patient: Patient, bound: Bound) -> dict[str, Any]:
    rows = list(patient.allergies.select_related("recorded_by", "withdrawn_by"))
    active = [row for row in rows if not row.withdrawn_at]
    return {
        "allergies": active,
        "withdrawn_allergies": [row for row in rows if row.withdrawn_at],
        "none_known": None if active else standing_statement(patient),
        "allergy_form": bound.get(("allergies", None)) or AllergyForm(),
    }


def _medicines(patient: Patient, bound: Bound) -> dict[str, Any]:
    rows = list(patient.medicines.select_related("recorded_by", "withdrawn_by"))
    standing = [row for row in rows if not row.withdrawn_at]
    taken = [row for row in standing if not row.stopped_date]
    return {
        "medicines": [
            MedicineInUse(
                medicine=row,
                form=bound.get(("medicines", row.pk)) or StopForm(medicine=row),
            )
            for row in taken
        ],
        "medicines_seen": " ".join(str(row.pk) for row in taken),
        "stopped_medicines": [row for row in standing if row.stopped_date],
        "withdrawn_medicines": [row for row in rows if row.withdrawn_at],
        **_medicines_reviewed(patient, rows),
        "medicine_form": bound.get(("medicines", None)) or MedicineForm(),
    }


def _medicines_reviewed(patient: Patient, rows: list[Medicine]) -> dict[str, Any]:
    """Return when the list was last gone through, and whether none was taken then and since."""
    reviewed = MedicinesReview.objects.newest_of(patient.pk).get("")
    recorded_later = reviewed and any(row.recorded_at > reviewed.stated_at for row in rows)
    is_taken = any(not row.withdrawn_at and not row.stopped_date for row in rows)
    takes_none = bool(reviewed and reviewed.takes_none and not recorded_later and not is_taken)
    return {"medicines_reviewed": reviewed, "takes_none": reviewed if takes_none else None}


def _diagnoses(patient: Patient, bound: Bound, unfolded: str) -> dict[str, Any]:
    of_patient = Diagnosis.objects.filter(case__patient=patient)
    people = ("case", "made_by", "replaced_by", "withdrawal__withdrawn_by")
    rows = list(of_patient.select_related(*people))
    present = next((row for row in rows if row.stands), None)
    visits = visits_of(row for row in rows if row.stands)
    made = [DiagnosisInWords(row, visits.get(row.pk), row == present) for row in rows]
    return {
        "diagnosis": present,
        "diagnosis_review": review_of(present, patient.pk),
        "diagnosis_made": next((each for each in made if each.is_present), None),
        "earlier_diagnoses": [each for each in made if not each.is_present],
        "diagnosis_form": bound.get(("diagnosis", None))
        or (DiagnosisForm(sex=patient.sex) if unfolded == "diagnosis" else None),
    }


def _topics(patient: Patient, bound: Bound) -> list[TopicInWords]:
    entries: dict[str, list[HistoryEntry]] = {name: [] for name in HistoryEntry.Topic.values}
    for entry in patient.history_entries.select_related("recorded_by"):
        entries[entry.topic].append(entry)
    return [
        TopicInWords(
            name=name,
            label=label,
            latest=entries[name][0] if entries[name] else None,
            earlier=entries[name][1:],
            form=bound.get((name, None))
            or HistoryForm(latest=entries[name][0] if entries[name] else None, topic=name),
        )
        for name, label in HistoryEntry.Topic.choices
    ]
