"""Which rows of a file may be of somebody who is registered, or who stands in the file twice.

By the same rules as at the desk (`patients.finding.duplicates`), but for all rows at once: each
join has a key of its own, and names are compared only where something else is the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from patients.finding.duplicates import MOST_MATCHES, NAME_ALONE_LIKENESS, NAME_LIKENESS
from patients.models import PatientImport

_STAGE = """
CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
SELECT id, number,
       anagen_fold(concat_ws(' ', "values"->>'family_name', "values"->>'given_names',
                             nullif("values"->>'preferred_name', ''))) AS name,
       ("values"->>'date_of_birth')::date AS born,
       nullif("values"->>'phone', '') AS phone,
       nullif("values"->>'second_phone', '') AS second_phone,
       nullif("values"->>'email', '') AS email,
       "values"->>'nhs_number' AS nhs_number
FROM patients_importrow
WHERE part_of_id = %(part_of)s
  AND (id = ANY(%(rows)s) OR %(rows)s IS NULL AND outcome = 'new');
"""
_INDEX = """
CREATE INDEX ON staged (born);
CREATE INDEX ON staged USING gin (name gin_trgm_ops) WHERE born IS NULL;
ANALYZE staged;
"""
_KNOWN = """
WITH numbers AS (
    SELECT id, phone AS digits FROM staged WHERE phone IS NOT NULL
    UNION SELECT id, second_phone FROM staged WHERE second_phone IS NOT NULL
), found AS (
    SELECT s.id, p.id AS other FROM staged s JOIN patients_patient p ON p.date_of_birth = s.born
    WHERE similarity(p.search_name, s.name) >= %(alike)s
    UNION SELECT n.id, p.id FROM numbers n JOIN patients_patient p ON p.phone = n.digits
    UNION SELECT n.id, p.id FROM numbers n JOIN patients_patient p
        ON p.second_phone = n.digits AND p.second_phone <> ''
    UNION SELECT s.id, p.id FROM staged s JOIN patients_patient p ON p.email = s.email
    UNION SELECT s.id, p.id FROM staged s JOIN patients_patient p ON p.nhs_number = s.nhs_number
    UNION SELECT s.id, p.id FROM staged s JOIN patients_patient p ON p.search_name %% s.name
        WHERE p.date_of_birth IS NULL
    UNION SELECT s.id, p.id FROM staged s JOIN patients_patient p ON p.search_name %% s.name
        WHERE s.born IS NULL
), told AS (
    SELECT s.id AS row_id, p.id AS patient_id, p.number, similarity(p.search_name, s.name) AS names,
           p.date_of_birth = s.born AS born_alike,
           p.date_of_birth IS NULL OR s.born IS NULL AS born_unknown,
           p.nhs_number = s.nhs_number AS same_nhs,
           p.phone IN (s.phone, s.second_phone)
               OR p.second_phone <> '' AND p.second_phone IN (s.phone, s.second_phone)
               AS same_phone,
           p.email = s.email AS same_email
    FROM found JOIN staged s USING (id) JOIN patients_patient p ON p.id = found.other
    WHERE NOT EXISTS (
        SELECT FROM patients_merge WHERE absorbed_id = p.id AND undone_at IS NULL
    ) AND NOT EXISTS (
        SELECT FROM patients_importrow own
        WHERE own.part_of_id = %(part_of)s AND own.found_id = p.id AND own.written_at IS NOT NULL
          AND own.outcome IN ('new', 'possible')
    )
), placed AS (
    SELECT told.*, row_number() OVER (
        PARTITION BY row_id ORDER BY coalesce(same_nhs, false) DESC, names DESC, number
    ) AS place
    FROM told
)
SELECT row_id, patient_id, number, names, coalesce(born_alike, false), born_unknown,
       coalesce(same_nhs, false), coalesce(same_phone, false), coalesce(same_email, false)
