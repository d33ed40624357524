"""What was recorded only after a session began asks for a reason, and lets it be signed as it was."""

from django.db import migrations

# As in 0008, but for an absolute rule that applies by what was recorded after the start ("late"):
# the treatment has been given.
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
        SELECT 1 FROM (
            SELECT DISTINCT ON (rule.code) rule.code, rule.version
              FROM patients_contraindicationrule rule
             WHERE rule.technique = NEW.technique AND rule.retired_at IS NULL
               AND NOT EXISTS (
                    SELECT 1 FROM patients_contraindicationrule newer
                     WHERE newer.technique = rule.technique AND newer.code = rule.code
                       AND newer.version > rule.version AND newer.retired_at IS NOT NULL
               )
             ORDER BY rule.code, (rule.approved_at IS NOT NULL) DESC, rule.version DESC
        ) AS stands
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
BEFORE = """
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
        SELECT 1 FROM (
            SELECT DISTINCT ON (rule.code) rule.code, rule.version
              FROM patients_contraindicationrule rule
             WHERE rule.technique = NEW.technique AND rule.retired_at IS NULL
               AND NOT EXISTS (
                    SELECT 1 FROM patients_contraindicationrule newer
                     WHERE newer.technique = rule.technique AND newer.code = rule.code
                       AND newer.version > rule.version AND newer.retired_at IS NOT NULL
               )
             ORDER BY rule.code, (rule.approved_at IS NOT NULL) DESC, rule.version DESC
        ) AS stands
         WHERE NOT said @> jsonb_build_array(
            jsonb_build_object('code', stands.code, 'version', stands.version)
         )
    ) THEN
        RAISE EXCEPTION 'a session is signed only with a check of every rule that stands'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM jsonb_array_elements(said) AS result
         WHERE (result->>'severity' = 'absolute' AND result->>'state' = 'applies')
            OR (
                length(btrim(COALESCE(result->>'reason', ''))) < 10
                AND (
                    (result->>'severity' = 'relative' AND result->>'state' = 'applies')
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


class Migration(migrations.Migration):
    dependencies = [("treatments", "0011_extended")]
    operations = [migrations.RunSQL(CHECKED_WHEN_SIGNED, BEFORE)]
