"""No new row for a patient whose record was merged into another."""

import clinic.base.operations
import clinic.base.triggers
import pgtrigger.compiler
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0004_merges'),
        ('messaging', '0001_initial'),
    ]

    operations = [
        clinic.base.operations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='534335da2a058233c27cc3c6fe8d638548c36913', operation='INSERT', pgid='pgtrigger_of_a_standing_record_e7547', table='messaging_message', when='BEFORE')),
        ),
    ]
