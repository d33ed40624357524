"""Lets a row follow its patient into the record with which theirs was merged, and nothing else.

Whether a row does so is for the app of the patients to say; until it does, none does
(`patients/migrations`, `anagen_follows_merge`).
"""

from django.db import migrations

FOLLOWS_MERGE = """
CREATE FUNCTION anagen_follows_merge(before jsonb, after jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$ SELECT false $$;
COMMENT ON FUNCTION anagen_follows_merge(jsonb, jsonb) IS
    'Whether a change of patient_id is one that a merge in this transaction makes.';
"""

# A row that was signed or is append-only follows whole: nothing but its patient changes.
LOCKED_WHEN_SIGNED = """
CREATE OR REPLACE FUNCTION anagen_locked_when_signed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    open_columns text[] := COALESCE(TG_ARGV[0:TG_NARGS - 1], ARRAY[]::text[]);
    open_column text;
    before jsonb;
    after jsonb;
BEGIN
    IF OLD.signed_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        before := to_jsonb(OLD);
        after := to_jsonb(NEW);
        IF before - 'patient_id' = after - 'patient_id' AND anagen_follows_merge(before, after) THEN
            RETURN NEW;
        END IF;
        FOREACH open_column IN ARRAY open_columns LOOP
            IF before -> open_column = 'null'::jsonb THEN
                before := before - open_column;
                after := after - open_column;
            END IF;
        END LOOP;
        IF before = after THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is refused: this row of % is signed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION anagen_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(OLD) - 'patient_id' = to_jsonb(NEW) - 'patient_id'
           AND anagen_follows_merge(to_jsonb(OLD), to_jsonb(NEW)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is refused: rows of % are never changed or removed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# The arguments name fields; a foreign key's column ends in _id.
NEVER_CHANGES = """
CREATE OR REPLACE FUNCTION anagen_never_changes() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    name text;
    changed text[] := ARRAY[]::text[];
BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
        IF before ->> name IS DISTINCT FROM after ->> name
           OR before ->> (name || '_id') IS DISTINCT FROM after ->> (name || '_id') THEN
            changed := changed || name;
        END IF;
    END LOOP;
    IF changed = ARRAY['patient'] AND anagen_follows_merge(before, after) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE is refused: % of a row of % never changes',
        array_to_string(TG_ARGV, ', '), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]
    operations = [
        migrations.RunSQL(FOLLOWS_MERGE, "DROP FUNCTION anagen_follows_merge(jsonb, jsonb)"),
        migrations.RunSQL(LOCKED_WHEN_SIGNED, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(NEVER_CHANGES, migrations.RunSQL.noop),
    ]
