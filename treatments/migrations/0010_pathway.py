"""No plan is made and no session signed while something that was found stops the pathway."""

import clinic.base.operations
import clinic.base.triggers
import pgtrigger.compiler
from django.db import migrations


PATHWAY_OPEN = """
CREATE FUNCTION treatments_pathway_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.signed_at IS NOT NULL THEN
            RETURN NEW;
        END IF;
    END IF;
    IF patients_is_stopped((SELECT patient_id FROM patients_case WHERE id = NEW.case_id)) THEN
        RAISE EXCEPTION 'the AGA pathway of this patient is stopped'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""



class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0016_assessment'),
        ('treatments', '0009_asked_today'),
    ]

    operations = [
        migrations.RunSQL(PATHWAY_OPEN, "DROP FUNCTION treatments_pathway_open()"),
        clinic.base.operations.Together(
            [
                clinic.base.operations.AddTrigger(
                    model_name='plan',
                    trigger=pgtrigger.compiler.Trigger(name='pathway_open_when_planned', sql=clinic.base.triggers.TriggerSql(execute='treatments_pathway_open()', func='RETURN NULL;', hash='4f779f4015c62c062e646d22defe938d24132c1c', operation='INSERT', pgid='pgtrigger_pathway_open_when_planned_48da1', table='treatments_plan', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='session',
                    trigger=pgtrigger.compiler.Trigger(name='pathway_open_when_signed', sql=clinic.base.triggers.TriggerSql(condition='WHEN (NEW."signed_at" IS NOT NULL)', execute='treatments_pathway_open()', func='RETURN NULL;', hash='a15b437f89ffde803a3b210958ec9e12dad642c7', operation='INSERT OR UPDATE', pgid='pgtrigger_pathway_open_when_signed_c2d48', table='treatments_session', when='BEFORE')),
                ),
            ]
        ),
    ]
