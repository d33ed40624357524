"""A session is signed with a check of the rules that stand, as they are told in one place."""

from importlib import import_module

from django.db import migrations

# As in 0012, but which rules stand is said by `patients_standing_rules` (`patients/0022`).
CHECKED_WHEN_SIGNED = """
CREATE OR REPLACE FUNCTION treatments_checked_when_signed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    zone text;
    made timestamptz;
    said jsonb;
BEGIN
    IF NEW.signed_at IS NULL OR (TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    SELECT site.time_zone INTO zone FROM practice_site site WHERE site.id = NEW.site_id;
    SELECT found.checked_at, found.results INTO made, said
      FROM patients_contraindicationcheck found
     WHERE found.about_id = NEW.id AND found.step = 'session'
       AND found.patient_id = NEW.patient_id AND found.technique = NEW.technique
     ORDER BY found.checked_at DESC, found.id DESC
     LIMIT 1;
    IF made IS NULL OR made > NEW.signed_at + interval '5 minutes'
       OR (made AT TIME ZONE zone)::date <> (NEW.signed_at AT TIME ZONE zone)::date THEN
        RAISE EXCEPTION 'a session is signed only with a check of contraindications of the same day'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM patients_standing_rules(NEW.technique) AS stands
         WHERE NOT said @> jsonb_build_array(
            jsonb_build_object('code', stands.code, 'version', stands.version)
         )
    ) THEN
        RAISE EXCEPTION 'a session is signed only with a check of every rule that stands'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM jsonb_array_elements(said) AS result
         WHERE (
                result->>'severity' = 'absolute' AND result->>'state' = 'applies'
                AND NOT COALESCE((result->>'late')::boolean, false)
            )
            OR (
                length(btrim(COALESCE(result->>'reason', ''))) < 10
                AND (
                    (result->>'state' = 'applies')
                    OR (result->>'severity' = 'absolute' AND result->>'state' = 'not_known')
                )
            )
    ) THEN
        RAISE EXCEPTION
            'a session is signed only where nothing speaks against it without a reason'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BEFORE = import_module("treatments.migrations.0012_recorded_afterwards").CHECKED_WHEN_SIGNED


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0022_decided_rules"),
        ("treatments", "0012_recorded_afterwards"),
    ]
    operations = [migrations.RunSQL(CHECKED_WHEN_SIGNED, BEFORE)]
