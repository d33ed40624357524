"""The functions behind `patients.triggers`, and the sequence of patient numbers."""

from django.db import migrations

LOCKED_WHEN_PUBLISHED = """
CREATE FUNCTION patients_locked_when_published() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION '% is refused: this row of % is published', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

# The day of a birthday depends on the zone: the database allows one day, the application none.
# Days to reflect are counted on the clinic's clock, which a change to summer time shortens.
CONSENT_FITS = """
CREATE FUNCTION patients_consent_fits() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    text_of record;
    case_of record;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    SELECT purpose, published_at, reflection_days INTO text_of
      FROM patients_consenttemplate WHERE id = NEW.template_id;
    SELECT about.patient_id, patient.date_of_birth INTO case_of
      FROM patients_case about JOIN patients_patient patient ON patient.id = about.patient_id
     WHERE about.id = NEW.case_id;
    IF case_of.patient_id IS DISTINCT FROM NEW.patient_id THEN
        RAISE EXCEPTION 'a consent belongs to a case of its own patient'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF text_of.published_at IS NULL THEN
        RAISE EXCEPTION 'a consent is given to a published text'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF text_of.purpose <> 'photographs' AND cardinality(NEW.photo_scopes) > 0 THEN
        RAISE EXCEPTION 'only a consent to photographs says what they may be used for'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.reflect_until < NEW.information_given_at
       + make_interval(hours => 24 * text_of.reflection_days - 2) THEN
        RAISE EXCEPTION 'the time to reflect is as long as the text says'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.signed_at IS NOT NULL AND case_of.date_of_birth + interval '18 years'
       > (NEW.signed_at AT TIME ZONE 'UTC')::date + 1 THEN
        RAISE EXCEPTION 'a consent is signed by an adult'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("base", "0001_initial")]
    operations = [
        migrations.RunSQL(LOCKED_WHEN_PUBLISHED, "DROP FUNCTION patients_locked_when_published()"),
        migrations.RunSQL(CONSENT_FITS, "DROP FUNCTION patients_consent_fits()"),
        migrations.RunSQL(
            "CREATE SEQUENCE patients_number_seq START 1", "DROP SEQUENCE patients_number_seq"
        ),
    ]
