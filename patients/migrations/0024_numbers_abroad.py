"""A number of another country is found by how it is dialled there."""

import clinic.base.operations
import django.contrib.postgres.indexes
import patients.models.patient
from django.db import migrations, models

# The country codes of one digit and of two, as the ITU gives them (E.164); all others have three.
# Most countries dial a nought that no stored number has; where it belongs to the number, as in Italy,
# it is taken away too, so that one spelling is asked for.
DIALLED_AT_HOME = r"""
CREATE FUNCTION patients_dialled_at_home(number text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = public, pg_temp
RETURN regexp_replace(substr(number, CASE
    WHEN number ~ '^\+[17]' THEN 3
    WHEN number ~ '^\+(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])' THEN 4
    ELSE 5
END), '^0', '');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0023_planned_without'),
    ]

    operations = [
        migrations.RunSQL(
            DIALLED_AT_HOME, "DROP FUNCTION patients_dialled_at_home(text)"
        ),
        clinic.base.operations.Together(
            [
                migrations.AddIndex(
                    model_name='patient',
                    index=models.Index(django.contrib.postgres.indexes.OpClass(patients.models.patient.DialledAtHome('phone'), 'text_pattern_ops'), condition=models.Q(('phone__startswith', '+'), models.Q(('phone__startswith', '+44'), _negated=True)), name='patients_phone_abroad'),
                ),
                migrations.AddIndex(
                    model_name='patient',
                    index=models.Index(django.contrib.postgres.indexes.OpClass(patients.models.patient.DialledAtHome('second_phone'), 'text_pattern_ops'), condition=models.Q(('second_phone__startswith', '+'), models.Q(('second_phone__startswith', '+44'), _negated=True)), name='patients_second_phone_abroad'),
                ),
            ]
        ),
    ]