FROM placed WHERE place <= %(most)s ORDER BY row_id, place
"""
_TWICE = """
WITH numbers AS (
    SELECT id, number, phone AS digits FROM staged WHERE phone IS NOT NULL
    UNION SELECT id, number, second_phone FROM staged WHERE second_phone IS NOT NULL
), found AS (
    SELECT a.id, b.number AS other FROM staged a JOIN staged b ON a.born = b.born
    WHERE a.number > b.number AND similarity(a.name, b.name) >= %(alike)s
    UNION SELECT a.id, b.number FROM numbers a
        JOIN numbers b ON a.digits = b.digits WHERE a.number > b.number
    UNION SELECT a.id, b.number FROM staged a
        JOIN staged b ON a.email = b.email WHERE a.number > b.number
    UNION SELECT a.id, b.number FROM staged a
        JOIN staged b ON a.nhs_number = b.nhs_number WHERE a.number > b.number
    UNION SELECT a.id, b.number FROM staged a
        JOIN staged b ON a.name %% b.name AND b.born IS NULL WHERE a.number > b.number
    UNION SELECT a.id, b.number FROM staged a
        JOIN staged b ON a.name %% b.name AND a.born IS NULL WHERE a.number > b.number
), placed AS (
    SELECT found.id, found.other, row_number() OVER (PARTITION BY id ORDER BY found.other) AS place
    FROM found
)
SELECT s.id, NULL::uuid, o.number::text, similarity(o.name, s.name),
       coalesce(o.born = s.born, false), o.born IS NULL OR s.born IS NULL,
       coalesce(o.nhs_number = s.nhs_number, false),
       coalesce(o.phone IN (s.phone, s.second_phone), false)
           OR coalesce(o.second_phone IN (s.phone, s.second_phone), false),
       coalesce(o.email = s.email, false)
FROM placed JOIN staged s ON s.id = placed.id JOIN staged o ON o.number = placed.other
WHERE place <= %(most)s ORDER BY s.id, place
"""


@dataclass(frozen=True)
class Twin:
    """A registered patient, or an earlier line of the file, who may be the person of a row."""

    row_id: UUID
    patient_id: UUID | None
    number: str
    names: float
    born_alike: bool
    born_unknown: bool
    same_nhs: bool
    same_phone: bool
    same_email: bool

    @property
    def very_like(self) -> bool:
        """Whether so much is the same that even a patient of another site may be hinted at."""
        contact = self.same_phone or self.same_email
        return self.same_nhs or (self.born_alike and contact and self.names >= NAME_LIKENESS)

    def as_json(self) -> dict[str, Any]:
        """Return it as the row keeps it."""
        said = {
            "same NHS number": self.same_nhs,
            "same date of birth and a similar name": self.born_alike
            and self.names >= NAME_LIKENESS,
            "a similar name, and a date of birth is not known": self.born_unknown
            and self.names >= NAME_ALONE_LIKENESS,
            "same phone number": self.same_phone,
            "same e-mail address": self.same_email,
        }
        return {
            "id": str(self.patient_id) if self.patient_id else "",
            "number": self.number if self.patient_id else f"line {self.number}",
            "reasons": [words for words, holds in said.items() if holds],
            "certain": self.same_nhs,
        }


def twins(which: PatientImport, *, rows: list[UUID] | None = None) -> Iterator[Twin]:
    """Yield who may be the person of each new row; within a transaction.

    `rows` are those to ask about; None for every new one, which are then compared with each other
    as well. Patients whom this import itself registered do not count.
    """
    values = {
        "part_of": which.pk,
        "rows": rows,
        "alike": NAME_LIKENESS,
        "most": MOST_MATCHES,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged")
        cursor.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', %s, true)",
            [str(NAME_ALONE_LIKENESS)],
        )
        cursor.execute(_STAGE, values)
        cursor.execute(_INDEX)
        cursor.execute(_KNOWN, values)
        found = cursor.fetchall()
        if rows is None:
            cursor.execute(_TWICE, values)
            found += cursor.fetchall()
    return (Twin(*row) for row in found)
