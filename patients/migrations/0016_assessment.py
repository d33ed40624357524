"""What is found at a visit: every scale, possible causes, warning signs, and what they stop."""

import clinic.base.ids
import clinic.base.operations
import clinic.base.triggers
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import pgtrigger.compiler
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


# A stop stands until its newest review lets the pathway go on.
IS_STOPPED = """
CREATE FUNCTION patients_is_stopped(whose uuid) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM patients_pathwaystop stop
         WHERE stop.patient_id = whose AND COALESCE((
            SELECT review.outcome FROM patients_stopreview review
             WHERE review.stop_id = stop.id ORDER BY review.reviewed_at DESC, review.id DESC LIMIT 1
         ), '') NOT IN ('ruled_out', 'accounted')
    );
END $$;
"""

OF_AN_OPEN_STOP = """
CREATE FUNCTION patients_of_an_open_stop() RETURNS trigger LANGUAGE plpgsql
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

# Rows that are never changed get the day on which they were written down, in the clinics' zone:
# a change of the type fills the column without an update.
FOUND_WHEN_MADE = """
ALTER TABLE patients_diagnosis ALTER COLUMN found_date TYPE date
USING (made_at AT TIME ZONE 'Europe/London')::date
"""



class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0015_shipped_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(IS_STOPPED, "DROP FUNCTION patients_is_stopped(uuid)"),
        migrations.RunSQL(OF_AN_OPEN_STOP, "DROP FUNCTION patients_of_an_open_stop()"),
        clinic.base.operations.Together(
            [
                migrations.CreateModel(
                    name='PathwayStop',
                    fields=[
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('raised_at', models.DateTimeField()),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pathway_stops', to='patients.patient')),
                        ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['-raised_at', '-id'],
                    },
                ),
                migrations.CreateModel(
                    name='CauseStatement',
                    fields=[
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('stated_at', models.DateTimeField()),
                        ('item', models.CharField(choices=[('aga', 'Androgenetic alopecia'), ('telogen_effluvium', 'Telogen effluvium'), ('areata', 'Alopecia areata'), ('anagen_effluvium', 'Anagen effluvium'), ('trichotillomania', 'Trichotillomania'), ('tinea', 'Tinea capitis'), ('traction', 'Traction'), ('lpp', 'Lichen planopilaris (LPP)'), ('ffa', 'Frontal fibrosing alopecia (FFA)'), ('dle', 'Discoid lupus (DLE)'), ('ccca', 'Central centrifugal cicatricial alopecia (CCCA)'), ('scarring', 'Scarring, not told apart yet'), ('thyroid', 'Thyroid disease'), ('iron', 'Iron deficiency'), ('drugs', 'Drugs'), ('other', 'Other')], max_length=24)),
                        ('weight', models.CharField(choices=[('considered', 'Considered'), ('likely', 'Likely'), ('ruled_out', 'Ruled out')], max_length=10)),
                        ('note', models.CharField(blank=True, max_length=300)),
                        ('found_date', models.DateField(verbose_name='day it was weighed')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                        ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('stop', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='causes', to='patients.pathwaystop')),
                    ],
                    options={
                        'ordering': ['-stated_at', '-id'],
                        'indexes': [models.Index(fields=['patient', 'item', '-stated_at'], name='cause_latest')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('weight__in', ['considered', 'likely', 'ruled_out'])), name='patients_cause_weight'), models.CheckConstraint(condition=models.Q(models.Q(('item__in', ('areata', 'tinea', 'lpp', 'ffa', 'dle', 'ccca', 'scarring')), _negated=True), ('weight', 'ruled_out'), ('stop__isnull', False), _connector='OR'), name='patients_cause_stops'), models.CheckConstraint(condition=models.Q(models.Q(('item', 'other'), _negated=True), ('note__regex', '\\S'), _connector='OR'), name='patients_cause_other_in_words', violation_error_message='Say in words which other cause.')],
                    },
                ),
                migrations.CreateModel(
                    name='SignsStatement',
                    fields=[
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('stated_at', models.DateTimeField()),
                        ('present', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('scarring', 'Scarring, or follicle openings lost'), ('inflamed', 'Scaling, pustules or inflammation'), ('pain', 'Pain or burning'), ('patchy', 'Loss in patches'), ('sudden', 'Sudden onset'), ('fast', 'Fast course, or onset in childhood'), ('brows', 'Loss of eyebrows or lashes'), ('broken', 'Broken hairs')], max_length=10), blank=True, default=list, size=None)),
                        ('note', models.CharField(blank=True, max_length=300)),
                        ('found_date', models.DateField(verbose_name='day they were looked for')),
                        ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                        ('stated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('stop', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signs', to='patients.pathwaystop')),
                    ],
                    options={
                        'ordering': ['-stated_at', '-id'],
                        'indexes': [models.Index(fields=['patient', '-stated_at'], name='signs_latest')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('present__contained_by', ['scarring', 'inflamed', 'pain', 'patchy', 'sudden', 'fast', 'brows', 'broken'])), name='patients_signs_known'), models.CheckConstraint(condition=models.Q(('present', []), ('stop__isnull', False), _connector='OR'), name='patients_signs_stop')],
                    },
                ),
                migrations.CreateModel(
                    name='StopReview',
                    fields=[
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('outcome', models.CharField(choices=[('ruled_out', 'Ruled out: the pathway goes on'), ('accounted', 'Known and accounted for: the pathway goes on'), ('kept', 'Confirmed or not settled: the pathway stays stopped')], max_length=10)),
                        ('reason', models.TextField()),
                        ('reviewed_at', models.DateTimeField()),
                        ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('stop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='patients.pathwaystop')),
                    ],
                    options={
                        'ordering': ['-reviewed_at', '-id'],
                        'indexes': [models.Index(fields=['stop', '-reviewed_at', '-id'], name='stop_review_newest')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['ruled_out', 'accounted', 'kept'])), name='patients_stop_review_outcome'), models.CheckConstraint(condition=models.Q(('reason__regex', '\\S')), name='patients_stop_review_has_reason', violation_error_message='Write why.')],
                    },
                ),
                migrations.AlterModelOptions(
                    name='diagnosis',
                    options={'ordering': ['-found_date', '-made_at', '-id'], 'verbose_name_plural': 'diagnoses'},
                ),
                migrations.RemoveConstraint(
                    model_name='diagnosis',
                    name='patients_diagnosis_grade_of_scale',
                ),
                migrations.AddField(
                    model_name='diagnosis',
                    name='found_date',
                    field=models.DateField(default=datetime.date(1900, 1, 1), verbose_name='day it was found'),
                    preserve_default=False,
                ),
                migrations.AddField(
                    model_name='diagnosis',
                    name='salt_back_percent',
                    field=models.PositiveSmallIntegerField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='diagnosis',
                    name='salt_left_percent',
                    field=models.PositiveSmallIntegerField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='diagnosis',
                    name='salt_right_percent',
                    field=models.PositiveSmallIntegerField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='diagnosis',
                    name='salt_vertex_percent',
                    field=models.PositiveSmallIntegerField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='diagnosis',
                    name='condition',
                    field=models.CharField(choices=[('aga_male', 'Androgenetic alopecia, male pattern'), ('aga_female', 'Androgenetic alopecia, female pattern'), ('telogen_effluvium', 'Telogen effluvium'), ('anagen_effluvium', 'Anagen effluvium'), ('areata', 'Alopecia areata'), ('traction', 'Traction alopecia'), ('trichotillomania', 'Trichotillomania'), ('tinea', 'Tinea capitis'), ('scarring', 'Scarring alopecia'), ('other', 'Other')], max_length=20),
                ),
                migrations.AlterField(
                    model_name='diagnosis',
                    name='scale',
                    field=models.CharField(blank=True, choices=[('norwood', 'Norwood-Hamilton'), ('ludwig', 'Ludwig'), ('sinclair', 'Sinclair'), ('savin', 'Savin'), ('basp', 'BASP'), ('salt', 'SALT')], max_length=10),
                ),
                migrations.AddConstraint(
                    model_name='diagnosis',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(models.Q(('grade', ''), ('scale', '')), models.Q(('grade__regex', '^(L|M[0-3]|C[0-3]|U[1-3])(F[0-3])?(V[0-3])?$'), ('scale', 'basp')), models.Q(('grade__in', ['I', 'II', 'IIa', 'III', 'IIIa', 'III-vertex', 'IV', 'IVa', 'V', 'Va', 'VI', 'VII']), ('scale', 'norwood')), models.Q(('grade__in', ['I', 'II', 'III']), ('scale', 'ludwig')), models.Q(('grade__in', ['1', '2', '3', '4', '5']), ('scale', 'sinclair')), models.Q(('grade__in', ['I-1', 'I-2', 'I-3', 'I-4', 'II-1', 'II-2', 'III', 'Advanced', 'Frontal']), ('scale', 'savin')), _connector='OR'), ('salt_back_percent__isnull', True), ('salt_left_percent__isnull', True), ('salt_right_percent__isnull', True), ('salt_vertex_percent__isnull', True)), models.Q(('grade', ''), ('scale', 'salt'), ('salt_back_percent__isnull', False), ('salt_left_percent__isnull', False), ('salt_right_percent__isnull', False), ('salt_vertex_percent__isnull', False)), _connector='OR'), name='patients_diagnosis_grade_of_scale', violation_error_message='Choose a grade that belongs to the scale.'),
                ),
                migrations.AddConstraint(
                    model_name='diagnosis',
                    constraint=models.CheckConstraint(condition=models.Q(('salt_vertex_percent__isnull', True), models.Q(('salt_vertex_percent__gte', 0), ('salt_vertex_percent__lte', 100)), _connector='OR'), name='patients_diagnosis_salt_vertex_percent_range', violation_error_message='Salt vertex percent must be between 0 and 100.'),
                ),
                migrations.AddConstraint(
                    model_name='diagnosis',
                    constraint=models.CheckConstraint(condition=models.Q(('salt_back_percent__isnull', True), models.Q(('salt_back_percent__gte', 0), ('salt_back_percent__lte', 100)), _connector='OR'), name='patients_diagnosis_salt_back_percent_range', violation_error_message='Salt back percent must be between 0 and 100.'),
                ),
                migrations.AddConstraint(
                    model_name='diagnosis',
                    constraint=models.CheckConstraint(condition=models.Q(('salt_left_percent__isnull', True), models.Q(('salt_left_percent__gte', 0), ('salt_left_percent__lte', 100)), _connector='OR'), name='patients_diagnosis_salt_left_percent_range', violation_error_message='Salt left percent must be between 0 and 100.'),
                ),
                migrations.AddConstraint(
                    model_name='diagnosis',
                    constraint=models.CheckConstraint(condition=models.Q(('salt_right_percent__isnull', True), models.Q(('salt_right_percent__gte', 0), ('salt_right_percent__lte', 100)), _connector='OR'), name='patients_diagnosis_salt_right_percent_range', violation_error_message='Salt right percent must be between 0 and 100.'),
                ),
                migrations.AddField(
                    model_name='diagnosis',
                    name='salt_percent',
                    field=models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('salt_vertex_percent'), '*', models.Value(Decimal('0.40'))), '+', django.db.models.expressions.CombinedExpression(models.F('salt_back_percent'), '*', models.Value(Decimal('0.24')))), '+', django.db.models.expressions.CombinedExpression(models.F('salt_left_percent'), '*', models.Value(Decimal('0.18')))), '+', django.db.models.expressions.CombinedExpression(models.F('salt_right_percent'), '*', models.Value(Decimal('0.18')))), output_field=models.DecimalField(decimal_places=2, max_digits=5)),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pathwaystop',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='7295cb508eaa345588f633acc8a84d01ff43426a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_24f9e', table='patients_pathwaystop', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pathwaystop',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='23f7f0a24a5ebe73d120e8c2a9ba621a10f18fb4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_15e12', table='patients_pathwaystop', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pathwaystop',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='710f1ce85f592d26b80d7944d22c794aa13cb963', operation='UPDATE', pgid='pgtrigger_key_never_changes_f9391', table='patients_pathwaystop', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pathwaystop',
                    trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='dc8dcb9abfbc658382047d03c41deb9b44fbe3a0', operation='INSERT', pgid='pgtrigger_of_a_standing_record_65ef3', table='patients_pathwaystop', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='causestatement',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='837fe3145b674eba7350dcf10f61708dd58bdf8d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_11a57', table='patients_causestatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='causestatement',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='5682f4fc9d61e0615a8d7af544546d7b1839d1d4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_67a6f', table='patients_causestatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='causestatement',
                    trigger=pgtrigger.compiler.Trigger(name='same_patient', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('patient_id', 'patients_pathwaystop', 'stop_id')", func='RETURN NULL;', hash='34b8580f55faf09f2d812750755f397f5e95404e', operation='INSERT OR UPDATE', pgid='pgtrigger_same_patient_0612f', table='patients_causestatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='causestatement',
                    trigger=pgtrigger.compiler.Trigger(name='of_an_open_stop', sql=clinic.base.triggers.TriggerSql(condition='WHEN (NEW."stop_id" IS NOT NULL)', execute='patients_of_an_open_stop()', func='RETURN NULL;', hash='277fe8f0a233ad1a4502df5241079d2aae8ecfbb', operation='INSERT', pgid='pgtrigger_of_an_open_stop_68d41', table='patients_causestatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='causestatement',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='b3d337c984027501ebebc46ed9d1a163baed82e4', operation='UPDATE', pgid='pgtrigger_key_never_changes_91a5c', table='patients_causestatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='causestatement',
                    trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='e46e5ce3cbcd7e2b71631dd0a27cf97d3f46a0c5', operation='INSERT', pgid='pgtrigger_of_a_standing_record_fecff', table='patients_causestatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='signsstatement',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='dcf103f354803a005d81ea7124728f5566aa7e0d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_eb623', table='patients_signsstatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='signsstatement',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='6d2d714b9a85d0d78479688da4e94efc7b3692b8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_86822', table='patients_signsstatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='signsstatement',
                    trigger=pgtrigger.compiler.Trigger(name='same_patient', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('patient_id', 'patients_pathwaystop', 'stop_id')", func='RETURN NULL;', hash='edf43d87df2621962bea4158797e27a93bc4845c', operation='INSERT OR UPDATE', pgid='pgtrigger_same_patient_aa5de', table='patients_signsstatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='signsstatement',
                    trigger=pgtrigger.compiler.Trigger(name='of_an_open_stop', sql=clinic.base.triggers.TriggerSql(condition='WHEN (NEW."stop_id" IS NOT NULL)', execute='patients_of_an_open_stop()', func='RETURN NULL;', hash='520efd89305c7520fb619af15e091f4d5c23b0fc', operation='INSERT', pgid='pgtrigger_of_an_open_stop_866ca', table='patients_signsstatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='signsstatement',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='ddef5f556748f6fd54cd79698539be7d9e66e330', operation='UPDATE', pgid='pgtrigger_key_never_changes_be9ec', table='patients_signsstatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='signsstatement',
                    trigger=pgtrigger.compiler.Trigger(name='of_a_standing_record', sql=clinic.base.triggers.TriggerSql(execute='patients_of_a_standing_record()', func='RETURN NULL;', hash='129fd54cac59d216e158aa64e938f04b3021fe46', operation='INSERT', pgid='pgtrigger_of_a_standing_record_9d5cb', table='patients_signsstatement', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='stopreview',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='23f3d3ab5691528a795bfd7c0f3624047962f241', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e8eac', table='patients_stopreview', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='stopreview',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='5b51cae78e2bfc8a337ebddf19efe9fdd8b2815c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_a43f3', table='patients_stopreview', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='stopreview',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='c657c7aa30c6e52d7d398f2cacb52734591f0382', operation='UPDATE', pgid='pgtrigger_key_never_changes_cb92a', table='patients_stopreview', when='BEFORE')),
                ),
            ]
        ),
        migrations.RunSQL(FOUND_WHEN_MADE, migrations.RunSQL.noop),
    ]
