"""A signature asks more of times and of the consent; replaces two functions of 0001."""

from importlib import import_module

from django.db import migrations

before = import_module("treatments.migrations.0001_functions")


def changed(sql: str, *changes: tuple[str, str]) -> str:
    """Return a function of 0001 to be replaced, with the changes; each must fit exactly once."""
    for old, new in (("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"), *changes):
        if sql.count(old) != 1:
            raise ValueError(f"{old!r} is not there once.")
        sql = sql.replace(old, new)
    return sql


# The consent is of the same course of care, and was signed before the treatment began. Where the
# start is not recorded, the end of the day at the site stands for it.
CONSENT_STANDS = changed(
    before.CONSENT_STANDS,
    (
        "SELECT consent.patient_id, consent.signed_at,",
        "SELECT consent.patient_id, consent.case_id, consent.signed_at,",
    ),
    (
        "    IF EXISTS (",
        """\
    IF agreed.case_id <> NEW.case_id THEN
        RAISE EXCEPTION 'a session is signed only with a consent of its own case'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF agreed.signed_at > COALESCE(NEW.started_at, (
        SELECT (NEW.performed_date + 1)::timestamp AT TIME ZONE site.time_zone
          FROM practice_site site WHERE site.id = NEW.site_id
    )) THEN
        RAISE EXCEPTION 'a session is signed only with a consent from before it started'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (""",
    ),
)

# Five minutes for the clocks of devices that go ahead. What is not recorded is not compared.
WHOLE_WHEN_SIGNED = changed(
    before.WHOLE_WHEN_SIGNED,
    (
        "    SELECT sum(strength_percent",
        """\
    IF GREATEST(NEW.started_at, NEW.ended_at) > NEW.signed_at + interval '5 minutes'
       OR EXISTS (
           SELECT 1
             FROM (SELECT harvested_at AS taken_at FROM treatments_micrograftpreparation
                    WHERE session_id = NEW.id
                    UNION ALL
                   SELECT drawn_at FROM treatments_prppreparation WHERE session_id = NEW.id) taken
            WHERE taken_at < NEW.started_at OR taken_at > NEW.ended_at
               OR taken_at > NEW.signed_at + interval '5 minutes'
       ) THEN
        RAISE EXCEPTION 'a session is signed only with times in their order and in the past'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT sum(strength_percent""",
    ),
)


def replace(after: str, original: str) -> migrations.RunSQL:
    """Replace a function; backwards, the one of 0001 is put again."""
    return migrations.RunSQL(after, changed(original))


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_initial"), ("treatments", "0002_initial")]
    operations = [
        replace(CONSENT_STANDS, before.CONSENT_STANDS),
        replace(WHOLE_WHEN_SIGNED, before.WHOLE_WHEN_SIGNED),
    ]
