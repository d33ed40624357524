"""No new row for a patient whose record was merged into another."""

import clinic.base.operations
import clinic.base.triggers
import pgtrigger.compiler
from django.db import migrations


# An issued document follows its patient whole.
LOCKED_WHEN_ISSUED = """
CREATE OR REPLACE FUNCTION documents_locked_when_issued() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.issued_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(OLD) - 'patient_id' = to_jsonb(NEW) - 'patient_id'
           AND anagen_follows_merge(to_jsonb(OLD), to_jsonb(NEW)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is refused: this document was issued', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0004_merges'),
        ('documents', '0002_initial'),
    ]

    operations = [
        migrations.RunSQL(LOCKED_WHEN_ISSUED, migrations.RunSQL.noop),
        clinic.base.operations.AddTrigger(
            model_name='document',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='dc66061f54ec07766fba188f6a589a3ff7f31ff9', operation='INSERT', pgid='pgtrigger_of_a_standing_record_d5589', table='documents_document', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='privatelink',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='37c8d1224e6a9ec730aa3a0441eefc92bcdec39d', operation='INSERT', pgid='pgtrigger_of_a_standing_record_89d85', table='documents_privatelink', when='BEFORE')),
        ),
    ]
