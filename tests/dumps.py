"""The whole database as it stands, to compare."""

from django.apps import apps
from django.db import connection

# What is only ever added to, by whatever happens.
TRAIL = {"audit_event", "patients_merge", "patients_nameword", "pghistory_context"}


def dump() -> dict[str, list[str]]:
    """Return every row of every table but the trail of what was done, in a steady order."""
    history = {
        model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {name for (name,) in cursor.fetchall()} - TRAIL - history
        return {table: _rows(cursor, table) for table in sorted(tables)}


def _rows(cursor, table: str) -> list[str]:
    cursor.execute(f'SELECT to_jsonb(each)::text FROM "{table}" AS each ORDER BY 1')
    return [row for (row,) in cursor.fetchall()]
