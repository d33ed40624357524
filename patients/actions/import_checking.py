"""Examining a file, and saying of every row what it would do: nothing is changed yet."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from clinic.base.in_bulk import insert_all, update_all
from clinic.staff.models import User
from patients.details import PatientDetails
from patients.exchange import dates, names
from patients.exchange.columns import EXTERNAL_ID, FULL_NAME, words_in
from patients.exchange.limits import MOST_ROWS, UnreadableFileError
from patients.exchange.plans import in_words, plan
from patients.exchange.rows import Problem, Reader, Said, plain_value
from patients.exchange.sheets import Format, Line, lines_of
from patients.exchange.twins import Twin, twins
from patients.models import ImportRow, OtherNumber, Patient, PatientImport

BATCH = 500
MOST_SEX_WORDS = 12
Tell = Callable[[int, int], None]
State, Outcome = PatientImport.State, ImportRow.Outcome
_NOT_YOURS = (
    "This number is that of a patient at another site. Somebody who works there has to import it."
)
_TAKEN = "A patient with this NHS number is registered already, at a site where you do not work."
_ELSEWHERE = {"id": "", "number": "somebody at another site", "certain": False}


def in_batches(items: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Yield lists of at most so many."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def rows_of(which: PatientImport) -> Iterator[Line]:
    """Yield the lines below the header."""
    header = which.reading["header"]
    for line in lines_of(Path(which.file.path), Format.of(which.reading["format"])):
        if line.number > header:
            yield line


# -- examining --------------------------------------------------------------------------------


class _Examined:
    """What is found in the columns whose reading a person has to confirm."""

    def __init__(self, columns: list[str], today: date) -> None:
        self.place = {key: at for at, key in enumerate(columns) if key}
        self.born = dates.Examined(today)
        self.sexes: Counter[str] = Counter()
        self.names: Counter[str] = Counter()
        self.rows = 0

    def look_at(self, line: Line) -> None:
        """Count what a row has."""
        self.rows += 1
        born = _at(line, self.place, "date_of_birth")
        if born and isinstance(born, str):
            self.born.look_at(born)
        if name := str(_at(line, self.place, FULL_NAME)):
            self.names["total"] += 1
            self.names.update(order for order in names.ORDERS if names.fits(name, order))
        if word := words_in(str(_at(line, self.place, "sex"))):
            self.sexes[word] += 1

    def as_json(self) -> dict[str, Any]:
        """Return what was found, to be stored."""
        return {
            "rows": self.rows,
            "dates": self.born.as_json(),
            "names": dict(self.names),
            "sexes": dict(self.sexes.most_common(MOST_SEX_WORDS)),
            "numbered": EXTERNAL_ID in self.place,
        }


def examine(which: PatientImport, *, tell: Tell, now: datetime) -> None:
    """Find out what has to be chosen: orders of dates and names, words for the sex."""
    examined = _Examined(which.reading["columns"], timezone.localdate(now))
    for line in rows_of(which):
        if line.is_empty:
            continue
        examined.look_at(line)
        if examined.rows > MOST_ROWS:
            raise UnreadableFileError(f"The file has more than {MOST_ROWS:,} rows. Cut it in two.")
    if not examined.rows:
        raise UnreadableFileError("There are no rows below the header.")
    which.examined = examined.as_json()
    which.state = State.EXAMINED
    which.check_and_save()


def _at(line: Line, place: dict[str, int], key: str) -> str | date:
    at = place.get(key)
    return line.cells[at] if at is not None and at < len(line.cells) else ""


# -- checking ---------------------------------------------------------------------------------


@transaction.atomic
def check(which: PatientImport, *, tell: Tell, now: datetime) -> None:
    """Say of every row what it would do. What was said before is said anew."""
    which.rows.all().delete()
    reader = Reader(which.reading["headers"], which.reading, today=timezone.localdate(now))
    user = which.uploaded_by
    seen: dict[str, int] = {}
    done = 0
    for batch in in_batches(rows_of(which)):
        rows = _checked(which, reader, user, batch, seen)
        insert_all(rows)
        done += len(batch)
        tell(done, which.examined["rows"])
    _refuse_first_of_two(which, seen)
    hold_back(twins(which), user)
    which.counts = counted(which)
    which.state = State.CHECKED
    which.check_and_save()


def counted(which: PatientImport) -> dict[str, int]:
    """Return how many rows there are of each outcome."""
    return dict(Counter(which.rows.values_list("outcome", flat=True)))


def _checked(
    which: PatientImport, reader: Reader, user: User, batch: list[Line], seen: dict[str, int]
) -> list[ImportRow]:
    saids = [reader.read(line) for line in batch]
    known = known_by(which, [said.external_id for said in saids])
    visible = _visible(user, [number.patient_id for number in known.values()])
    rows = []
    for line, said in zip(batch, saids, strict=True):
        row = ImportRow(part_of=which, number=line.number)
        if line.is_empty:
            row.outcome = Outcome.EMPTY
        else:
            _refuse_second_of_two(said, line.number, seen)
            _check_row(row, said, reader, known.get(said.external_id), visible)
        rows.append(row)
    return rows


def known_by(which: PatientImport, external_ids: list[str]) -> dict[str, OtherNumber]:
    """Return the numbers of the source that are known here, with their patients."""
    wanted = {number for number in external_ids if number}
    found = OtherNumber.objects.filter(source=which.source.name, number__in=wanted)
    return {number.number: number for number in found.select_related("patient")}


def _visible(user: User, ids: list[UUID]) -> set[UUID]:
    return set(Patient.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def _check_row(
    row: ImportRow, said: Said, reader: Reader, known: OtherNumber | None, visible: set[UUID]
) -> None:
    row.external_id, row.name, row.notes = said.external_id, said.name, said.notes
    stored = None
    problems = list(said.problems)
    if known and known.patient_id not in visible:
        problems.append(Problem("", said.external_id, _NOT_YOURS))
    elif known:
        stored = PatientDetails.of(known.patient)
        row.found_id, row.found_number = known.patient_id, known.patient.number
        row.revision = known.patient.revision
    given = None
    if not problems:
        given, problems = reader.details(said, stored)
    if given is None:
        row.outcome = Outcome.ERROR
        row.problems = [problem.as_json() for problem in problems]
        return
    fields = said.fields
    row.values = {name: plain_value(getattr(given, name)) for name in sorted(fields)}
    row.outcome = Outcome.NEW
    if known and stored:
        compare(row, stored, given.after(stored), known.imported)
        says_more = row.changes or row.conflicts
        row.outcome = Outcome.UPDATE if says_more else Outcome.UNCHANGED


def compare(
    row: ImportRow, stored: PatientDetails, given: PatientDetails, last: dict[str, Any]
) -> None:
    """Say what a row changes in a record, and which of its values were changed here."""
    found = plan(stored, given, set(row.values), last)
    row.changes = in_words(found.changes, stored, given)
    row.conflicts = in_words(found.conflicts, stored, given)


def _refuse_second_of_two(said: Said, number: int, seen: dict[str, int]) -> None:
    if not said.external_id:
        return
    first = seen.setdefault(said.external_id, number)
    if first != number:
        seen[f"\0{said.external_id}"] = first
        words = f"Line {first} has the same number. A number is that of one patient."
        said.problems.append(Problem("", said.external_id, words))


def _refuse_first_of_two(which: PatientImport, seen: dict[str, int]) -> None:
    words = "Another line has the same number. A number is that of one patient."
    firsts = [first for key, first in seen.items() if key.startswith("\0")]
    for numbers in in_batches(firsts):
        rows = list(which.rows.filter(number__in=numbers))
        for row in rows:
            row.outcome = Outcome.ERROR
            row.problems = [Problem("", row.external_id, words).as_json()]
            row.values, row.changes, row.conflicts = {}, [], []
        update_all(rows, ["outcome", "problems", "values", "changes", "conflicts"])


def hold_back(found: Iterable[Twin], user: User) -> int:
    """Hold back the rows that may be of somebody registered; return how many.

    Of a patient whom this person may not see, no more is told than at the desk: that there is one,
    to who knows the name, the date of birth and a way to reach them.
    """
    by_row: dict[UUID, list[Twin]] = {}
    for twin in found:
        by_row.setdefault(twin.row_id, []).append(twin)
    held = 0
    for ids in in_batches(by_row):
        patients = [twin.patient_id for pk in ids for twin in by_row[pk] if twin.patient_id]
        visible = _visible(user, patients)
        rows = list(ImportRow.objects.filter(pk__in=ids))
        changed = [row for row in rows if _hold_back(row, by_row[row.pk], visible)]
        update_all(changed, ["outcome", "matches", "problems", "decision"])
        held += len(changed)
    return held


def _hold_back(row: ImportRow, found: list[Twin], visible: set[UUID]) -> bool:
    """Put on a row who it may be; return whether it says something new."""
    told = {match["id"] or match["number"] for match in row.matches}
    new = []
    for twin in found:
        seen = twin.patient_id is None or twin.patient_id in visible
        if not seen and twin.same_nhs:
            row.outcome = Outcome.ERROR
            row.problems = [Problem("", "", _TAKEN).as_json()]
            return True
        if seen or twin.very_like:
            match = twin.as_json() if seen else {**twin.as_json(), **_ELSEWHERE}
            if match["reasons"] and (match["id"] or match["number"]) not in told:
                new.append(match)
    if new:
        row.outcome, row.matches, row.decision = Outcome.POSSIBLE, [*row.matches, *new], ""
    return bool(new)
