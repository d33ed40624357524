"""The words of names, which every registration adds to."""

from django.db import connection

from patients.models import NameWord
from tests.factories.patients import PatientFactory

# What was read of a table and its indexes in this transaction.
_READ = """
    SELECT sum(pg_stat_get_xact_tuples_returned(part))
    FROM (
        SELECT 'patients_nameword'::regclass::oid
        UNION SELECT indexrelid FROM pg_index WHERE indrelid = 'patients_nameword'::regclass
    ) AS parts (part)
"""


def _words_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        return int(cursor.fetchone()[0])


def test_a_registration_reads_its_own_words_and_not_those_of_everybody(db):
    NameWord.objects.bulk_create(NameWord(word=f"invented{number}") for number in range(3000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE patients_nameword")
    before = _words_read()
    PatientFactory(family_name="Okoro-Invented7", given_names="Ada Beatrix")
    assert _words_read() - before < 30
    assert NameWord.objects.filter(word__in=["okoro", "ada", "beatrix"]).count() == 3
    assert NameWord.objects.filter(word="invented7").count() == 1
