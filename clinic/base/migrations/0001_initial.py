"""Extensions and the shared database functions behind `clinic.base.triggers`.

Each trigger function says where its tables are: otherwise a temporary table of the same name, which
anybody may make, would be asked in place of the real one. `anagen_fold` reads no table, names
what it calls in full, and is faster without: PostgreSQL can then put it into the query itself.
"""

from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

FOLD = """
CREATE FUNCTION anagen_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS
$$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, value)) $$;
COMMENT ON FUNCTION anagen_fold(text) IS 'Lower case without accents, for search.';
"""

APPEND_ONLY = """
CREATE FUNCTION anagen_append_only() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is refused: rows of % are never changed or removed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

LOCKED_WHEN_SIGNED = """
CREATE FUNCTION anagen_locked_when_signed() RETURNS trigger LANGUAGE plpgsql
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

# FOR SHARE makes the child wait for a signature that is being written, and the signature for it.
LOCKED_WITH_PARENT = """
CREATE FUNCTION anagen_locked_with_parent() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    parent_id uuid;
    parent_ids uuid[] := ARRAY[]::uuid[];
    signed timestamptz;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        parent_ids := parent_ids || (to_jsonb(OLD) ->> TG_ARGV[1])::uuid;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        parent_ids := parent_ids || (to_jsonb(NEW) ->> TG_ARGV[1])::uuid;
    END IF;
    FOREACH parent_id IN ARRAY parent_ids LOOP
        EXECUTE format('SELECT signed_at FROM %I WHERE id = $1 FOR SHARE', TG_ARGV[0])
            INTO signed USING parent_id;
        IF signed IS NOT NULL THEN
            RAISE EXCEPTION '% on % is refused: its % is signed', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

# The trigger's condition says which columns; the arguments name them for the message.
NEVER_CHANGES = """
CREATE FUNCTION anagen_never_changes() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'UPDATE is refused: % of a row of % never changes',
        array_to_string(TG_ARGV, ', '), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# Arguments: a column, then pairs of a table and the foreign key to it. The row's own value of the
# column, where it has one, and that of each row it points to are the same. Neither the
# column nor the key changes in any of these tables, so that what agreed once agrees for good.
AGREES_WITH = """
CREATE FUNCTION anagen_agrees_with() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    row jsonb := to_jsonb(NEW);
    agreed text := row ->> TG_ARGV[0];
    theirs text;
BEGIN
    FOR pair IN 1 .. TG_NARGS - 2 BY 2 LOOP
        CONTINUE WHEN row ->> TG_ARGV[pair + 1] IS NULL;
        EXECUTE format('SELECT %I::text FROM %I WHERE id = $1', TG_ARGV[0], TG_ARGV[pair])
            INTO theirs USING (row ->> TG_ARGV[pair + 1])::uuid;
        agreed := COALESCE(agreed, theirs);
        IF theirs IS NULL OR theirs <> agreed THEN
            RAISE EXCEPTION '% is refused: % of a row of % is not that of its %',
                TG_OP, TG_ARGV[0], TG_TABLE_NAME, TG_ARGV[pair]
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    # The first apps with tables; every other one depends on these.
    run_before = [("audit", "0001_initial"), ("practice", "0001_initial")]
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION anagen_fold(text)"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION anagen_append_only()"),
        migrations.RunSQL(LOCKED_WHEN_SIGNED, "DROP FUNCTION anagen_locked_when_signed()"),
        migrations.RunSQL(LOCKED_WITH_PARENT, "DROP FUNCTION anagen_locked_with_parent()"),
        migrations.RunSQL(NEVER_CHANGES, "DROP FUNCTION anagen_never_changes()"),
        migrations.RunSQL(AGREES_WITH, "DROP FUNCTION anagen_agrees_with()"),
    ]
