"""Two records of one person: found, merged, parted again."""

import clinic.base.ids
import clinic.base.operations
import clinic.base.triggers
import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

# Where it stands in the way of its own kind: a merge into a record that is merged itself, and a
# change of what was noted, but in the transaction that notes it, or to undo it.
MERGE_MOVES = """
CREATE FUNCTION patients_merge_moves() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    here text := pg_current_xact_id()::text;
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM patients_merge
         WHERE undone_at IS NULL AND absorbed_id IN (NEW.survivor_id, NEW.absorbed_id)
    ) THEN
        RAISE EXCEPTION 'a record that was merged into another is not merged again'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.moved_in <> here
       AND (OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
            OR OLD.moved <> NEW.moved OR OLD.replaced <> NEW.replaced) THEN
        RAISE EXCEPTION 'a merge is undone, once, and never changes otherwise'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.moved_in := here;
    RETURN NEW;
END $$;
"""

FOLLOWS_MERGE = """
CREATE OR REPLACE FUNCTION anagen_follows_merge(before jsonb, after jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM patients_merge
         WHERE moved_in = pg_current_xact_id()::text
           AND CASE WHEN undone_at IS NULL
               THEN absorbed_id = (before ->> 'patient_id')::uuid
                    AND survivor_id = (after ->> 'patient_id')::uuid
               ELSE survivor_id = (before ->> 'patient_id')::uuid
                    AND absorbed_id = (after ->> 'patient_id')::uuid
               END)
$$;
"""

