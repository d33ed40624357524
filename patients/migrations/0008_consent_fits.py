"""What the database holds of consents since discussion, capacity and two signatures are kept."""

from importlib import import_module

from django.db import migrations

# The day of a birthday depends on the zone: the database allows one day, the application none.
# Days and months are counted on the clinic's clock, which a change to summer time shortens.
CONSENT_FITS = """
CREATE OR REPLACE FUNCTION patients_consent_fits() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    text_of record;
    case_of record;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    SELECT purpose, technique, version, published_at, reflection_days, valid_months INTO text_of
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
    IF TG_OP = 'INSERT' AND (NEW.process <> 2 OR NEW.interpreter_needed IS NULL) THEN
        RAISE EXCEPTION 'information is given in the present way, with or without an interpreter'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.signed_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF case_of.date_of_birth + interval '18 years'
       > (NEW.signed_at AT TIME ZONE 'UTC')::date + 1 THEN
        RAISE EXCEPTION 'a consent is signed by an adult'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM patients_consenttemplate newer
         WHERE newer.purpose = text_of.purpose AND newer.technique = text_of.technique
           AND newer.version > text_of.version AND newer.published_at <= NEW.signed_at
    ) THEN
        RAISE EXCEPTION 'a text that was replaced is not signed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF text_of.purpose = 'treatment' AND NOT (NEW.no_treatment_discussed
       AND cardinality(NEW.risks_discussed) + cardinality(NEW.risks_added) > 0) THEN
        RAISE EXCEPTION 'a treatment is agreed to once risks and no treatment were talked about'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.expires_at IS NULL) <> (text_of.valid_months IS NULL)
       OR NEW.expires_at > NEW.signed_at + make_interval(months => text_of.valid_months)
                           + interval '2 days' THEN
        RAISE EXCEPTION 'a consent expires when its text says'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

_BEFORE = import_module("patients.migrations.0001_functions").CONSENT_FITS


class Migration(migrations.Migration):
    dependencies = [("patients", "0007_consent_in_full")]
    operations = [
        migrations.RunSQL(
            CONSENT_FITS, _BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        ),
    ]
