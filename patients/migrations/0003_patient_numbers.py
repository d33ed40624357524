"""The sequence behind patient numbers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_consent_safeguards")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE patients_number_seq START 1",
            "DROP SEQUENCE patients_number_seq",
        )
    ]
