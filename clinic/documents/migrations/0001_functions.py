"""The function behind `clinic.documents.triggers`; it is bound to its table in the next migration."""

from django.db import migrations

LOCKED_WHEN_ISSUED = """
CREATE FUNCTION documents_locked_when_issued() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.issued_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is refused: this document was issued', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("base", "0001_initial")]
    operations = [
        migrations.RunSQL(LOCKED_WHEN_ISSUED, "DROP FUNCTION documents_locked_when_issued()"),
    ]
