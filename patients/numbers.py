"""Patient numbers: AN-000123, one after the other, never used twice."""

import re

from django.db import connection

PREFIX = "AN-"
SEQUENCE = "patients_number_seq"
_TYPED = re.compile(r"(an)?[\s\-]*0*([0-9]{1,7})", re.IGNORECASE)


def written(number: int) -> str:
    """Return a patient number as people say and write it."""
    return f"{PREFIX}{number:06d}"


def meant_by(text: str) -> str | None:
    """Return the patient number that a tidy text means, as AN-000123 for "an 123" or "123"."""
    match = _TYPED.fullmatch(text)
    return written(int(match[2])) if match else None


def next_number() -> str:
    """Take the next patient number from the database's sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCE])
        return written(cursor.fetchone()[0])


def take_numbers(count: int) -> list[str]:
    """Take many patient numbers at once, for patients that are made in bulk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [SEQUENCE, count])
        return [written(row[0]) for row in cursor.fetchall()]
