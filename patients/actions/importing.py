"""Bringing in a file of patients: chosen, understood, checked, decided on, given up.

What a worker does with it is in `patients.actions.import_work`.
"""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Q

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.after_commit import start
from clinic.practice.models import Site
from clinic.staff.models import User
from patients.actions.import_checking import compare
from patients.details import PatientDetails
from patients.exchange.columns import suggested
from patients.exchange.limits import MOST_BYTES, MOST_COLUMNS, UnreadableFileError
from patients.exchange.rows import details_from
from patients.exchange.sheets import Format, first_lines, format_of, header_line, headers_of
from patients.models import ImportRow, ImportSource, Patient, PatientImport

LINES_LOOKED_AT = 30
KEEP_UNFINISHED = timedelta(days=7)
KEEP_ROWS = timedelta(days=30)
_CHANGED = "This import went on meanwhile. Look at the page again."
State, Outcome, Decision = PatientImport.State, ImportRow.Outcome, ImportRow.Decision


@transaction.atomic
def upload(
    *, by: User, source: str, site: Site, file: File, filename: str, now: datetime
) -> PatientImport:
    """Keep a file privately and look at how it is written.

    Raises `ValidationError` for a file that cannot be read.
    """
    if not by.works_at(site.pk):
        raise ValidationError({"site": "Choose a site where you work."})
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError({"file": f"The file is larger than {MOST_BYTES >> 20} MB."})
    row = PatientImport(
        source=_source(source),
        site=site,
        uploaded_at=now,
        uploaded_by=by,
        filename=filename[-120:],
    )
    row.file.save(f"{row.pk}", file, save=False)
    try:
        row.reading = _first_reading(row)
        row.full_clean()
        row.save(force_insert=True)
    except (UnreadableFileError, ValidationError) as error:
        row.file.delete(save=False)
        if isinstance(error, UnreadableFileError):
            raise ValidationError({"file": str(error)}) from error
        raise
    audit.record(Kind.IMPORT_UPLOADED, by=by, subject=row, source=row.source.name)
    return row


def _source(name: str) -> ImportSource:
    tidy = " ".join(name.split())
    known = ImportSource.objects.filter(name__iexact=tidy).first()
    return known or ImportSource.check_and_create(name=tidy)


def _first_reading(row: PatientImport) -> dict[str, Any]:
    """Return how the file seems to be written, with what was chosen for its source last time."""
    path = Path(row.file.path)
    how = format_of(path)
    lines = first_lines(path, how, LINES_LOOKED_AT)
    saved = row.source.reading
    number = header_line(lines)
    headers = headers_of(next(line for line in lines if line.number == number))
    columns = suggested(headers, saved.get("columns", {}))
    kept = {name: saved[name] for name in saved if name != "columns"}
    return {
        **kept,
        "format": how.as_json(),
        "header": number,
        "headers": headers,
        "columns": columns,
        "remembered": bool(saved),
    }


@transaction.atomic
def read_anew(
    *, by: User, which: PatientImport, encoding: str, delimiter: str, header: int
) -> PatientImport:
    """Read the file with another encoding or delimiter, or another line as the header."""
    row = _waiting(which, (State.UPLOADED, State.EXAMINED, State.CHECKED))
    how = Format.of(row.reading["format"])
    if how.kind == "csv":
        how = Format("csv", encoding, delimiter)
    try:
        lines = first_lines(Path(row.file.path), how, LINES_LOOKED_AT)
    except UnreadableFileError as error:
        raise ValidationError({"encoding": str(error)}) from error
    line = next((line for line in lines if line.number == header), None)
    if line is None or line.is_empty:
        raise ValidationError({"header": "This line is empty or further down than is looked at."})
    headers = headers_of(line)[:MOST_COLUMNS]
    columns = suggested(headers, row.source.reading.get("columns", {}))
    row.reading |= {
        "format": how.as_json(),
        "header": header,
        "headers": headers,
        "columns": columns,
    }
    row.state = State.UPLOADED
    row.save()
    return row


@transaction.atomic
def choose_columns(*, by: User, which: PatientImport, columns: list[str]) -> None:
    """Say what each column holds, and have the file examined."""
    row = _waiting(which, (State.UPLOADED, State.EXAMINED, State.CHECKED))
    row.reading |= {"columns": columns}
    _set_to_work(row, State.EXAMINING)


@transaction.atomic
def choose_reading(
    *, by: User, which: PatientImport, choices: dict[str, Any], all_or_nothing: bool
) -> None:
    """Say in which order dates and names stand and the like, and have every row checked.

    The choices are kept for the next file of the source.
    """
    row = _waiting(which, (State.EXAMINED, State.CHECKED))
    row.reading |= choices
    row.all_or_nothing = all_or_nothing
    source = ImportSource.objects.select_for_update().get(pk=row.source_id)
    named = zip(row.reading["headers"], row.reading["columns"], strict=False)
    columns = {**source.reading.get("columns", {}), **dict(named)}
    source.reading = {**source.reading, **choices, "columns": columns}
    source.check_and_save()
    _set_to_work(row, State.CHECKING)


@transaction.atomic
def decide(
    *, by: User, which: PatientImport, row_id: UUID, decision: str, patient_id: UUID | None
) -> ImportRow:
    """Say whose a row is that may be of somebody registered. "" takes a decision back."""
    _waiting(which, (State.CHECKED,))
    row = ImportRow.objects.select_for_update().get(pk=row_id, part_of=which)
    if row.outcome != Outcome.POSSIBLE:
        raise ValidationError("There is nothing to decide about this row.")
    if decision == Decision.OTHER and row.certain:
        raise ValidationError("One NHS number is never that of two people.")
    match = row.match_of(patient_id) if decision == Decision.SAME else None
    if decision == Decision.SAME and match is None:
        raise ValidationError("Choose which of the patients it is.")
    row.decision, row.changes, row.conflicts = decision, [], []
    row.found_id, row.found_number, row.revision = None, "", None
    if match:
        _compare_with(by, row, match)
    row.check_and_save()
    return row


