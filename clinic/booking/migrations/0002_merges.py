"""No new row for a patient whose record was merged into another."""

import clinic.base.operations
import clinic.base.triggers
import pgtrigger.compiler
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0004_merges'),
        ('booking', '0001_initial'),
    ]

    operations = [
        clinic.base.operations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='08b7237bcf690b445a5c1e0f5dc88c4be9d5fba3', operation='INSERT', pgid='pgtrigger_of_a_standing_record_7b79e', table='booking_appointment', when='BEFORE')),
        ),
    ]
