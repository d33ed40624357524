"""Two people decide about the versions of one rule at the same moment."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from patients.actions.contraindications import approve_rule, decline_rule
from patients.contraindications.rules import standing_rules
from patients.models import ContraindicationRule as Rule
from tests.factories.patients import RuleFactory
from tests.factories.staff import AdminFactory, ClinicianFactory
from tests.races import one_after_the_other

pytestmark = pytest.mark.django_db(transaction=True)


def versions(*severities):
    """Return a rule that came with the product, and versions of it by one author that wait."""
    author, first = ClinicianFactory(), RuleFactory()
    later = [
        RuleFactory(code=first.code, version=number, severity=severity, author=author)
        for number, severity in enumerate(severities, start=2)
    ]
    return author, later


def approve_in_the_database(rule, by):
    """Approve a version past every action; return why the database refuses it."""
    try:
        Rule.objects.filter(pk=rule.pk).update(approved_at=timezone.now(), approved_by=by)
    except IntegrityError as error:
        return error
    return None


def test_who_weakens_alone_what_is_being_made_absolute_is_refused_by_the_database():
    author, (absolute, relative) = versions("absolute", "relative")
    another = ClinicianFactory()
    _, refused = one_after_the_other(
        lambda: approve_rule(by=another, rule=absolute, now=timezone.now()),
        lambda: approve_in_the_database(relative, author),
    )
    assert "nobody weakens an absolute rule alone" in str(refused)
    assert standing_rules("micrograft") == [absolute]


def test_of_approving_and_declining_the_first_counts():
    _author, (waits,) = versions("absolute")
    clinician = ClinicianFactory()
    _, refused = one_after_the_other(
        lambda: decline_rule(
            by=clinician, rule=waits, reason="Too strict for us", now=timezone.now()
        ),
        lambda: approve_rule(by=AdminFactory(), rule=waits, now=timezone.now()),
    )
    assert isinstance(refused, ValidationError)
    assert "declined this version" in str(refused)
    assert waits not in standing_rules("micrograft")
