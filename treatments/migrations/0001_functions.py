"""The functions behind `treatments.triggers`; they are bound to tables in the next migration."""

from django.db import migrations

# FOR SHARE makes a signature wait for a withdrawal that is being written, and the withdrawal for it.
CONSENT_STANDS = """
CREATE FUNCTION treatments_consent_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreed record;
BEGIN
    IF NEW.signed_at IS NULL OR (TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    SELECT consent.patient_id, consent.signed_at, consent.withdrawn_at,
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
CREATE FUNCTION treatments_lot_in_date() RETURNS trigger LANGUAGE plpgsql AS $$
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


class Migration(migrations.Migration):
    initial = True
    dependencies = [("base", "0001_initial")]
    operations = [
        migrations.RunSQL(CONSENT_STANDS, "DROP FUNCTION treatments_consent_stands()"),
        migrations.RunSQL(LOT_IN_DATE, "DROP FUNCTION treatments_lot_in_date()"),
    ]
