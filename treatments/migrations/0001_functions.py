"""The functions behind `treatments.triggers`; they are bound to tables in the next migration."""

from django.db import migrations

# The consent is of the same course of care, and was signed before the treatment began. Where the
# start is not recorded, the end of the day at the site stands for it.
# FOR SHARE makes a signature wait for a withdrawal that is being written, and the withdrawal for it.
CONSENT_STANDS = """
CREATE FUNCTION treatments_consent_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    agreed record;
BEGIN
    IF NEW.signed_at IS NULL OR (TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    SELECT consent.patient_id, consent.case_id, consent.signed_at, consent.withdrawn_at,
           template.purpose, template.technique
      INTO agreed
      FROM patients_consent consent
      JOIN patients_consenttemplate template ON template.id = consent.template_id
     WHERE consent.id = NEW.consent_id
       FOR SHARE OF consent;
    IF agreed IS NULL OR agreed.patient_id <> NEW.patient_id OR agreed.purpose <> 'treatment'
       OR agreed.technique <> NEW.technique OR agreed.signed_at IS NULL
       OR agreed.signed_at > NEW.signed_at OR agreed.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'a session is signed only with a standing consent to its technique'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF agreed.case_id <> NEW.case_id THEN
        RAISE EXCEPTION 'a session is signed only with a consent of its own case'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF agreed.signed_at > COALESCE(NEW.started_at, (
        SELECT (NEW.performed_date + 1)::timestamp AT TIME ZONE site.time_zone
          FROM practice_site site WHERE site.id = NEW.site_id
    )) THEN
        RAISE EXCEPTION 'a session is signed only with a consent from before it started'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM treatments_lotuse used JOIN treatments_lot lot ON lot.id = used.lot_id
         WHERE used.session_id = NEW.id
           AND (lot.recalled_at IS NOT NULL OR lot.expiry_date < NEW.performed_date)
    ) THEN
        RAISE EXCEPTION 'a session is not signed with an expired or recalled lot'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

LOT_IN_DATE = """
CREATE FUNCTION treatments_lot_in_date() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM treatments_lot lot, treatments_session session
         WHERE lot.id = NEW.lot_id AND session.id = NEW.session_id
           AND (lot.recalled_at IS NOT NULL OR lot.expiry_date < session.performed_date)
    ) THEN
        RAISE EXCEPTION 'a lot that is expired or recalled cannot be used'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# Five minutes for the clocks of devices that go ahead. What is not recorded is not compared.
# The children are complete rows by their own constraints; here it is that they are there.
# Lidocaine: plain min(3 mg/kg, 200 mg), with adrenaline min(7 mg/kg, 500 mg); both together may
# fill one maximum, each by its share. Where the weight is not known, 200 and 500 mg hold.
WHOLE_WHEN_SIGNED = """
CREATE FUNCTION treatments_whole_when_signed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    prepared boolean;
    lidocaine_share numeric;
BEGIN
    IF NEW.signed_at IS NULL OR (TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    IF NEW.technique = 'prp' THEN
        SELECT EXISTS (SELECT 1 FROM treatments_prppreparation WHERE session_id = NEW.id)
          INTO prepared;
    ELSE
        SELECT EXISTS (SELECT 1 FROM treatments_micrograftpreparation WHERE session_id = NEW.id)
          INTO prepared;
    END IF;
    IF NOT prepared
       OR NOT EXISTS (SELECT 1 FROM treatments_zone WHERE session_id = NEW.id)
       OR NOT EXISTS (SELECT 1 FROM treatments_lotuse WHERE session_id = NEW.id) THEN
        RAISE EXCEPTION 'a session is signed with its preparation, a zone and a lot'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF GREATEST(NEW.started_at, NEW.ended_at) > NEW.signed_at + interval '5 minutes'
       OR EXISTS (
           SELECT 1
             FROM (SELECT harvested_at AS taken_at FROM treatments_micrograftpreparation
                    WHERE session_id = NEW.id
                    UNION ALL
                   SELECT drawn_at FROM treatments_prppreparation WHERE session_id = NEW.id) taken
            WHERE taken_at < NEW.started_at OR taken_at > NEW.ended_at
               OR taken_at > NEW.signed_at + interval '5 minutes'
       ) THEN
        RAISE EXCEPTION 'a session is signed only with times in their order and in the past'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT sum(strength_percent * 10 * volume_ml / CASE
               WHEN with_adrenaline THEN LEAST(7 * COALESCE(NEW.weight_kg, 300), 500)
               ELSE LEAST(3 * COALESCE(NEW.weight_kg, 300), 200) END)
      INTO lidocaine_share
      FROM treatments_anaesthetic
     WHERE session_id = NEW.id AND agent = 'lidocaine';
    IF round(lidocaine_share, 6) > 1 THEN
        RAISE EXCEPTION 'a session is not signed with more lidocaine than the maximum'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

LOT_FIXED_ONCE_SIGNED = """
CREATE FUNCTION treatments_lot_fixed_once_signed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.kind, OLD.product, OLD.lot_number, OLD.expiry_date)
       IS DISTINCT FROM (NEW.id, NEW.kind, NEW.product, NEW.lot_number, NEW.expiry_date)
       AND EXISTS (
           SELECT 1 FROM treatments_lotuse used
             JOIN treatments_session session ON session.id = used.session_id
            WHERE used.lot_id = OLD.id AND session.signed_at IS NOT NULL
       ) THEN
        RAISE EXCEPTION 'a lot that a signed session names cannot be changed, only recalled'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

STAYS_RECALLED = """
CREATE FUNCTION treatments_lot_stays_recalled() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.recalled_at IS NOT NULL AND (TG_OP = 'DELETE' OR
       (OLD.recalled_at, OLD.recalled_by_id)
       IS DISTINCT FROM (NEW.recalled_at, NEW.recalled_by_id)) THEN
        RAISE EXCEPTION '% is refused: the recall of a lot is never taken back', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

# A signature is never taken back, so that what is found here stays true.
ADDENDUM_OF_SIGNED = """
CREATE FUNCTION treatments_addendum_of_signed() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM treatments_session
                    WHERE id = NEW.session_id AND signed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'an addendum is added to a signed session only'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("base", "0001_initial")]
    operations = [
        migrations.RunSQL(CONSENT_STANDS, "DROP FUNCTION treatments_consent_stands()"),
        migrations.RunSQL(LOT_IN_DATE, "DROP FUNCTION treatments_lot_in_date()"),
        migrations.RunSQL(WHOLE_WHEN_SIGNED, "DROP FUNCTION treatments_whole_when_signed()"),
        migrations.RunSQL(LOT_FIXED_ONCE_SIGNED, "DROP FUNCTION treatments_lot_fixed_once_signed()"),
        migrations.RunSQL(STAYS_RECALLED, "DROP FUNCTION treatments_lot_stays_recalled()"),
        migrations.RunSQL(ADDENDUM_OF_SIGNED, "DROP FUNCTION treatments_addendum_of_signed()"),
    ]
