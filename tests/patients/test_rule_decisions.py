"""A version of a rule waits for a clinician, who approves or declines it; so the database holds."""

from contextlib import contextmanager
from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions.contraindications import (
    approve_rule,
    decline_rule,
    publish_rule,
    retire_rule,
)
from patients.contraindications.rules import standing_rules
from patients.models import ContraindicationRule as Rule
from tests.factories.patients import RuleFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory

pytestmark = pytest.mark.django_db

UPGRADE = import_module("patients.migrations.0022_decided_rules")
WHY = "Apixaban matters within a week"


def version_after(rule, by, **changes):
    names = ("technique", "code", "severity", "kind", "parameters", "sentence", "source")
    values = {name: getattr(rule, name) for name in names}
    return publish_rule(by=by, after_version=rule.version, now=timezone.now(), **values | changes)


def declined(rule, by, reason=WHY):
    return decline_rule(by=by, rule=rule, reason=reason, now=timezone.now())


def approved(rule, by):
    return approve_rule(by=by, rule=rule, now=timezone.now())


def in_the_database(rule, **values):
    """Change a row past every action."""
    with transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(**values)


def test_a_rule_of_the_clinics_own_is_held_against_nobody_before_a_clinician_approved_it(
    admin, clinician
):
    own = publish_rule(
        by=admin,
        technique="micrograft",
        severity="absolute",
        kind="age",
        parameters={"years": 21},
        sentence="Under 21 years old",
        source="Decision of the clinic",
        now=timezone.now(),
    )
    assert standing_rules("micrograft") == []
    approved(own, clinician)
    assert standing_rules("micrograft") == [own]


