"""What was entered by mistake or corrected, and which case a finding came from."""

import clinic.base.ids
import clinic.base.operations
import clinic.base.triggers
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# What a review accounted for, seen again as it was, is no news; nor is a correction of the day.
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

BEFORE = """
CREATE OR REPLACE FUNCTION patients_of_an_open_stop() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF COALESCE((
        SELECT review.outcome FROM patients_stopreview review
         WHERE review.stop_id = NEW.stop_id
         ORDER BY review.reviewed_at DESC, review.id DESC LIMIT 1
    ), '') IN ('ruled_out', 'accounted') THEN
        RAISE EXCEPTION 'what is found after a review needs a stop of its own'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0017_stops_of_diagnoses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(OF_AN_OPEN_STOP, BEFORE),
        pgtrigger.migrations.RemoveTrigger(
            model_name='causestatement',
            name='same_patient',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='signsstatement',
            name='same_patient',
        ),
        clinic.base.operations.Together(
            [
                migrations.CreateModel(
                    name='FindingWithdrawal',
                    fields=[
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('reason', models.CharField(max_length=300)),
                        ('withdrawn_at', models.DateTimeField()),
                        ('diagnosis', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='patients.diagnosis')),
                        ('signs', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='patients.signsstatement')),
                        ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-withdrawn_at', '-id'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('diagnosis__isnull', True), ('signs__isnull', False)), models.Q(('diagnosis__isnull', False), ('signs__isnull', True)), _connector='OR'), name='patients_withdrawal_of_one_finding'), models.CheckConstraint(condition=models.Q(('reason__regex', '\\S')), name='patients_withdrawal_has_reason', violation_error_message='Write why it was a mistake.')],
                    },
                ),
                migrations.AlterModelOptions(
                    name='causestatement',
                    options={'ordering': ['-found_date', '-stated_at', '-id']},
                ),
                migrations.AlterModelOptions(
                    name='signsstatement',
                    options={'ordering': ['-found_date', '-stated_at', '-id']},
                ),
                migrations.AddField(
                    model_name='causestatement',
                    name='case',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.case'),
                ),
                migrations.AddField(
                    model_name='diagnosis',
                    name='replaces',
                    field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='patients.diagnosis'),
                ),
                migrations.AddField(
                    model_name='pathwaystop',
                    name='case',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.case'),
                ),
                migrations.AddField(
                    model_name='signsstatement',
                    name='case',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.case'),
                ),
                migrations.AddField(
                    model_name='signsstatement',
                    name='replaces',
                    field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='patients.signsstatement'),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='causestatement',
                    trigger=pgtrigger.compiler.Trigger(name='same_patient', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('patient_id', 'patients_pathwaystop', 'stop_id', 'patients_case', 'case_id')", func='RETURN NULL;', hash='bcd57c2b37e590451310587dc237e5967dbd88e0', operation='INSERT OR UPDATE', pgid='pgtrigger_same_patient_0612f', table='patients_causestatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='diagnosis',
                    trigger=pgtrigger.compiler.Trigger(name='same_case', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('case_id', 'patients_diagnosis', 'replaces_id')", func='RETURN NULL;', hash='2ce81b731dd8636423b492da6230df6aaa6b898a', operation='INSERT OR UPDATE', pgid='pgtrigger_same_case_ea04b', table='patients_diagnosis', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pathwaystop',
                    trigger=pgtrigger.compiler.Trigger(name='same_patient', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('patient_id', 'patients_case', 'case_id')", func='RETURN NULL;', hash='824ca9888514844076ac663f8a9db19e7eab9d24', operation='INSERT OR UPDATE', pgid='pgtrigger_same_patient_2e719', table='patients_pathwaystop', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='signsstatement',
                    trigger=pgtrigger.compiler.Trigger(name='same_patient', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('patient_id', 'patients_pathwaystop', 'stop_id', 'patients_case', 'case_id', 'patients_signsstatement', 'replaces_id')", func='RETURN NULL;', hash='36d2722e40719fa2434d0beddc3cf801c03be169', operation='INSERT OR UPDATE', pgid='pgtrigger_same_patient_aa5de', table='patients_signsstatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='findingwithdrawal',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='4068d4c2a3437c99743f1effd22eb8092b88b47b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f4802', table='patients_findingwithdrawal', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='findingwithdrawal',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='5f0c0e46405bae31cbda55b32818c524e3f764ca', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_f55d6', table='patients_findingwithdrawal', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='findingwithdrawal',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='fb2ea534ea0f755270eb1704cff7a828fc69a3c9', operation='UPDATE', pgid='pgtrigger_key_never_changes_f4dff', table='patients_findingwithdrawal', when='BEFORE')),
                ),
            ]
        ),
    ]
