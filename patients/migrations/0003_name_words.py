"""The words of names, by which a slip of the keys is put right; names in their order."""

import clinic.base.operations
import clinic.base.triggers
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.functions.comparison
import patients.models.name_word
import pgtrigger.compiler
from django.db import migrations, models

SLIPS = """
CREATE FUNCTION anagen_slips(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS
$$ SELECT array_agg(DISTINCT left(word, place) || substr(word, place + 2))
     FROM generate_series(0, length(word)) AS place $$;
COMMENT ON FUNCTION anagen_slips(text) IS
    'A word, and what is left of it without each one of its letters.';
"""

# Apostrophes stay within a word.
WORDS = """
CREATE FUNCTION patients_name_words(name text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS
$$ SELECT DISTINCT word FROM regexp_split_to_table(name, '[][ .,;:()/"–—-]+') AS word
    WHERE word <> '' $$;
COMMENT ON FUNCTION patients_name_words(text) IS 'The words of a folded name.';
"""

LEARN = """
CREATE FUNCTION patients_learn_name_words() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.search_name = OLD.search_name THEN
        RETURN NULL;
    END IF;
    INSERT INTO patients_nameword (word)
    SELECT word FROM patients_name_words(NEW.search_name) AS word
     WHERE NOT EXISTS (SELECT FROM patients_nameword known WHERE known.word = word.word);
    RETURN NULL;
END $$;
"""

LEARN_ALL = """
CREATE FUNCTION patients_learn_all_name_words() RETURNS void LANGUAGE sql
SET search_path = public, pg_temp AS $$
    INSERT INTO patients_nameword (word)
    SELECT DISTINCT word FROM patients_patient, patients_name_words(search_name) AS word
     WHERE NOT EXISTS (SELECT FROM patients_nameword known WHERE known.word = word.word);
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0002_initial'),
    ]

    operations = [
        migrations.RunSQL(SLIPS, 'DROP FUNCTION anagen_slips(text)'),
        migrations.RunSQL(WORDS, 'DROP FUNCTION patients_name_words(text)'),
        migrations.CreateModel(
            name='NameWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.TextField()),
                ('slips', models.GeneratedField(db_persist=True, expression=patients.models.name_word.Slips(models.F('word')), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None))),
            ],
            options={
                'indexes': [
                    models.Index(fields=['word'], name='patients_name_word'),
                    django.contrib.postgres.indexes.GinIndex(fields=['slips'], name='patients_name_word_slips'),
                    django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('word'), 'gin_trgm_ops'), name='patients_name_word_like'),
                ],
            },
        ),
        migrations.RunSQL(LEARN, 'DROP FUNCTION patients_learn_name_words()'),
        migrations.RunSQL(LEARN_ALL, 'DROP FUNCTION patients_learn_all_name_words()'),
        # Those who are registered already.
        migrations.RunSQL('SELECT patients_learn_all_name_words()', migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='patient',
            index=models.Index(django.db.models.functions.comparison.Collate('search_name', 'C'), models.F('date_of_birth'), models.F('id'), name='patients_name_begins'),
        ),
        clinic.base.operations.AddTrigger(
            model_name='patient',
            trigger=pgtrigger.compiler.Trigger(name='learns_name_words', sql=clinic.base.triggers.TriggerSql(execute='patients_learn_name_words()', func='RETURN NULL;', hash='b3833eb2f22c3b11ae51d828e55873134818b95f', operation='INSERT OR UPDATE', pgid='pgtrigger_learns_name_words_56b41', table='patients_patient', when='AFTER')),
        ),
        clinic.base.operations.AddTrigger(
            model_name='nameword',
            trigger=pgtrigger.compiler.Trigger(name='not_truncated', sql=clinic.base.triggers.TriggerSql(execute='anagen_append_only()', func='RETURN NULL;', hash='de61caba7140f1ce358493359159e0655306d4dc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_truncated_92230', table='patients_nameword', when='BEFORE')),
        ),
    ]
