"""A patient's words are looked up one by one: together, all words of all names were read."""

from django.db import migrations

BEFORE = """
CREATE OR REPLACE FUNCTION patients_learn_name_words() RETURNS trigger LANGUAGE plpgsql
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

LEARN = """
CREATE OR REPLACE FUNCTION patients_learn_name_words() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    one text;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.search_name = OLD.search_name THEN
        RETURN NULL;
    END IF;
    FOR one IN SELECT patients_name_words(NEW.search_name) LOOP
        IF NOT EXISTS (SELECT FROM patients_nameword known WHERE known.word = one) THEN
            INSERT INTO patients_nameword (word) VALUES (one);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0026_fewer_indexes")]

    operations = [migrations.RunSQL(LEARN, BEFORE)]
