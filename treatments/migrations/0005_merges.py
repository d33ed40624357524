"""No new row for a patient whose record was merged into another."""

import clinic.base.operations
import clinic.base.triggers
import pgtrigger.compiler
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0004_merges'),
        ('treatments', '0004_rows_in_a_steady_order'),
    ]

    operations = [
        clinic.base.operations.AddTrigger(
            model_name='session',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='f1e5ba4a7cc63d68b01578f4c935bb86b10db1e3', operation='INSERT', pgid='pgtrigger_of_a_standing_record_d49bc', table='treatments_session', when='BEFORE')),
        ),
    ]
