"""Each row is written into every index of its table: none may be there for nothing."""

import pytest
from django.apps import apps
from django.db import connection

# Plain columns of plain B-trees, first to last.
_INDEXES = """
    SELECT index.relname, "table".relname, pg_index.indisunique,
           ARRAY(
               SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS part (number, place)
               JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place
           )
    FROM pg_index
    JOIN pg_class index ON index.oid = indexrelid
    JOIN pg_class "table" ON "table".oid = indrelid
    JOIN pg_am ON pg_am.oid = index.relam
    WHERE amname = 'btree' AND indpred IS NULL AND indexprs IS NULL
      AND "table".relnamespace = 'public'::regnamespace
      AND NOT EXISTS (
          SELECT FROM unnest(indclass) AS kind JOIN pg_opclass ON pg_opclass.oid = kind
          WHERE NOT opcdefault
      )
"""


@pytest.fixture
def indexes(db):
    ours = {model._meta.db_table for model in apps.get_models() if _is_ours(model)}
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES)
        return [row for row in cursor.fetchall() if row[1] in ours]


def _is_ours(model) -> bool:
    return not model._meta.proxy and model.__module__.partition(".")[0] in {
        "clinic",
        "patients",
        "treatments",
        "followups",
    }


def test_no_index_is_the_beginning_of_another(indexes):
    assert len(indexes) > 100
    needless = [
        f"{name} stands at the beginning of {other}"
        for name, table, is_unique, columns in indexes
        for other, other_table, _, more in indexes
        if table == other_table
        and name != other
        and not is_unique
        and more[: len(columns)] == columns
    ]
    assert needless == []


def test_who_did_something_is_indexed_only_where_somebody_asks_what_a_person_did(indexes):
    """Staff are never deleted, so no check of a foreign key asks either."""
    by = {
        f"{table}.{columns[0]}"
        for _, table, is_unique, columns in indexes
        if len(columns) == 1 and columns[0].endswith("_by_id") and not is_unique
    }
    assert by == {
        # Questions of patients go to whoever held the talk or gave the information.
        "patients_consent.discussed_by_id",
        "patients_consent.information_given_by_id",
    }
