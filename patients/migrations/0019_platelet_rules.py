"""A clinic that is upgraded asks about platelets as the product ships it now: each thing by itself.

The condition that its rule `platelet-dysfunction` asks about holds mild disorders too. That rule is
left as it is: what an absolute rule holds is changed by the clinic, not by an upgrade.
"""

from typing import Any

from django.db import migrations
from django.utils import timezone

_GUIDANCE = "Contraindications to PRP in common use in UK clinics"
RULES: tuple[dict[str, Any], ...] = (
    {
        "code": "platelet-function",
        "severity": "absolute",
        "kind": "today",
        "parameters": {"question": "platelet_function"},
        "sentence": "Platelet dysfunction",
        "source": _GUIDANCE,
    },
    {
        "code": "platelets-critical",
        "severity": "absolute",
        "kind": "today",
        "parameters": {"question": "platelets_critical"},
        "sentence": "Critically low platelets",
        "source": f"{_GUIDANCE}; no number is given",
    },
    {
        "code": "platelet-disorder",
        "severity": "relative",
        "kind": "condition",
        "parameters": {"conditions": ["platelet_disorder"], "max_age_days": 365},
        "sentence": "A platelet disorder or low platelets, as told",
        "source": _GUIDANCE,
    },
)


def install(apps: Any, _: Any) -> None:
    """Add version 1 of each where the clinic has rules of PRP, and say so in the audit trail."""
    rules = apps.get_model("patients", "ContraindicationRule").objects
    there = set(rules.filter(technique="prp").values_list("code", flat=True))
    for each in RULES if there else ():
        if each["code"] not in there:
            values = {"technique": "prp", "version": 1, "published_at": timezone.now()}
            _record(apps, rules.create(**values, **each))


def _record(apps: Any, rule: Any) -> None:
    apps.get_model("audit", "Event").objects.create(
        kind="patients.rule_published",
        actor_label="Anagen",
        subject_type="patients.contraindicationrule",
        subject_id=rule.pk,
        details={"rule": f"PRP: {rule.sentence}", "version": 1},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0010_kinds_of_contraindications"),
        ("patients", "0018_mistakes_and_corrections"),
    ]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
