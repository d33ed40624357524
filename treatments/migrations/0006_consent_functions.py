"""A session is signed with a consent that is whole, in time and reconfirmed at the session."""

from importlib import import_module

from django.db import migrations

# A treatment rests on the consent as it stood when it began: a text that is published, or an end
# that comes, between the treatment and the signature of its record undoes nothing. Where the start
# is not recorded, the end of the day at the site stands for it. A withdrawal counts at any time.
# Five minutes for the clocks of devices that go ahead.
# FOR SHARE makes a signature wait for a withdrawal that is being written, and the withdrawal for it.
CONSENT_STANDS = """
CREATE OR REPLACE FUNCTION treatments_consent_stands() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    agreed record;
    began timestamptz;
BEGIN
    IF NEW.signed_at IS NULL OR (TG_OP = 'UPDATE' AND OLD.signed_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    SELECT consent.patient_id, consent.case_id, consent.signed_at, consent.withdrawn_at,
           consent.process, consent.clinician_signed_at, consent.expires_at,
           template.purpose, template.technique, template.version
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
    began := COALESCE(NEW.started_at, (
        SELECT (NEW.performed_date + 1)::timestamp AT TIME ZONE site.time_zone
          FROM practice_site site WHERE site.id = NEW.site_id
    ));
    IF agreed.signed_at > began THEN
        RAISE EXCEPTION 'a session is signed only with a consent from before it started'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF agreed.process <> 1 AND agreed.clinician_signed_at IS NULL THEN
        RAISE EXCEPTION 'a session is signed only with a consent that its clinician signed too'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF agreed.expires_at <= began THEN
        RAISE EXCEPTION 'a session is signed only with a consent that has not expired'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM patients_consenttemplate newer
         WHERE newer.purpose = agreed.purpose AND newer.technique = agreed.technique
           AND newer.version > agreed.version AND newer.earlier_consents = 'anew'
           AND newer.published_at <= began
    ) THEN
        RAISE EXCEPTION 'a session is signed only with a consent to words that still hold'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.consent_reconfirmed_at IS NULL
       OR NEW.consent_reconfirmed_at > NEW.signed_at + interval '5 minutes' THEN
        RAISE EXCEPTION 'a session is signed once its consent was reconfirmed with the patient'
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

_BEFORE = import_module("treatments.migrations.0001_functions").CONSENT_STANDS


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0008_consent_fits"),
        ("treatments", "0005_merges"),
    ]
    operations = [
        migrations.RunSQL(
            CONSENT_STANDS, _BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        ),
    ]
