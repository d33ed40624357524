"""The application may make temporary tables: an import compares all its rows in one.

A clinic that was set up before has a role without this right. Where the role is not there the
database was not set up by `deploy/postgres/roles.sql`, and its own rights stand.
"""

from django.db import migrations

GRANT = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anagen_app') THEN
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO anagen_app', current_database());
    END IF;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [("patients", "0019_platelet_rules")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