def _compare_with(by: User, row: ImportRow, match: dict[str, Any]) -> None:
    """Say what the row changes in the record of the patient whom it is about."""
    patient = Patient.objects.visible_to(by).filter(pk=match["id"]).first()
    if patient is None:
        raise ValidationError("This patient's record is not there any more. Check the file again.")
    stored = PatientDetails.of(patient)
    row.found_id, row.found_number, row.revision = patient.pk, patient.number, patient.revision
    compare(row, stored, details_from(row.values, stored).after(stored), {})


@transaction.atomic
def decide_all(*, by: User, which: PatientImport, decision: str) -> int:
    """Decide at once about all rows that nobody decided about yet; return how many."""
    _waiting(which, (State.CHECKED,))
    rows = ImportRow.objects.filter(part_of=which, outcome=Outcome.POSSIBLE, decision="")
    if decision == Decision.LEAVE:
        return rows.update(decision=decision)
    raise ValidationError("Who somebody is, is decided for each row.")


@transaction.atomic
def choose_theirs(*, by: User, which: PatientImport, row_id: UUID, takes_theirs: bool) -> None:
    """Say whether a row overwrites what was changed here since the last import."""
    _waiting(which, (State.CHECKED,))
    row = ImportRow.objects.select_for_update().get(pk=row_id, part_of=which)
    row.takes_theirs = takes_theirs
    row.check_and_save()


@transaction.atomic
def begin(*, by: User, which: PatientImport, now: datetime) -> None:
    """Have a checked file imported. All or nothing is refused while a row is not clear."""
    row = _waiting(which, (State.CHECKED,))
    if not by.works_at(row.site_id):
        raise ValidationError("This file goes to a site where you do not work.")
    if _changes_unseen(by, row):
        raise ValidationError(
            "This file changes records that you may not see. Whoever uploaded it can import it."
        )
    if row.all_or_nothing and (open_rows := unclear_rows(row)):
        raise ValidationError(
            f"{open_rows} rows have errors or are undecided. Correct the file, decide about them, "
            "or import row by row, which leaves them out."
        )
    row.started_at, row.started_by = now, by
    rows = row.rows.exclude(outcome=Outcome.EMPTY).count()
    audit.record(Kind.IMPORT_STARTED, by=by, subject=row, source=row.source.name, rows=rows)
    _set_to_work(row, State.IMPORTING)


@transaction.atomic
def choose_mode(*, by: User, which: PatientImport, all_or_nothing: bool) -> None:
    """Choose between all or nothing and row by row, once the file is checked."""
    row = _waiting(which, (State.CHECKED,))
    row.all_or_nothing = all_or_nothing
    row.check_and_save()


@transaction.atomic
def give_up(*, by: User | None, which: PatientImport, now: datetime) -> None:
    """Import nothing of a file, and remove it."""
    row = _waiting(which, (State.UPLOADED, State.EXAMINED, State.CHECKED))
    end(row, State.GIVEN_UP, now=now)
    row.rows.all().delete()
    audit.record(Kind.IMPORT_GIVEN_UP, by=by, subject=row, source=row.source.name)


def end(row: PatientImport, state: str, *, now: datetime, failure: str = "") -> None:
    """Note that nothing more is done with an import, and remove its file."""
    name = row.file.name
    storage = row.file.storage
    row.state, row.over_at, row.failure, row.file = state, now, failure, ""
    row.check_and_save()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def unclear_rows(which: PatientImport) -> int:
    """Count the rows that would be left out though nobody said so."""
    undecided = which.rows.filter(outcome=Outcome.POSSIBLE, decision="").count()
    return undecided + which.rows.filter(outcome=Outcome.ERROR).count()


def _changes_unseen(by: User, which: PatientImport) -> bool:
    """Say whether the file would touch a record of a site where this person does not work."""
    seen = Patient.objects.visible_to(by).values("pk")
    known = Q(outcome__in=[Outcome.UPDATE, Outcome.UNCHANGED]) | Q(decision=Decision.SAME)
    return which.rows.filter(known).exclude(found_id__in=seen).exists()


def clear_old(now: datetime) -> None:
    """Give up what lies about for a week; remove the rows of what has long been over."""
    asleep = PatientImport.objects.filter(
        over_at__isnull=True, uploaded_at__lt=now - KEEP_UNFINISHED
    ).exclude(state__in=PatientImport.AT_WORK)
    for row in asleep:
        give_up(by=None, which=row, now=now)
    long_over = PatientImport.objects.filter(over_at__lt=now - KEEP_ROWS)
    ImportRow.objects.filter(part_of__in=long_over).delete()


def _waiting(which: PatientImport, states: tuple[PatientImport.State, ...]) -> PatientImport:
    """Return the import, held; refuse where it is not in one of these states any more."""
    row = PatientImport.objects.select_for_update().get(pk=which.pk)
    if row.state not in states:
        raise ValidationError(_CHANGED)
    return row


def _set_to_work(row: PatientImport, state: PatientImport.State) -> None:
    from patients import tasks

    row.state, row.tries, row.failure = state, 0, ""
    row.check_and_save()
    start(tasks.work_on_import, str(row.pk))
