"""What the invented admin proposed to change in the rules: one version declined, one that waits."""

from datetime import datetime, timedelta
from typing import Any

from clinic.staff.models import User
from patients.actions.contraindications import decline_rule, publish_rule
from patients.models import ContraindicationRule


def propose_rules(*, admin: User, clinician: User, now: datetime) -> None:
    """Have a version of a shipped rule written and declined, and a stricter one after it."""
    rule = ContraindicationRule.objects.get(technique="prp", code="haemoglobin")
    weaker = _version(
        rule,
        admin,
        now - timedelta(days=40),
        value="8",
        sentence="Haemoglobin below 8 g/dL",
        source="An invented blog",
    )
    decline_rule(
        by=clinician,
        rule=weaker,
        reason="No study behind it: 10 g/dL is what clinics in the UK go by",
        now=now - timedelta(days=38),
    )
    _version(
        weaker,
        admin,
        now - timedelta(days=3),
        value="11",
        sentence="Haemoglobin below 11 g/dL",
        source="Decision of the invented clinic",
    )


def _version(
    rule: ContraindicationRule, by: User, now: datetime, *, value: str, **words: Any
) -> ContraindicationRule:
    return publish_rule(
        by=by,
        technique=rule.technique,
        code=rule.code,
        after_version=rule.version,
        severity=rule.severity,
        kind=rule.kind,
        parameters={**rule.parameters, "value": value},
        now=now,
        **words,
    )
