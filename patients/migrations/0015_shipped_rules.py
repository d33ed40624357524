"""A clinic that is upgraded has the rules that come with the product at once, approved by nobody.

Without them its sessions would be signed with nothing held against the record. A new clinic gets
them with its first site (`clinic.caseload.opening.open_site`).
"""

from typing import Any

from django.db import migrations
from django.utils import timezone

from patients.contraindications.shipped import SHIPPED


def install(apps: Any, _: Any) -> None:
    """Add version 1 of each rule where the clinic has a site, and say so in the audit trail."""
    rule_of = apps.get_model("patients", "ContraindicationRule").objects.create
    if not apps.get_model("practice", "Site").objects.exists():
        return
    for technique, shipped in SHIPPED.items():
        for each in shipped:
            values = {"technique": technique, "version": 1, "published_at": timezone.now()}
            _record(apps, rule_of(**values, **vars(each)))


def _record(apps: Any, rule: Any) -> None:
    apps.get_model("audit", "Event").objects.create(
        kind="patients.rule_published",
        actor_label="Anagen",
        subject_type="patients.contraindicationrule",
        subject_id=rule.pk,
        details={"rule": f"{rule.get_technique_display()}: {rule.sentence}", "version": 1},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0010_kinds_of_contraindications"),
        ("patients", "0014_contraindications"),
        ("practice", "0001_initial"),
    ]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
