"""Why a course was planned without what was not known; and the day of a cause follows its visit."""

import clinic.base.ids
import clinic.base.operations
import clinic.base.triggers
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# As in 0018, but a cause whose visit is dated anew is no news, either.
OF_AN_OPEN_STOP = """
CREATE OR REPLACE FUNCTION patients_of_an_open_stop() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    outcome text := COALESCE((
        SELECT review.outcome FROM patients_stopreview review
         WHERE review.stop_id = NEW.stop_id
         ORDER BY review.reviewed_at DESC, review.id DESC LIMIT 1
    ), '');
BEGIN
    IF outcome NOT IN ('ruled_out', 'accounted') THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'patients_causestatement' THEN
        IF EXISTS (
            SELECT FROM patients_causestatement known
             WHERE known.stop_id = NEW.stop_id
               AND known.item = NEW.item AND known.weight = NEW.weight
               AND (outcome = 'accounted' OR known.id = NEW.replaces_id AND known.note = NEW.note)
        ) THEN
            RETURN NEW;
        END IF;
    ELSIF EXISTS (
        SELECT FROM patients_signsstatement known
         WHERE known.stop_id = NEW.stop_id AND known.present @> NEW.present
           AND (outcome = 'accounted' OR known.id = NEW.replaces_id AND known.note = NEW.note)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what is found after a review needs a stop of its own'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION patients_of_an_open_stop() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    outcome text := COALESCE((
        SELECT review.outcome FROM patients_stopreview review
         WHERE review.stop_id = NEW.stop_id
         ORDER BY review.reviewed_at DESC, review.id DESC LIMIT 1
    ), '');
BEGIN
    IF outcome NOT IN ('ruled_out', 'accounted') THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'patients_causestatement' THEN
        IF outcome = 'accounted' AND EXISTS (
            SELECT FROM patients_causestatement known
             WHERE known.stop_id = NEW.stop_id
               AND known.item = NEW.item AND known.weight = NEW.weight
        ) THEN
            RETURN NEW;
        END IF;
    ELSIF EXISTS (
        SELECT FROM patients_signsstatement known
         WHERE known.stop_id = NEW.stop_id AND known.present @> NEW.present
           AND (outcome = 'accounted' OR known.id = NEW.replaces_id AND known.note = NEW.note)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what is found after a review needs a stop of its own'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0022_decided_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(OF_AN_OPEN_STOP, BEFORE),
        migrations.CreateModel(
            name='PlannedWithout',
            fields=[
                ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('technique', models.CharField(choices=[('micrograft', 'Micrograft'), ('prp', 'PRP')], max_length=12)),
                ('about_id', models.UUIDField()),
                ('lack', models.CharField(choices=[('signs', 'Warning signs were not asked'), ('baseline', 'No baseline count')], max_length=10)),
                ('reason', models.CharField(max_length=300)),
                ('planned_at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.case')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'planned without',
                'ordering': ['-planned_at', 'lack', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('lack__in', ['signs', 'baseline'])), name='patients_plannedwithout_known'),
                    models.CheckConstraint(condition=models.Q(('reason__regex', '^\\S.{8,}\\S$')), name='patients_plannedwithout_why', violation_error_message='Write the reason in 10 letters or more.'),
                    models.UniqueConstraint(fields=('about_id', 'lack'), name='planned_without_once')],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='causestatement',
            name='same_patient',
        ),
        clinic.base.operations.Together(
            [
                migrations.AddField(
                    model_name='causestatement',
                    name='replaces',
                    field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='patients.causestatement'),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='causestatement',
                    trigger=pgtrigger.compiler.Trigger(name='same_patient', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('patient_id', 'patients_pathwaystop', 'stop_id', 'patients_case', 'case_id', 'patients_causestatement', 'replaces_id')", func='RETURN NULL;', hash='3262c0286173f00652db637b2777aa829d42c306', operation='INSERT OR UPDATE', pgid='pgtrigger_same_patient_0612f', table='patients_causestatement', when='BEFORE')),
                ),
            ]
        ),
        clinic.base.operations.Together(
            [
                clinic.base.operations.AddTrigger(
                    model_name='plannedwithout',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='79da524133003cd6d48ad488755caeda8f7f3c02', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bf01f', table='patients_plannedwithout', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='plannedwithout',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='c50faa4677c3fb062a8b3a0e25ad39d3b8518c1a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_e88cb', table='patients_plannedwithout', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='plannedwithout',
                    trigger=pgtrigger.compiler.Trigger(name='same_patient', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('patient_id', 'patients_case', 'case_id')", func='RETURN NULL;', hash='36b0065e60e25dcbdbcb442f3b804a6923e1babb', operation='INSERT OR UPDATE', pgid='pgtrigger_same_patient_46dd2', table='patients_plannedwithout', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='plannedwithout',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='a1274a8f8cf5c6bbe9d1fac491060967d7170b9e', operation='UPDATE', pgid='pgtrigger_key_never_changes_10cf0', table='patients_plannedwithout', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='plannedwithout',
                    trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='e768bfe0a2b8c3df7a45910fbca3d4ed4bd3cdc4', operation='INSERT', pgid='pgtrigger_of_a_standing_record_8712b', table='patients_plannedwithout', when='BEFORE')),
                ),
            ]
        ),
    ]