# The lock makes a new row wait for a merge that is under way, which holds both patients.
OF_A_STANDING_RECORD = """
CREATE FUNCTION patients_of_a_standing_record() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM patients_patient WHERE id = NEW.patient_id FOR KEY SHARE;
    IF EXISTS (
        SELECT FROM patients_merge WHERE absorbed_id = NEW.patient_id AND undone_at IS NULL
    ) THEN
        RAISE EXCEPTION 'INSERT into % is refused: the patient''s record was merged into another',
            TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0002_merged_records'),
        ('patients', '0003_name_words'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LikelyPair',
            fields=[
                ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ('likeness', models.FloatField(help_text='The greater the likelier.')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-likeness', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='patients_likely_pair_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='patients_likely_pair_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('merged_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('moved', models.JSONField(blank=True, default=dict)),
                ('replaced', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('moved_in', models.TextField(blank=True, editable=False)),
                ('absorbed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='patients.patient')),
                ('merged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absorbing_merges', to='patients.patient')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-merged_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='patients_merge_undone_paired', violation_error_message='Say both when and by whom it was undone.'), models.CheckConstraint(condition=models.Q(('survivor', models.F('absorbed')), _negated=True), name='patients_merge_of_two', violation_error_message='A record cannot be merged with itself.'), models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('absorbed',), name='patients_merged_once', violation_error_message='This record is merged into another already.')],
            },
        ),
        migrations.CreateModel(
            name='OtherNumber',
            fields=[
                ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('source', models.CharField(max_length=60)),
                ('number', models.CharField(max_length=80)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='other_numbers', to='patients.patient')),
            ],
            options={
                'ordering': ['source', 'number'],
                'indexes': [models.Index(fields=['number'], name='patients_other_number')],
                'constraints': [models.UniqueConstraint(fields=('source', 'number'), name='patients_other_number_once', violation_error_message='Another patient has this number there.'), models.CheckConstraint(condition=models.Q(('source__regex', '\\S'), ('number__regex', '\\S')), name='patients_other_number_given')],
            },
        ),
        migrations.CreateModel(
            name='OtherNumberEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('source', models.CharField(max_length=60)),
                ('number', models.CharField(max_length=80)),
                ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.patient')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='past_versions', to='patients.othernumber')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TwoPeople',
            fields=[
                ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('stated_at', models.DateTimeField()),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'two people',
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='patients_two_people_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='patients_two_people_in_order')],
            },
        ),
        migrations.AlterModelOptions(
            name='historyentry',
            options={'ordering': ['-recorded_at', '-id'], 'verbose_name_plural': 'history entries'},
        ),
        migrations.RunSQL(MERGE_MOVES, 'DROP FUNCTION patients_merge_moves()'),
        migrations.RunSQL(FOLLOWS_MERGE, migrations.RunSQL.noop),
        migrations.RunSQL(
            OF_A_STANDING_RECORD, 'DROP FUNCTION patients_of_a_standing_record()'
        ),
        clinic.base.operations.AddTrigger(
            model_name='allergy',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='e6ff7305449d149f60ce9648d7d98ad3b7ec83d4', operation='INSERT', pgid='pgtrigger_of_a_standing_record_34a1d', table='patients_allergy', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='ab09edf60ee3388b9432323b5c9728fbbc434b38', operation='INSERT', pgid='pgtrigger_of_a_standing_record_84a1a', table='patients_case', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='c2d12dc47ec4e0641e9d980e7c975d890d10b4d0', operation='INSERT', pgid='pgtrigger_of_a_standing_record_ad6c5', table='patients_consent', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='historyentry',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='5db0ff83746b8bfa5a56e260f30a3e1c5bd8f832', operation='INSERT', pgid='pgtrigger_of_a_standing_record_19187', table='patients_historyentry', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='medicine',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='ce76a28c153e86362276de8600b8ffd0aca9e38d', operation='INSERT', pgid='pgtrigger_of_a_standing_record_b81e2', table='patients_medicine', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='noknownallergies',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='5cf2587030d7b01b1fdcff0a1e45a12897fce35f', operation='INSERT', pgid='pgtrigger_of_a_standing_record_01678', table='patients_noknownallergies', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='siteregistration',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='5b049522fe682d510dc09b39e3f65a52cd4a48f7', operation='INSERT', pgid='pgtrigger_of_a_standing_record_5c934', table='patients_siteregistration', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='likelypair',
            trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='5b17a0f54cf9e68178372e99f46e2c1c4befcdcd', operation='UPDATE', pgid='pgtrigger_key_never_changes_d5bf8', table='patients_likelypair', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."absorbed_id" IS DISTINCT FROM (NEW."absorbed_id") OR OLD."merged_at" IS DISTINCT FROM (NEW."merged_at") OR OLD."merged_by_id" IS DISTINCT FROM (NEW."merged_by_id") OR OLD."survivor_id" IS DISTINCT FROM (NEW."survivor_id"))', execute="anagen_never_changes('survivor', 'absorbed', 'merged_at', 'merged_by')", func='RETURN NULL;', hash='8a65473cc7cf0a0b2fc9522969ab02d228c0925d', operation='UPDATE', pgid='pgtrigger_never_changes_0e0e2', table='patients_merge', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='never_changes_after_undone_at', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."undone_at" IS NOT NULL AND (OLD."undone_at" IS DISTINCT FROM (NEW."undone_at") OR OLD."undone_by_id" IS DISTINCT FROM (NEW."undone_by_id") OR OLD."moved" IS DISTINCT FROM (NEW."moved") OR OLD."replaced" IS DISTINCT FROM (NEW."replaced")))', execute="anagen_never_changes('undone_at', 'undone_by', 'moved', 'replaced')", func='RETURN NULL;', hash='474647eac809ec3158739aea008da3d11dce4423', operation='UPDATE', pgid='pgtrigger_never_changes_after_undone_at_e9306', table='patients_merge', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='moves_in_its_transaction', sql=clinic.base.triggers.TriggerSql(execute='patients_merge_moves()', func='RETURN NULL;', hash='01cc560482e7147139c31b74bd48ba03520aefb8', operation='INSERT OR UPDATE', pgid='pgtrigger_moves_in_its_transaction_1f8a9', table='patients_merge', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='8d8db0f99a18c40d0611f8c812f9f60279d62057', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_9c3a4', table='patients_merge', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='merge',
            trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='39ffebf0de7e338fbbfa252a93ad7ed8d93612c3', operation='UPDATE', pgid='pgtrigger_key_never_changes_79b37', table='patients_merge', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='othernumber',
            trigger=pgtrigger.compiler.Trigger(name='never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."source" IS DISTINCT FROM (NEW."source"))', execute="anagen_never_changes('patient', 'source', 'number')", func='RETURN NULL;', hash='09f15a2eef470c01a89f1b78fb1b72de678f1cc4', operation='UPDATE', pgid='pgtrigger_never_changes_e9980', table='patients_othernumber', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='othernumber',
            trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='a4654ccd50ae9e7498eaaf65cc843033cfbac1b2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_f1aee', table='patients_othernumber', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='othernumber',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patients_othernumberevent" ("created_at", "id", "number", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") VALUES (OLD."created_at", OLD."id", OLD."number", OLD."patient_id", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."source"); RETURN NULL;', hash='70e8889eb396004c4a65cb8e21f077e1ec037dd3', operation='UPDATE', pgid='pgtrigger_before_update_update_982af', table='patients_othernumber', when='AFTER')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='othernumber',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=clinic.base.triggers.TriggerSql(func='INSERT INTO "patients_othernumberevent" ("created_at", "id", "number", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source") VALUES (OLD."created_at", OLD."id", OLD."number", OLD."patient_id", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."source"); RETURN NULL;', hash='905442c1ad20f067f4e721aac4ccb2a926441a98', operation='DELETE', pgid='pgtrigger_before_delete_delete_3def4', table='patients_othernumber', when='AFTER')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='othernumber',
            trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='fc4217138b51731989bffc18170bc7003f9a2fa7', operation='UPDATE', pgid='pgtrigger_key_never_changes_6d3e1', table='patients_othernumber', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='othernumber',
            trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='31f5550b21ddabf28a1b4f073a38d0a2f8c9405a', operation='INSERT', pgid='pgtrigger_of_a_standing_record_25d73', table='patients_othernumber', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='othernumberevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='04f6b21562b6ac50ac6785c31b15b19d8266b5ce', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ed9d2', table='patients_othernumberevent', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='othernumberevent',
            trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='07d4d7a0fc14e5b212c9f6b404c68f93f92819d1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_cee8d', table='patients_othernumberevent', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='twopeople',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='545b08ad391a3bf9320465d9a7aa99c31c922404', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_56cca', table='patients_twopeople', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='twopeople',
            trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='3d88c4fc64bd26b5c15f1e81280c36c4c6dc021e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_0771a', table='patients_twopeople', when='BEFORE')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='twopeople',
            trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='f8f9e33063754e9e4f1418954ca0f2d6e717a923', operation='UPDATE', pgid='pgtrigger_key_never_changes_9473b', table='patients_twopeople', when='BEFORE')),
        ),
    ]
