"""The functions behind `never_changes` and `agrees_with` in `clinic.base.triggers`."""

from django.db import migrations

# The trigger's condition says which columns; the arguments name them for the message.
NEVER_CHANGES = """
CREATE FUNCTION anagen_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'UPDATE is refused: % of a row of % never changes',
        array_to_string(TG_ARGV, ', '), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# Arguments: a column, then pairs of a table and the foreign key to it. The row's own value of the
# column, where it has one, and that of each row it points to are the same. The column never
# changes in any of these tables, so that what agreed once agrees for good.
AGREES_WITH = """
CREATE FUNCTION anagen_agrees_with() RETURNS trigger LANGUAGE plpgsql AS $$
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
    dependencies = [("base", "0001_initial")]
    operations = [
        migrations.RunSQL(NEVER_CHANGES, "DROP FUNCTION anagen_never_changes()"),
        migrations.RunSQL(AGREES_WITH, "DROP FUNCTION anagen_agrees_with()"),
    ]
