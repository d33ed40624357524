"""Blood results, gathered for the history page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from patients.analytes import Analyte
from patients.forms.bloods import BloodsForm
from patients.models import BloodResult, BloodSample, Patient

DAYS_SHOWN = 4
"""How many days the table has, the last one first; all results stand under it."""


@dataclass(frozen=True)
class Course:
    """One analyte through the days: for each day what was found."""

    name: str
    days: list[list[BloodResult]]


@dataclass(frozen=True)
class Report:
    """One sample, and what of its report stands."""

    sample: BloodSample
    results: list[BloodResult]


def bloods_of(
    patient: Patient, bound: dict[tuple[str, object], Any], unfolded: str
) -> dict[str, Any]:
    """Return the results as a table by day, as reports, those withdrawn, and the form if wanted."""
    sent = bound.get(("bloods", None))
    rows = list(
        patient.blood_results.select_related(
            "sample", "sample__recorded_by", "withdrawn_by"
        ).order_by("-sample__taken_date", "-sample__recorded_at", "-sample", "id")
    )
    standing = [row for row in rows if not row.withdrawn_at]
    days = list(dict.fromkeys(row.sample.taken_date for row in standing))[:DAYS_SHOWN]
    return {
        "blood_days": days,
        "blood_courses": _courses(standing, days),
        "blood_reports": _reports(standing),
        "withdrawn_bloods": [row for row in rows if row.withdrawn_at],
        "bloods_form": sent or (BloodsForm() if unfolded == "bloods" else None),
    }


def _courses(rows: list[BloodResult], days: list[date]) -> list[Course]:
    found: dict[tuple[int, str], list[list[BloodResult]]] = {}
    for row in rows:
        if row.sample.taken_date in days:
            cells = found.setdefault(_place(row), [[] for _ in days])
            cells[days.index(row.sample.taken_date)].append(row)
    return [Course(name, cells) for (_, name), cells in sorted(found.items())]


def _reports(rows: list[BloodResult]) -> list[Report]:
    reports: dict[Any, Report] = {}
    for row in rows:
        reports.setdefault(row.sample_id, Report(row.sample, [])).results.append(row)
    for report in reports.values():
        report.results.sort(key=_place)
    return list(reports.values())


def _place(row: BloodResult) -> tuple[int, str]:
    """Return where a result stands among the others of a day."""
    return Analyte.values.index(row.analyte), row.name
