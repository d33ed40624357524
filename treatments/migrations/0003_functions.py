"""The functions behind the triggers that came after the first ones."""

from django.db import migrations

# The children are complete rows by their own constraints; here it is that they are there.
# Lidocaine: plain min(3 mg/kg, 200 mg), with adrenaline min(7 mg/kg, 500 mg); both together may
# fill one maximum, each by its share. Where the weight is not known, 200 and 500 mg hold.
WHOLE_WHEN_SIGNED = """
CREATE FUNCTION treatments_whole_when_signed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE FUNCTION treatments_lot_fixed_once_signed() RETURNS trigger LANGUAGE plpgsql AS $$
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


class Migration(migrations.Migration):
    dependencies = [("treatments", "0002_initial")]
    operations = [
        migrations.RunSQL(WHOLE_WHEN_SIGNED, "DROP FUNCTION treatments_whole_when_signed()"),
        migrations.RunSQL(LOT_FIXED_ONCE_SIGNED, "DROP FUNCTION treatments_lot_fixed_once_signed()"),
    ]
