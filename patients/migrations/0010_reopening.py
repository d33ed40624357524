"""A case that was closed may be opened again, with a reason that stays."""

import clinic.base.operations
import clinic.base.ids
import clinic.base.triggers
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


CLOSED_UNTIL_REOPENED = """
CREATE FUNCTION patients_closed_until_reopened() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.closed_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF NEW.closed_at IS NULL AND EXISTS (
        SELECT FROM patients_reopening WHERE case_id = OLD.id AND closed_at = OLD.closed_at
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'UPDATE is refused: a case that was closed is opened again with a reason alone'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0009_facts_of_the_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            CLOSED_UNTIL_REOPENED, 'DROP FUNCTION patients_closed_until_reopened()'
        ),
        clinic.base.operations.Together(
            [
                migrations.CreateModel(
                    name='Reopening',
                    fields=[
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('closed_at', models.DateTimeField()),
                        ('outcome', models.CharField(choices=[('discharged', 'Discharged'), ('declined', 'Declined treatment'), ('lost', 'Lost to follow-up')], max_length=12)),
                        ('reopened_at', models.DateTimeField()),
                        ('reason', models.CharField(max_length=200)),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='patients.case')),
                        ('closed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('reopened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-reopened_at'],
                        'constraints': [models.UniqueConstraint(fields=('case', 'closed_at'), name='patients_closing_taken_back_once'), models.CheckConstraint(condition=models.Q(('reason__regex', '\\S')), name='patients_reopening_has_reason', violation_error_message='Write why the case is opened again.')],
                    },
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name='case',
                    name='never_changes_after_closed_at',
                ),
                clinic.base.operations.AddTrigger(
                    model_name='case',
                    trigger=pgtrigger.compiler.Trigger(name='closed_until_reopened', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome"))', execute='patients_closed_until_reopened()', func='RETURN NULL;', hash='21e80739632eef79e75cff86f36557d0047eebdf', operation='UPDATE', pgid='pgtrigger_closed_until_reopened_ff2b2', table='patients_case', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='reopening',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='cf27c2879d990f3fb9cd3a43ddfde006cc07c7a5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5300f', table='patients_reopening', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='reopening',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='717f9d7578485ef49264fd5965c88ade17abc190', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_47a2b', table='patients_reopening', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='reopening',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='1205b5da8b7862ee640ad36f2402b02013317fab', operation='UPDATE', pgid='pgtrigger_key_never_changes_cdfa1', table='patients_reopening', when='BEFORE')),
                ),
            ]
        ),
    ]
