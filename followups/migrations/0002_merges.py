"""No new row for a patient whose record was merged into another."""

import clinic.base.operations
import clinic.base.triggers
import pgtrigger.compiler
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0004_merges'),
        ('followups', '0001_initial'),
    ]

    operations = [
        clinic.base.operations.AddTrigger(
            model_name='examination',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='7ab49c33ffa99298a0037d848a42bbcfea059b31', operation='INSERT', pgid='pgtrigger_of_a_standing_record_48673', table='followups_examination', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='review',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='89ca833aa67430245576058968b819cf29f4ac40', operation='INSERT', pgid='pgtrigger_of_a_standing_record_37c41', table='followups_review', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='targetarea',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='64974dca40e28bbb1549b63e6f28a27ec8eb3fde', operation='INSERT', pgid='pgtrigger_of_a_standing_record_713d6', table='followups_targetarea', when='BEFORE')),
        ),
    ]
