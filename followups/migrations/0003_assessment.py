"""Grade, signs, pull and wash tests and trichoscopy belong to the examination of a visit."""

import clinic.base.ids
import clinic.base.operations
import clinic.base.triggers
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('followups', '0002_merges'),
        ('patients', '0016_assessment'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('photos', '0003_merges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        clinic.base.operations.Together(
            [
                migrations.CreateModel(
                    name='PullTest',
                    fields=[
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('region', models.CharField(choices=[('frontal', 'Frontal'), ('mid_scalp', 'Mid-scalp'), ('vertex', 'Vertex'), ('temporal_left', 'Temporal, left'), ('temporal_right', 'Temporal, right'), ('parietal_left', 'Parietal, left'), ('parietal_right', 'Parietal, right'), ('occipital', 'Occipital')], max_length=14)),
                        ('hairs_pulled', models.PositiveSmallIntegerField()),
                        ('hairs_out', models.PositiveSmallIntegerField()),
                        ('examination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pull_tests', to='followups.examination')),
                    ],
                    options={
                        'ordering': ['created_at', 'id'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('hairs_pulled__isnull', True), models.Q(('hairs_pulled__gte', 10), ('hairs_pulled__lte', 200)), _connector='OR'), name='followups_pulltest_hairs_pulled_range', violation_error_message='Hairs pulled must be between 10 and 200.'), models.CheckConstraint(condition=models.Q(('hairs_out__lte', models.F('hairs_pulled'))), name='followups_pulltest_out_of_pulled', violation_error_message='No more hairs can come out than were pulled.'), models.UniqueConstraint(fields=('examination', 'region'), name='followups_region_pulled_once', violation_error_message='The same region is in two pull tests.')],
                    },
                ),
                migrations.CreateModel(
                    name='PullTestEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('region', models.CharField(choices=[('frontal', 'Frontal'), ('mid_scalp', 'Mid-scalp'), ('vertex', 'Vertex'), ('temporal_left', 'Temporal, left'), ('temporal_right', 'Temporal, right'), ('parietal_left', 'Parietal, left'), ('parietal_right', 'Parietal, right'), ('occipital', 'Occipital')], max_length=14)),
                        ('hairs_pulled', models.PositiveSmallIntegerField()),
                        ('hairs_out', models.PositiveSmallIntegerField()),
                        ('examination', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='followups.examination')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='past_versions', to='followups.pulltest')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Trichoscopy',
                    fields=[
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('region', models.CharField(choices=[('frontal', 'Frontal'), ('mid_scalp', 'Mid-scalp'), ('vertex', 'Vertex'), ('temporal_left', 'Temporal, left'), ('temporal_right', 'Temporal, right'), ('parietal_left', 'Parietal, left'), ('parietal_right', 'Parietal, right'), ('occipital', 'Occipital')], max_length=14)),
                        ('hairs_per_cm2', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='hairs, per cm²')),
                        ('units_per_cm2', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='follicular units, per cm²')),
                        ('hairs_per_unit', models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='hairs in each unit, as stated')),
                        ('mean_shaft_um', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='mean shaft diameter, µm')),
                        ('terminal_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='terminal hairs, %')),
                        ('vellus_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='vellus hairs, %')),
                        ('anagen_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='anagen hairs, %')),
                        ('telogen_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='telogen hairs, %')),
                        ('thin_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='thin hairs (under 30 µm), %')),
                        ('diameter_diversity_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='diameter diversity, %')),
                        ('device', models.CharField(blank=True, max_length=60)),
                        ('magnification', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='magnification, ×')),
                        ('examination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trichoscopies', to='followups.examination')),
                    ],
                    options={
                        'verbose_name_plural': 'trichoscopies',
                        'ordering': ['created_at', 'id'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('hairs_per_cm2__isnull', True), models.Q(('hairs_per_cm2__gte', 0), ('hairs_per_cm2__lte', 1000)), _connector='OR'), name='followups_trichoscopy_hairs_per_cm2_range', violation_error_message='Hairs per cm2 must be between 0 and 1000.'), models.CheckConstraint(condition=models.Q(('units_per_cm2__isnull', True), models.Q(('units_per_cm2__gte', 0), ('units_per_cm2__lte', 500)), _connector='OR'), name='followups_trichoscopy_units_per_cm2_range', violation_error_message='Units per cm2 must be between 0 and 500.'), models.CheckConstraint(condition=models.Q(('hairs_per_unit__isnull', True), models.Q(('hairs_per_unit__gte', 1), ('hairs_per_unit__lte', 10)), _connector='OR'), name='followups_trichoscopy_hairs_per_unit_range', violation_error_message='Hairs per unit must be between 1 and 10.'), models.CheckConstraint(condition=models.Q(('mean_shaft_um__isnull', True), models.Q(('mean_shaft_um__gte', 5), ('mean_shaft_um__lte', 200)), _connector='OR'), name='followups_trichoscopy_mean_shaft_um_range', violation_error_message='Mean shaft um must be between 5 and 200.'), models.CheckConstraint(condition=models.Q(('terminal_percent__isnull', True), models.Q(('terminal_percent__gte', 0), ('terminal_percent__lte', 100)), _connector='OR'), name='followups_trichoscopy_terminal_percent_range', violation_error_message='Terminal percent must be between 0 and 100.'), models.CheckConstraint(condition=models.Q(('vellus_percent__isnull', True), models.Q(('vellus_percent__gte', 0), ('vellus_percent__lte', 100)), _connector='OR'), name='followups_trichoscopy_vellus_percent_range', violation_error_message='Vellus percent must be between 0 and 100.'), models.CheckConstraint(condition=models.Q(('anagen_percent__isnull', True), models.Q(('anagen_percent__gte', 0), ('anagen_percent__lte', 100)), _connector='OR'), name='followups_trichoscopy_anagen_percent_range', violation_error_message='Anagen percent must be between 0 and 100.'), models.CheckConstraint(condition=models.Q(('telogen_percent__isnull', True), models.Q(('telogen_percent__gte', 0), ('telogen_percent__lte', 100)), _connector='OR'), name='followups_trichoscopy_telogen_percent_range', violation_error_message='Telogen percent must be between 0 and 100.'), models.CheckConstraint(condition=models.Q(('thin_percent__isnull', True), models.Q(('thin_percent__gte', 0), ('thin_percent__lte', 100)), _connector='OR'), name='followups_trichoscopy_thin_percent_range', violation_error_message='Thin percent must be between 0 and 100.'), models.CheckConstraint(condition=models.Q(('diameter_diversity_percent__isnull', True), models.Q(('diameter_diversity_percent__gte', 0), ('diameter_diversity_percent__lte', 100)), _connector='OR'), name='followups_trichoscopy_diameter_diversity_percent_range', violation_error_message='Diameter diversity percent must be between 0 and 100.'), models.CheckConstraint(condition=models.Q(('magnification__isnull', True), models.Q(('magnification__gte', 1), ('magnification__lte', 1000)), _connector='OR'), name='followups_trichoscopy_magnification_range', violation_error_message='Magnification must be between 1 and 1000.'), models.CheckConstraint(condition=models.Q(('terminal_percent__isnull', True), ('vellus_percent__isnull', True), ('terminal_percent__lte', django.db.models.expressions.CombinedExpression(models.Value(100), '-', models.F('vellus_percent'))), _connector='OR'), name='followups_trichoscopy_terminal_percent_whole', violation_error_message='Terminal and vellus hairs cannot be more than 100 % together.'), models.CheckConstraint(condition=models.Q(('anagen_percent__isnull', True), ('telogen_percent__isnull', True), ('anagen_percent__lte', django.db.models.expressions.CombinedExpression(models.Value(100), '-', models.F('telogen_percent'))), _connector='OR'), name='followups_trichoscopy_anagen_percent_whole', violation_error_message='Anagen and telogen hairs cannot be more than 100 % together.'), models.UniqueConstraint(fields=('examination', 'region'), name='followups_region_looked_at_once', violation_error_message='The same region is in two rows of the trichoscopy.')],
                    },
                ),
                migrations.CreateModel(
                    name='TrichoscopyEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.UUIDField(default=clinic.base.ids.uuid7, editable=False, serialize=False)),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('region', models.CharField(choices=[('frontal', 'Frontal'), ('mid_scalp', 'Mid-scalp'), ('vertex', 'Vertex'), ('temporal_left', 'Temporal, left'), ('temporal_right', 'Temporal, right'), ('parietal_left', 'Parietal, left'), ('parietal_right', 'Parietal, right'), ('occipital', 'Occipital')], max_length=14)),
                        ('hairs_per_cm2', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='hairs, per cm²')),
                        ('units_per_cm2', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='follicular units, per cm²')),
                        ('hairs_per_unit', models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='hairs in each unit, as stated')),
                        ('mean_shaft_um', models.DecimalField(blank=True, decimal_places=1, max_digits=5, null=True, verbose_name='mean shaft diameter, µm')),
                        ('terminal_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='terminal hairs, %')),
                        ('vellus_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='vellus hairs, %')),
                        ('anagen_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='anagen hairs, %')),
                        ('telogen_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='telogen hairs, %')),
                        ('thin_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='thin hairs (under 30 µm), %')),
                        ('diameter_diversity_percent', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='diameter diversity, %')),
                        ('device', models.CharField(blank=True, max_length=60)),
                        ('magnification', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='magnification, ×')),
                        ('examination', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='followups.examination')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='past_versions', to='followups.trichoscopy')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name='examination',
                    name='before_update_update',
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name='examination',
                    name='before_delete_delete',
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name='examination',
                    name='same_patient',
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name='examination',
                    name='same_case',
                ),
                migrations.AddField(
                    model_name='examination',
                    name='diagnosis',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.diagnosis'),
                ),
                migrations.AddField(
                    model_name='examination',
                    name='pull_days_since_wash',
                    field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='pull test: days since the hair was washed'),
                ),
                migrations.AddField(
                    model_name='examination',
                    name='signs',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.signsstatement'),
                ),
                migrations.AddField(
                    model_name='examination',
                    name='wash_days_since_wash',
                    field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='wash test: days without a wash before it'),
                ),
                migrations.AddField(
                    model_name='examination',
                    name='wash_hairs_counted',
                    field=models.PositiveIntegerField(blank=True, null=True, verbose_name='wash test: hairs counted'),
                ),
                migrations.AddField(
                    model_name='examinationevent',
                    name='diagnosis',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.diagnosis'),
                ),
                migrations.AddField(
                    model_name='examinationevent',
                    name='pull_days_since_wash',
                    field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='pull test: days since the hair was washed'),
                ),
                migrations.AddField(
                    model_name='examinationevent',
                    name='signs',
                    field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patients.signsstatement'),
                ),
                migrations.AddField(
                    model_name='examinationevent',
                    name='wash_days_since_wash',
                    field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='wash test: days without a wash before it'),
                ),
                migrations.AddField(
                    model_name='examinationevent',
                    name='wash_hairs_counted',
                    field=models.PositiveIntegerField(blank=True, null=True, verbose_name='wash test: hairs counted'),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='examination',
                    trigger=pgtrigger.compiler.Trigger(name='same_patient', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('patient_id', 'patients_case', 'case_id', 'patients_signsstatement', 'signs_id')", func='RETURN NULL;', hash='62d64348ed27448f42c9694cbc2305af36188250', operation='INSERT OR UPDATE', pgid='pgtrigger_same_patient_2c7f1', table='followups_examination', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='examination',
                    trigger=pgtrigger.compiler.Trigger(name='same_case', sql=clinic.base.triggers.TriggerSql(execute="anagen_agrees_with('case_id', 'followups_review', 'review_id', 'photos_photoset', 'photo_set_id', 'patients_diagnosis', 'diagnosis_id')", func='RETURN NULL;', hash='4ba233e89543a5fa04fd1ac26366fd4c9c0fb705', operation='INSERT OR UPDATE', pgid='pgtrigger_same_case_bd4be', table='followups_examination', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='examination',
                    trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "followups_examinationevent" ("case_id", "created_at", "diagnosis_id", "examined_date", "id", "kind", "note", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_set_id", "pull_days_since_wash", "recorded_at", "recorded_by_id", "review_id", "revision", "satisfaction", "signs_id", "wash_days_since_wash", "wash_hairs_counted") VALUES (OLD."case_id", OLD."created_at", OLD."diagnosis_id", OLD."examined_date", OLD."id", OLD."kind", OLD."note", OLD."patient_id", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."photo_set_id", OLD."pull_days_since_wash", OLD."recorded_at", OLD."recorded_by_id", OLD."review_id", OLD."revision", OLD."satisfaction", OLD."signs_id", OLD."wash_days_since_wash", OLD."wash_hairs_counted"); RETURN NULL;', hash='a16129347d7dec8fbe2f7e987ae4eaa8c108b1c8', operation='UPDATE', pgid='pgtrigger_before_update_update_b5e1a', table='followups_examination', when='AFTER')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='examination',
                    trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=clinic.base.triggers.TriggerSql(func='INSERT INTO "followups_examinationevent" ("case_id", "created_at", "diagnosis_id", "examined_date", "id", "kind", "note", "patient_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_set_id", "pull_days_since_wash", "recorded_at", "recorded_by_id", "review_id", "revision", "satisfaction", "signs_id", "wash_days_since_wash", "wash_hairs_counted") VALUES (OLD."case_id", OLD."created_at", OLD."diagnosis_id", OLD."examined_date", OLD."id", OLD."kind", OLD."note", OLD."patient_id", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."photo_set_id", OLD."pull_days_since_wash", OLD."recorded_at", OLD."recorded_by_id", OLD."review_id", OLD."revision", OLD."satisfaction", OLD."signs_id", OLD."wash_days_since_wash", OLD."wash_hairs_counted"); RETURN NULL;', hash='558f29057f6df7144710e42f01788e6e51b6f03e', operation='DELETE', pgid='pgtrigger_before_delete_delete_a2879', table='followups_examination', when='AFTER')),
                ),
                migrations.AddConstraint(
                    model_name='examination',
                    constraint=models.CheckConstraint(condition=models.Q(('pull_days_since_wash__isnull', True), models.Q(('pull_days_since_wash__gte', 0), ('pull_days_since_wash__lte', 60)), _connector='OR'), name='followups_examination_pull_days_since_wash_range', violation_error_message='Pull days since wash must be between 0 and 60.'),
                ),
                migrations.AddConstraint(
                    model_name='examination',
                    constraint=models.CheckConstraint(condition=models.Q(('wash_hairs_counted__isnull', True), models.Q(('wash_hairs_counted__gte', 0), ('wash_hairs_counted__lte', 5000)), _connector='OR'), name='followups_examination_wash_hairs_counted_range', violation_error_message='Wash hairs counted must be between 0 and 5000.'),
                ),
                migrations.AddConstraint(
                    model_name='examination',
                    constraint=models.CheckConstraint(condition=models.Q(('wash_days_since_wash__isnull', True), models.Q(('wash_days_since_wash__gte', 0), ('wash_days_since_wash__lte', 60)), _connector='OR'), name='followups_examination_wash_days_since_wash_range', violation_error_message='Wash days since wash must be between 0 and 60.'),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pulltest',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='3380631cd759c50b78ad580246f069aedf082ae4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_a9ce7', table='followups_pulltest', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pulltest',
                    trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "followups_pulltestevent" ("created_at", "examination_id", "hairs_out", "hairs_pulled", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region") VALUES (OLD."created_at", OLD."examination_id", OLD."hairs_out", OLD."hairs_pulled", OLD."id", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."region"); RETURN NULL;', hash='ffed540736ea122490f899bc9e292f92ba2e19a2', operation='UPDATE', pgid='pgtrigger_before_update_update_e2c84', table='followups_pulltest', when='AFTER')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pulltest',
                    trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=clinic.base.triggers.TriggerSql(func='INSERT INTO "followups_pulltestevent" ("created_at", "examination_id", "hairs_out", "hairs_pulled", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region") VALUES (OLD."created_at", OLD."examination_id", OLD."hairs_out", OLD."hairs_pulled", OLD."id", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."region"); RETURN NULL;', hash='ee48310126caab7bb1b826ab8de099f29546c125', operation='DELETE', pgid='pgtrigger_before_delete_delete_dda15', table='followups_pulltest', when='AFTER')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pulltest',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='e3b2ec38fbfc1a415f30e29b067555588dd82424', operation='UPDATE', pgid='pgtrigger_key_never_changes_0c732', table='followups_pulltest', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pulltestevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='4d765736742eeddb2a7333c91e620c8c761d1938', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_65eb2', table='followups_pulltestevent', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='pulltestevent',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='ba554f6f5f923f332ef8bb83ac06d1a01e75e9a5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_d4af3', table='followups_pulltestevent', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='trichoscopy',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='a2e5091bfb9456a5ade1c2ea732595e75d40d49b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_fbc68', table='followups_trichoscopy', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='trichoscopy',
                    trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "followups_trichoscopyevent" ("anagen_percent", "created_at", "device", "diameter_diversity_percent", "examination_id", "hairs_per_cm2", "hairs_per_unit", "id", "magnification", "mean_shaft_um", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "telogen_percent", "terminal_percent", "thin_percent", "units_per_cm2", "vellus_percent") VALUES (OLD."anagen_percent", OLD."created_at", OLD."device", OLD."diameter_diversity_percent", OLD."examination_id", OLD."hairs_per_cm2", OLD."hairs_per_unit", OLD."id", OLD."magnification", OLD."mean_shaft_um", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."region", OLD."telogen_percent", OLD."terminal_percent", OLD."thin_percent", OLD."units_per_cm2", OLD."vellus_percent"); RETURN NULL;', hash='e8b7cf33104e891db9a4aaf20ed1a10548813a0a', operation='UPDATE', pgid='pgtrigger_before_update_update_35a3c', table='followups_trichoscopy', when='AFTER')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='trichoscopy',
                    trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=clinic.base.triggers.TriggerSql(func='INSERT INTO "followups_trichoscopyevent" ("anagen_percent", "created_at", "device", "diameter_diversity_percent", "examination_id", "hairs_per_cm2", "hairs_per_unit", "id", "magnification", "mean_shaft_um", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "telogen_percent", "terminal_percent", "thin_percent", "units_per_cm2", "vellus_percent") VALUES (OLD."anagen_percent", OLD."created_at", OLD."device", OLD."diameter_diversity_percent", OLD."examination_id", OLD."hairs_per_cm2", OLD."hairs_per_unit", OLD."id", OLD."magnification", OLD."mean_shaft_um", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."region", OLD."telogen_percent", OLD."terminal_percent", OLD."thin_percent", OLD."units_per_cm2", OLD."vellus_percent"); RETURN NULL;', hash='2d0ac2ead0574e395dbff4d5c6118822d3d375c1', operation='DELETE', pgid='pgtrigger_before_delete_delete_6a77d', table='followups_trichoscopy', when='AFTER')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='trichoscopy',
                    trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id"))', execute="anagen_never_changes('id')", func='RETURN NULL;', hash='126c9c5ef09fd82bb5d9e63926f7011f6f42af09', operation='UPDATE', pgid='pgtrigger_key_never_changes_05d41', table='followups_trichoscopy', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='trichoscopyevent',
                    trigger=pgtrigger.compiler.Trigger(name='append_only', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='0b51cca924560ee748903cd3fbf08995a5d588be', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6e0cc', table='followups_trichoscopyevent', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='trichoscopyevent',
                    trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='ef29b9417053a9ff569cb270e53ed34c15a751cc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_5cc22', table='followups_trichoscopyevent', when='BEFORE')),
                ),
            ]
        ),
    ]
