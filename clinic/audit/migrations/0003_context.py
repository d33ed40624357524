"""Who stands behind a field-level change (`pghistory_context`) is written once and stays."""

from django.db import migrations

# django-pghistory's own function writes a context over when it changes, as it does while somebody
# signs in. Here the change is a row of its own, whose key follows from both.
ATTACH_CONTEXT = """
CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    context uuid := NULLIF(current_setting('pghistory.context_id', true), '');
    told jsonb := NULLIF(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF context IS NULL OR told IS NULL THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM pghistory_context WHERE id = context AND metadata <> told) THEN
        context := md5(context::text || told::text)::uuid;
    END IF;
    INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
    VALUES (context, told, now(), now()) ON CONFLICT (id) DO NOTHING;
    RETURN context;
END $$;
"""

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION anagen_append_only();
CREATE TRIGGER not_truncated BEFORE TRUNCATE ON pghistory_context
    FOR EACH STATEMENT EXECUTE FUNCTION anagen_append_only();
"""

CHANGEABLE_AGAIN = """
DROP TRIGGER not_truncated ON pghistory_context;
DROP TRIGGER append_only ON pghistory_context;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("audit", "0002_kinds"),
    ]
    operations = [
        migrations.RunSQL(ATTACH_CONTEXT, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE_AGAIN),
    ]
