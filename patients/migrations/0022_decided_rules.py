"""A version of a rule waits for a clinician, who approves or declines it; nobody weakens one alone."""

import clinic.base.operations
import clinic.base.triggers
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# What was in use without an approval goes on until the clinic decides: an upgrade ends no rule.
IN_USE = """
UPDATE patients_contraindicationrule rule SET was_in_use = true
 WHERE rule.approved_at IS NULL AND rule.retired_at IS NULL AND rule.author_id IS NOT NULL
   AND NOT EXISTS (
        SELECT FROM patients_contraindicationrule other
         WHERE other.technique = rule.technique AND other.code = rule.code
           AND (
                other.version > rule.version
                OR other.approved_at IS NOT NULL AND NOT EXISTS (
                    SELECT FROM patients_contraindicationrule ended
                     WHERE ended.technique = other.technique AND ended.code = other.code
                       AND ended.version >= other.version AND ended.retired_at IS NOT NULL
                )
           )
   )
"""

# Which version stands is said here and, for pages, in `patients.contraindications.rules`; what
# takes from an absolute rule what it holds is said here alone. 7315002 is the lock under which the
# actions decide (`patients.actions.contraindications`).
FUNCTIONS = """
CREATE FUNCTION patients_standing_rules(of_technique text)
RETURNS SETOF patients_contraindicationrule LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT DISTINCT ON (rule.code) rule.*
      FROM patients_contraindicationrule rule
     WHERE rule.technique = of_technique AND rule.retired_at IS NULL
       AND (rule.approved_at IS NOT NULL OR rule.author_id IS NULL OR rule.was_in_use)
       AND NOT EXISTS (
            SELECT FROM patients_contraindicationrule newer
             WHERE newer.technique = rule.technique AND newer.code = rule.code
               AND newer.version > rule.version AND newer.retired_at IS NOT NULL
       )
     ORDER BY rule.code, (rule.approved_at IS NOT NULL) DESC, rule.version DESC
$$;

CREATE FUNCTION patients_rule_weakens(rule patients_contraindicationrule)
RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM patients_standing_rules(rule.technique) stands
         WHERE stands.code = rule.code AND stands.id <> rule.id AND stands.severity = 'absolute'
           AND (
                rule.severity <> stands.severity OR rule.kind <> stands.kind
                OR rule.parameters <> stands.parameters
           )
    )
$$;

CREATE FUNCTION patients_rule_is_decided_by_two() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    is_approved boolean := NEW.approved_at IS NOT NULL;
    is_retired boolean := NEW.retired_at IS NOT NULL;
BEGIN
    PERFORM pg_advisory_xact_lock(7315002);
    IF TG_OP = 'UPDATE' THEN
        is_approved := is_approved AND OLD.approved_at IS NULL;
        is_retired := is_retired AND OLD.retired_at IS NULL;
    ELSIF NEW.was_in_use OR NEW.author_id IS NULL AND EXISTS (
        SELECT FROM patients_contraindicationrule other
         WHERE other.technique = NEW.technique AND other.code = NEW.code
    ) THEN
        RAISE EXCEPTION 'what somebody wrote waits until a clinician approves it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF is_approved AND NEW.author_id = NEW.approved_by_id AND patients_rule_weakens(NEW) THEN
        RAISE EXCEPTION 'nobody weakens an absolute rule alone: another person approves it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF is_retired AND (
        TG_OP = 'INSERT' OR NEW.severity = 'absolute' OR NOT EXISTS (
            SELECT FROM patients_standing_rules(NEW.technique) stands WHERE stands.id = NEW.id
        )
    ) THEN
        RAISE EXCEPTION 'only the version that stands is retired, and no absolute one'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
DROP = """
DROP FUNCTION patients_rule_is_decided_by_two();
DROP FUNCTION patients_rule_weakens(patients_contraindicationrule);
DROP FUNCTION patients_standing_rules(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0021_checked_alone'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contraindicationrule',
            name='never_changes',
        ),
        clinic.base.operations.Together(
            [
                migrations.AddField(
                    model_name='contraindicationrule',
                    name='declined_at',
                    field=models.DateTimeField(blank=True, null=True),
                ),
                migrations.AddField(
                    model_name='contraindicationrule',
                    name='declined_by',
                    field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AddField(
                    model_name='contraindicationrule',
                    name='declined_reason',
                    field=models.CharField(blank=True, max_length=300),
                ),
                migrations.AddField(
                    model_name='contraindicationrule',
                    name='was_in_use',
                    field=models.BooleanField(default=False),
                ),
            ]
        ),
        migrations.RunSQL(IN_USE, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, DROP),
        clinic.base.operations.Together(
            [
                clinic.base.operations.AddTrigger(
                    model_name='contraindicationrule',
                    trigger=pgtrigger.compiler.Trigger(name='never_changes', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."parameters" IS DISTINCT FROM (NEW."parameters") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."sentence" IS DISTINCT FROM (NEW."sentence") OR OLD."severity" IS DISTINCT FROM (NEW."severity") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."technique" IS DISTINCT FROM (NEW."technique") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."was_in_use" IS DISTINCT FROM (NEW."was_in_use"))', execute="anagen_never_changes('technique', 'code', 'version', 'severity', 'kind', 'parameters', 'sentence', 'source', 'published_at', 'author', 'was_in_use')", func='RETURN NULL;', hash='dd559c608f4754b67175e99732c1a0c83a2a616d', operation='UPDATE', pgid='pgtrigger_never_changes_5be18', table='patients_contraindicationrule', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='contraindicationrule',
                    trigger=pgtrigger.compiler.Trigger(name='never_changes_after_declined_at', sql=clinic.base.triggers.TriggerSql(condition='WHEN (OLD."declined_at" IS NOT NULL AND (OLD."declined_at" IS DISTINCT FROM (NEW."declined_at") OR OLD."declined_by_id" IS DISTINCT FROM (NEW."declined_by_id") OR OLD."declined_reason" IS DISTINCT FROM (NEW."declined_reason")))', execute="anagen_never_changes('declined_at', 'declined_by', 'declined_reason')", func='RETURN NULL;', hash='7a7557c30d25248ffa3515454ae01716fb0f834c', operation='UPDATE', pgid='pgtrigger_never_changes_after_declined_at_e6671', table='patients_contraindicationrule', when='BEFORE')),
                ),
                clinic.base.operations.AddTrigger(
                    model_name='contraindicationrule',
                    trigger=pgtrigger.compiler.Trigger(name='rule_is_decided_by_two', sql=clinic.base.triggers.TriggerSql(execute='patients_rule_is_decided_by_two()', func='RETURN NULL;', hash='ce88909cc3d165bd16369968af59b5ce79a586b5', operation='INSERT OR UPDATE', pgid='pgtrigger_rule_is_decided_by_two_1e187', table='patients_contraindicationrule', when='BEFORE')),
                ),
                migrations.AddConstraint(
                    model_name='contraindicationrule',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('declined_at__isnull', True), ('declined_by__isnull', True)), models.Q(('declined_at__isnull', False), ('declined_by__isnull', False)), _connector='OR'), name='patients_contraindication_declined_paired', violation_error_message='Say both when and by whom it was declined.'),
                ),
                migrations.AddConstraint(
                    model_name='contraindicationrule',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('declined_at__isnull', True), ('declined_reason', '')), models.Q(('declined_at__isnull', False), ('declined_reason__regex', '\\S')), _connector='OR'), name='patients_contraindication_declined_why', violation_error_message='Say why the version is declined.'),
                ),
                migrations.AddConstraint(
                    model_name='contraindicationrule',
                    constraint=models.CheckConstraint(condition=models.Q(('declined_at__isnull', True), models.Q(('approved_at__isnull', True), ('author__isnull', False), ('retired_at__isnull', True), ('was_in_use', False)), _connector='OR'), name='patients_contraindication_declined_never_stands', violation_error_message='What was declined is neither approved nor in use.'),
                ),
            ]
        ),
    ]