@contextmanager
def whatever_the_triggers_say():
    """Let rows be written as they could be before versions waited."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE patients_contraindicationrule DISABLE TRIGGER USER")
        yield cursor
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE patients_contraindicationrule ENABLE TRIGGER USER")


def test_what_was_in_use_before_versions_waited_goes_on_until_one_is_approved(admin, clinician):
    with whatever_the_triggers_say():
        before = RuleFactory(author=admin, was_in_use=True)
    newer = version_after(before, admin, sentence="Takes a blood thinner")
    assert standing_rules("micrograft") == [before]
    with pytest.raises(ValidationError, match="does not wait"):
        declined(before, clinician)
    approved(newer, clinician)
    assert standing_rules("micrograft") == [newer]


def test_an_upgrade_keeps_in_use_exactly_the_versions_that_were(admin, clinician):
    now = timezone.now()
    product, own = {"author": None}, {"author": admin}
    yes = {"approved_at": now, "approved_by": clinician}
    ended = {"retired_at": now, "retired_by": admin, "retired_reason": "No longer so"}
    versions = {
        "own-alone": [own],  # was in use, approved by nobody
        "own-over-product": [product, own],  # and so was the newest of these
        "own-over-own": [own, own],
        "own-after-the-end": [product | yes, own | ended, own],
        "waited": [product | yes, own],
        "waited-over-own": [own | yes, own],
        "ended": [own, own | ended],
        "product": [product],
    }
    with whatever_the_triggers_say() as cursor:
        for code, rows in versions.items():
            for number, values in enumerate(rows, start=1):
                RuleFactory(code=code, version=number, **values)
        cursor.execute(UPGRADE.IN_USE)
    kept = Rule.objects.filter(was_in_use=True).values_list("code", "version")
    assert set(kept) == {
        ("own-alone", 1),
        ("own-over-product", 2),
        ("own-over-own", 2),
        ("own-after-the-end", 3),
    }


def test_a_version_that_waits_is_declined_with_a_reason_and_the_trail_says_so(admin, clinician):
    stands = RuleFactory()
    waits = version_after(stands, admin, sentence="Weaker")
    with pytest.raises(ValidationError, match="10 letters"):
        declined(waits, clinician, reason="no")
    row = declined(waits, clinician, reason=f"  {WHY} ")
    assert (row.declined_by, row.declined_reason) == (clinician, WHY)
    assert standing_rules("micrograft") == [stands]
    (event,) = Event.objects.filter(kind=Kind.RULE_DECLINED)
    assert event.sentence == "declined the rule “Micrograft: Weaker”, version 2"
    assert event.actor == clinician


def test_what_was_declined_is_neither_approved_nor_declined_again_and_a_new_version_follows_it(
    admin, clinician
):
    waits = version_after(RuleFactory(), admin, sentence="Weaker")
    declined(waits, clinician)
    with pytest.raises(ValidationError, match="declined this version"):
        approved(waits, ClinicianFactory())
    with pytest.raises(ValidationError, match="declined this version"):
        declined(waits, clinician)
    third = approved(version_after(waits, admin, sentence="As asked"), clinician)
    assert standing_rules("micrograft") == [third]


def test_only_what_waits_is_declined(admin, clinician):
    shipped = RuleFactory()
    with pytest.raises(ValidationError, match="does not wait"):
        declined(shipped, clinician)
    approved(shipped, clinician)
    with pytest.raises(ValidationError, match="approved this version already"):
        declined(shipped, clinician)
    retire_rule(by=admin, rule=shipped, reason="The clinic draws no blood", now=timezone.now())
    assert standing_rules("micrograft") == []


@pytest.mark.parametrize("taken_back", [True, False])
def test_the_database_lets_no_declined_version_stand(admin, clinician, taken_back):
    waits = version_after(RuleFactory(), admin, sentence="Weaker")
    declined(waits, clinician)
    back = {"declined_at": None, "declined_by": None, "declined_reason": ""} if taken_back else {}
    for values in (
        {"approved_at": timezone.now(), "approved_by": clinician},
        {"was_in_use": True},
        {"retired_at": timezone.now(), "retired_by": clinician, "retired_reason": "Never meant"},
        {"declined_reason": "Another reason"},
    ):
        with pytest.raises(IntegrityError):
            in_the_database(waits, **values | back)


@pytest.mark.parametrize(
    "weaker",
    [
        {"severity": "relative"},
        {"parameters": {"groups": ["nsaid"], "within_hours": 0, "max_age_days": 365}},
    ],
)
@pytest.mark.parametrize("was_approved", [True, False])
def test_the_database_lets_nobody_weaken_an_absolute_rule_alone(clinician, weaker, was_approved):
    rule = RuleFactory(severity="absolute")
    if was_approved:
        approved(rule, clinician)
    waits = version_after(rule, clinician, **weaker)
    with pytest.raises(IntegrityError, match="nobody weakens an absolute rule alone"):
        in_the_database(waits, approved_at=timezone.now(), approved_by=clinician)
    in_the_database(waits, approved_at=timezone.now(), approved_by=ClinicianFactory())
    assert standing_rules("micrograft") == [waits]


def test_the_database_retires_no_absolute_rule_and_nothing_that_does_not_stand(admin, clinician):
    rule = RuleFactory(severity="absolute")
    waits = version_after(rule, admin, severity="relative")
    ending = {"retired_at": timezone.now(), "retired_by": admin, "retired_reason": "Not needed"}
    for each in (rule, waits):
        with pytest.raises(IntegrityError, match="only the version that stands is retired"):
            in_the_database(each, **ending)
    approved(waits, clinician)
    in_the_database(waits, **ending)


@pytest.mark.parametrize("claims", [{"author": None}, {"was_in_use": True}])
def test_the_database_takes_no_later_version_for_one_that_came_with_the_product(admin, claims):
    rule = RuleFactory(severity="absolute")
    with pytest.raises(IntegrityError, match="waits until a clinician"), transaction.atomic():
        RuleFactory(code=rule.code, version=2, severity="relative", **{"author": admin} | claims)


def test_a_weaker_version_written_as_approved_by_its_author_is_refused(clinician):
    rule = RuleFactory(severity="absolute")
    both = {"author": clinician, "approved_by": clinician, "approved_at": timezone.now()}
    with pytest.raises(IntegrityError, match="nobody weakens"), transaction.atomic():
        RuleFactory(code=rule.code, version=2, severity="relative", **both)


def page_of(browser, rule):
    return browser.get(reverse("patients:rule", args=[rule.pk])).content.decode()


def test_a_clinician_sees_what_would_change_declines_it_and_the_history_says_why(
    client_of, admin, clinician
):
    SiteFactory()
    rule = RuleFactory()
    waits = version_after(rule, admin, source="A rumour", severity="absolute")
    browser, url = client_of(clinician), reverse("patients:decline_rule", args=[waits.pk])
    page = page_of(browser, waits)
    assert "What it would change" in page
    assert "A rumour" in page
    refused = browser.post(url, {"decline-reason": "no"})
    assert refused.status_code == 422
    assert "at least 10" in refused.content.decode()
    assert browser.post(url, {"decline-reason": WHY}).url == reverse(
        "patients:rule", args=[waits.pk]
    )
    page = page_of(browser, waits)
    assert "Declined: this version never stands" in page
    assert reverse("patients:approve_rule", args=[waits.pk]) not in page
    history = page_of(browser, rule)
    assert f"by {clinician}: {WHY}" in history
    assert "This version stands" not in history  # it came with the product, approved by nobody
    again = client_of(admin).get(reverse("patients:change_rule", args=[waits.pk])).content.decode()
    assert "Version 2 was declined" in again
    assert WHY in again


def test_who_wrote_a_weaker_version_is_told_on_the_page_that_another_approves_it(
    client_of, clinician
):
    SiteFactory()
    waits = version_after(RuleFactory(severity="absolute"), clinician, severity="relative")
    page = page_of(client_of(clinician), waits)
    assert "another clinician approves it" in page
    assert reverse("patients:approve_rule", args=[waits.pk]) not in page
    assert reverse("patients:approve_rule", args=[waits.pk]) in page_of(
        client_of(ClinicianFactory()), waits
    )


def test_the_list_says_what_waits_and_drops_what_was_declined(client_of, admin, clinician):
    SiteFactory()
    waits = version_after(RuleFactory(), admin, sentence="Weaker")
    address = reverse("patients:rules")
    assert "Waiting for a clinician’s approval" in client_of(admin).get(address).content.decode()
    declined(waits, clinician)
    assert (
        "Waiting for a clinician’s approval" not in client_of(admin).get(address).content.decode()
    )
