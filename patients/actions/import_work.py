"""What a worker does with a file of patients: examines it, checks every row, imports it.

One worker at a time has an import: it holds a lock that the database frees when the worker is
gone, so that the next sweep goes on. Safe to repeat: examining and checking begin anew, importing
goes on after the last row that was written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import structlog
from django.core.cache import cache
from django.db import connection, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from patients.actions.import_checking import check, examine
from patients.actions.import_writing import StoppedError, write
from patients.actions.importing import end
from patients.exchange.limits import UnreadableFileError
from patients.models import PatientImport

logger = structlog.get_logger(__name__)
MOST_TRIES = 3
_LOCK_SPACE = 7302
_DIED = "The work broke off several times. Nothing more was imported; tell whoever runs Anagen."
State = PatientImport.State


def work_on(import_id: UUID, now: datetime) -> None:
    """Do what is next to be done with an import, unless somebody does it already."""
    with _alone(import_id) as is_mine:
        if is_mine:
            _work_on(import_id, now)


def waiting() -> list[UUID]:
    """Return the imports that a worker has, or should have."""
    at_work = PatientImport.objects.filter(state__in=PatientImport.AT_WORK)
    return list(at_work.values_list("pk", flat=True))


def progress_of(which: PatientImport) -> int | None:
    """Return how much is done, in percent; None where nobody knows."""
    done = cache.get(_progress_key(which.pk))
    return int(done) if done is not None else None


def _work_on(import_id: UUID, now: datetime) -> None:
    row = PatientImport.objects.select_related("source", "site", "started_by").get(pk=import_id)
    if not row.is_at_work:
        return
    if row.tries >= MOST_TRIES:
        _fail(row, _DIED, now)
        return
    PatientImport.objects.filter(pk=row.pk).update(tries=row.tries + 1)
    row.tries += 1
    try:
        _next(row, now)
    except UnreadableFileError as error:
        _fail(row, str(error), now)
    except StoppedError as error:
        _back_to_checked(row, str(error))
    finally:
        cache.delete(_progress_key(row.pk))


def _next(row: PatientImport, now: datetime) -> None:
    def tell(done: int, whole: int) -> None:
        cache.set(_progress_key(row.pk), min(99, done * 100 // max(whole, 1)), timeout=600)

    if row.state == State.EXAMINING:
        examine(row, tell=tell, now=now)
    elif row.state == State.CHECKING:
        check(row, tell=tell, now=now)
    else:
        write(row, tell=tell, now=now)


@transaction.atomic
def _fail(row: PatientImport, why: str, now: datetime) -> None:
    """End an import; what was written row by row before stays and is said."""
    some = row.rows.filter(written_at__isnull=False).exists()
    end(row, State.STOPPED if some else State.FAILED, now=now, failure=why)
    audit.record(Kind.IMPORT_FAILED, by=row.started_by, subject=row, source=row.source.name)


@transaction.atomic
def _back_to_checked(row: PatientImport, why: str) -> None:
    """Nothing was written: a person looks at what came between, and begins anew."""
    row.state, row.failure = State.CHECKED, why
    row.started_at = row.started_by = None
    row.check_and_save()


@contextmanager
def _alone(import_id: UUID) -> Iterator[bool]:
    key = [_LOCK_SPACE, import_id.int % (1 << 31)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _progress_key(import_id: UUID) -> str:
    return f"import-progress:{import_id}"
