"""The function behind `patients.triggers.translates_what_is_published`."""

from django.db import migrations

TRANSLATES_PUBLISHED = """
CREATE FUNCTION patients_translates_published() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.language <> 'en' AND NEW.published_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM patients_consenttemplate original
         WHERE original.purpose = NEW.purpose AND original.technique = NEW.technique
           AND original.version = NEW.version AND original.language = 'en'
           AND original.published_at IS NOT NULL
           AND original.reflection_days = NEW.reflection_days
           AND original.valid_months IS NOT DISTINCT FROM NEW.valid_months
           AND original.earlier_consents = NEW.earlier_consents
           AND cardinality(original.risks) = cardinality(NEW.risks)
           AND cardinality(original.alternatives) = cardinality(NEW.alternatives)
    ) THEN
        RAISE EXCEPTION 'a translation says what its published original says'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

class Migration(migrations.Migration):
    dependencies = [("patients", "0005_registration")]
    operations = [
        migrations.RunSQL(
            TRANSLATES_PUBLISHED, "DROP FUNCTION patients_translates_published()"
        ),
    ]
