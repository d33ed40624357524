"""Importing a checked file: in one transaction, or batch by batch.

Whoever is registered at a desk meanwhile is seen: before anything is committed nobody else may
register, and all new rows are compared with the patients once more.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.in_bulk import insert_all, update_all
from clinic.staff.models import User
from patients.actions.import_checking import (
    Tell,
    counted,
    hold_back,
    in_batches,
    known_by,
)
from patients.actions.importing import end
from patients.actions.registration import before_anybody_else_registers
from patients.details import FIELD_NAMES, PatientDetails, label_of
from patients.exchange.rows import Problem, details_from
from patients.exchange.twins import twins
from patients.models import (
    Case,
    ImportRow,
    OtherNumber,
    Patient,
    PatientImport,
    SiteRegistration,
)
from patients.numbers import take_numbers

State, Outcome, Decision = PatientImport.State, ImportRow.Outcome, ImportRow.Decision
CHANGED_SINCE = "This record was changed here since the check. Check the file again."
IMPORTED_SINCE = "This number was imported meanwhile. Check the file again."
REFUSED = "The database refused this row: a number in it is another patient's by now."


class StoppedError(Exception):
    """Something came between the check and the import; nothing of the file was written."""


def write(which: PatientImport, *, tell: Tell, now: datetime) -> None:
    """Write the rows that are clear, and end the import.

    All or nothing: in one transaction; raises `StoppedError` where a row cannot be written. Row
    by row: in one transaction for each batch; such a row is left out and says why.
    """
    whole = which.all_or_nothing
    with transaction.atomic() if whole else _nothing():
        writer = _Writer(which, now)
        todo = list(_clear(which).values_list("pk", flat=True))
        done = which.rows.filter(written_at__isnull=False).count()
        all_of_it = done + len(todo)
        for ids in in_batches(todo):
            with _nothing() if whole else transaction.atomic():
                writer.write_batch(ids)
            done += len(ids)
            tell(done, all_of_it)
        if whole:
            _look_once_more(which, writer.by)
        _finish(which, now)


def _nothing() -> AbstractContextManager[None]:
    return nullcontext()


def _clear(which: PatientImport) -> Any:
    """Return the rows that are to be written and were not yet.

    Who is registered comes first: records that are there are held for as short as possible, and
    in the order of their keys.
    """
    rows = which.rows.filter(written_at__isnull=True)
    plain = rows.filter(outcome__in=[Outcome.NEW, Outcome.UPDATE, Outcome.UNCHANGED])
    decided = rows.filter(outcome=Outcome.POSSIBLE, decision__in=[Decision.OTHER, Decision.SAME])
    return (plain | decided).order_by(F("found_id").asc(nulls_first=True), "number")


def _look_once_more(which: PatientImport, by: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    before_anybody_else_registers()
    new = which.rows.filter(outcome__in=[Outcome.NEW, Outcome.POSSIBLE], written_at__isnull=False)
    ids = list(new.exclude(decision=Decision.SAME).values_list("pk", flat=True))
    if ids and hold_back(twins(which, rows=ids), by):
        raise StoppedError(
            "Somebody like a person in this file was registered here since the check. "
            "Nothing was imported; check the file again."
        )


def _finish(which: PatientImport, now: datetime) -> None:
    """Count, tell, and forget what the written rows said."""
    with transaction.atomic():
        written = which.rows.filter(written_at__isnull=False)
        new = written.exclude(decision=Decision.SAME)
        counts = {
            "registered": new.filter(outcome__in=[Outcome.NEW, Outcome.POSSIBLE]).count(),
            "updated": written.filter(outcome=Outcome.UPDATE).count()
            + written.filter(decision=Decision.SAME).count(),
        }
        which.counts = counted(which) | counts
        written.update(values={}, changes=[], conflicts=[], matches=[], notes=[])
        end(which, State.DONE, now=now)
        audit.record(
            Kind.IMPORT_DONE,
            by=which.started_by,
            subject=which,
            source=which.source.name,
            new=counts["registered"],
            updated=counts["updated"],
        )


class _Writer:
    """Writes batches of rows, each with everything that belongs to it."""

    def __init__(self, which: PatientImport, now: datetime) -> None:
        if which.started_by is None:
            raise StoppedError("Nobody started this import.")
        self.which = which
        self.by = which.started_by
        self.now = now

    def write_batch(self, ids: list[UUID]) -> None:
        """Write rows; in row by row mode what cannot be written is left out."""
        if not self.which.all_or_nothing and (to_register := self._to_register(ids)):
            before_anybody_else_registers()
            hold_back(twins(self.which, rows=to_register), self.by)
        rows = list(_clear(self.which).filter(pk__in=ids))
        new = [row for row in rows if self._is_new(row)]
        others = [row for row in rows if not self._is_new(row)]
        known = known_by(self.which, [row.external_id for row in new])
        self._leave_out([row for row in new if row.external_id in known], IMPORTED_SINCE)
        self._all_or_each([row for row in new if row.external_id not in known], self._register)
        self._all_or_each(others, self._update)

    def _to_register(self, ids: list[UUID]) -> list[UUID]:
        rows = ImportRow.objects.filter(pk__in=ids).defer("matches", "values")
        return [row.pk for row in rows if self._is_new(row)]

    def _is_new(self, row: ImportRow) -> bool:
        return row.outcome == Outcome.NEW or row.decision == Decision.OTHER

    def _all_or_each(self, rows: list[ImportRow], do: Callable[[list[ImportRow]], None]) -> None:
        """Do it for all; where the database refuses, for each half, down to the row at fault."""
        if not rows:
            return
        try:
            with transaction.atomic():
                do(rows)
        except DatabaseError:
            if len(rows) == 1:
                self._leave_out(rows, REFUSED)
                return
            half = len(rows) // 2
            self._all_or_each(rows[:half], do)
            self._all_or_each(rows[half:], do)

    def _leave_out(self, rows: list[ImportRow], why: str) -> None:
        if rows and self.which.all_or_nothing:
            raise StoppedError(f"Line {rows[0].number}: {why} Nothing was imported.")
        for row in rows:
            row.outcome = Outcome.ERROR
            row.problems = [Problem("", row.external_id, why).as_json()]
        update_all(rows, ["outcome", "problems"])

    # -- new patients -------------------------------------------------------------------------

    def _register(self, rows: list[ImportRow]) -> None:
        numbers = take_numbers(len(rows))
        patients = [
            Patient(number=number, **_fields(details_from(row.values).after(None)))
            for number, row in zip(numbers, rows, strict=True)
        ]
        insert_all(patients)
        insert_all([SiteRegistration(patient=each, site=self.which.site) for each in patients])
        cases = [Case(patient=patient, opened_at=self.now) for patient in patients]
        insert_all(cases)
        pairs = list(zip(rows, patients, strict=True))
        self._keep_numbers(pairs)
        self._tell_registered(pairs, cases)
        self._mark(pairs)

    def _keep_numbers(self, pairs: Iterable[tuple[ImportRow, Patient]]) -> None:
        source = self.which.source.name
        insert_all(
            [
                OtherNumber(
                    patient=patient, source=source, number=row.external_id, imported=row.values
                )
                for row, patient in pairs
                if row.external_id
            ]
        )

    def _tell_registered(self, pairs: list[tuple[ImportRow, Patient]], cases: list[Case]) -> None:
        audit.record_many(
            Kind.PATIENT_REGISTERED,
            by=self.by,
            of=[(each.pk, each, {"number": each.number, "imported": True}) for _, each in pairs],
        )
        audit.record_many(
            Kind.CASE_OPENED, by=self.by, of=[(case.patient_id, case, {}) for case in cases]
        )
        others = [(row, each) for row, each in pairs if row.decision == Decision.OTHER]
        audit.record_many(
            Kind.ANOTHER_PERSON,
            by=self.by,
            of=[(each.pk, each, {"who": _who(row)}) for row, each in others],
        )

    # -- patients who are there ---------------------------------------------------------------

    def _update(self, rows: list[ImportRow]) -> None:
        """Change the records of rows, held so that nobody else changes them meanwhile.

        What stands there is read anew each time: a batch that was refused comes back in halves.
        """
        wanted = sorted({row.found_id for row in rows if row.found_id})
        locked = Patient.objects.select_for_update(no_key=True).filter(pk__in=wanted)
        patients = {patient.pk: patient for patient in locked.order_by("pk")}
        pairs: list[tuple[ImportRow, Patient]] = []
        stale: list[ImportRow] = []
        changed: dict[UUID, list[str]] = {}
        for row in rows:
            patient = patients.get(row.found_id) if row.found_id else None
            if patient is None or self._is_stale(row, patient):
                stale.append(row)
                continue
            if names := self._change(row, patient):
                changed[patient.pk] = names
            pairs.append((row, patient))
        self._leave_out(stale, CHANGED_SINCE)
        self._save_changed([patients[pk] for pk in changed], changed)
        self._keep_what_was_said(pairs)
        self._mark(pairs)

    def _is_stale(self, row: ImportRow, patient: Patient) -> bool:
        return row.revision is not None and row.revision != patient.revision

    def _save_changed(self, patients: list[Patient], changed: dict[UUID, list[str]]) -> None:
        fields = {name for names in changed.values() for name in names}
        update_all(patients, [*sorted(fields), "revision"])
        audit.record_many(
            Kind.PATIENT_EDITED,
            by=self.by,
            of=[
                (each.pk, each, {"fields": ", ".join(label_of(name) for name in changed[each.pk])})
                for each in patients
            ],
        )

    def _keep_what_was_said(self, pairs: list[tuple[ImportRow, Patient]]) -> None:
        known = known_by(self.which, [row.external_id for row, _ in pairs])
        self._keep_numbers(pair for pair in pairs if pair[0].external_id not in known)
        said_else = []
        for row, _ in pairs:
            number = known.get(row.external_id)
            if number and number.imported != (said := number.imported | row.values):
                number.imported = said
                said_else.append(number)
        update_all(said_else, ["imported"])

    def _change(self, row: ImportRow, patient: Patient) -> list[str]:
        """Put on a patient what the row gives and nothing here contradicts, or was chosen."""
        stored = PatientDetails.of(patient)
        names = [each["name"] for each in row.changes]
        if row.takes_theirs:
            names += [each["name"] for each in row.conflicts]
        given = {name: row.values[name] for name in names if name in row.values}
        details = details_from(given, stored).after(stored)
        changed = stored.differing(details)
        for name in changed:
            setattr(patient, name, getattr(details, name))
        patient.revision += bool(changed)
        return changed

    def _mark(self, pairs: list[tuple[ImportRow, Patient]]) -> None:
        """Note on the rows whose they are, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE patients_importrow row SET found_id = done.patient, written_at = %s,"
                " found_number = done.number"
                " FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS done (id, patient, number)"
                " WHERE row.id = done.id",
                [
                    self.now,
                    [row.pk for row, _ in pairs],
                    [patient.pk for _, patient in pairs],
                    [patient.number for _, patient in pairs],
                ],
            )


def _fields(details: PatientDetails) -> dict[str, Any]:
    return {name: getattr(details, name) for name in FIELD_NAMES}


def _who(row: ImportRow) -> str:
    return ", ".join(match["number"] for match in row.matches)
