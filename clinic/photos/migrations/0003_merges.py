"""No new row for a patient whose record was merged into another."""

import clinic.base.operations
import clinic.base.triggers
import pgtrigger.compiler
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0004_merges'),
        ('photos', '0002_agreement'),
    ]

    operations = [
        clinic.base.operations.AddTrigger(
            model_name='photoset',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='b2d098c2ce96785e32908fa7ecc0d767f8eb4883', operation='INSERT', pgid='pgtrigger_of_a_standing_record_210eb', table='photos_photoset', when='BEFORE')),
        ),
    ]
