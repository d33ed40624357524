"""A diagnosis that stops the pathway from now on stops it where it was made before, too."""

from django.db import migrations

_CAUSES = {"areata": "areata", "scarring": "scarring"}


def stop_open_cases(apps, schema_editor):
    """Raise a stop for each open case whose present diagnosis is areata or scarring."""
    diagnoses = apps.get_model("patients", "Diagnosis").objects
    stops = apps.get_model("patients", "PathwayStop").objects
    causes = apps.get_model("patients", "CauseStatement").objects
    newest = diagnoses.filter(case__closed_at__isnull=True).select_related("case")
    present = newest.order_by("case_id", "-found_date", "-made_at", "-id").distinct(
        "case_id"
    )
    for diagnosis in present:
        cause = _CAUSES.get(diagnosis.condition)
        if cause is None:
            continue
        patient_id = diagnosis.case.patient_id
        stop = stops.create(
            patient_id=patient_id, raised_at=diagnosis.made_at, raised_by_id=diagnosis.made_by_id
        )
        causes.create(
            patient_id=patient_id,
            item=cause,
            weight="likely",
            note="Diagnosed",
            found_date=diagnosis.found_date,
            stop=stop,
            stated_at=diagnosis.made_at,
            stated_by_id=diagnosis.made_by_id,
        )


class Migration(migrations.Migration):
    dependencies = [("patients", "0016_assessment")]
    operations = [migrations.RunPython(stop_open_cases, migrations.RunPython.noop)]
