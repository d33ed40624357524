"""No more sessions are planned while something that was found stops the pathway."""

import clinic.base.operations
import clinic.base.triggers
import pgtrigger.compiler
from django.db import migrations


COURSE_OPEN = """
CREATE FUNCTION treatments_course_open() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF patients_is_stopped((SELECT patient_id FROM patients_case WHERE id = NEW.case_id)) THEN
        RAISE EXCEPTION 'the AGA pathway of this patient is stopped'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('treatments', '0010_pathway'),
    ]

    operations = [
        migrations.RunSQL(COURSE_OPEN, "DROP FUNCTION treatments_course_open()"),
        clinic.base.operations.AddTrigger(
            model_name='plan',
            trigger=pgtrigger.compiler.Trigger(name='pathway_open_when_extended', sql=clinic.base.triggers.TriggerSql(condition='WHEN (NEW."sessions_planned" > (OLD."sessions_planned"))', execute='treatments_course_open()', func='RETURN NULL;', hash='780773993679ce08153b59472f23b72b4ca8eef0', operation='UPDATE', pgid='pgtrigger_pathway_open_when_extended_0cf6c', table='treatments_plan', when='BEFORE')),
        ),
    ]
