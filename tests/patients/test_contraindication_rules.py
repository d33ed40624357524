"""Rules have versions: which one stands, who approves it, and what never changes."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from patients.actions.contraindications import (
    approve_rule,
    install_shipped_rules,
    publish_rule,
    retire_rule,
)
from patients.contraindications.evaluation import evaluate_for
from patients.contraindications.rules import standing_rules
from patients.contraindications.shipped import SHIPPED
from patients.models import ContraindicationRule as Rule
from patients.models import Medicine
from tests.factories.patients import PatientFactory, RuleFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import AdminFactory, ClinicianFactory

pytestmark = pytest.mark.django_db


def version_after(rule, by, **changes):
    values = {
        "severity": rule.severity,
        "kind": rule.kind,
        "parameters": rule.parameters,
        "sentence": rule.sentence,
        "source": rule.source,
    }
    return publish_rule(
        by=by,
        technique=rule.technique,
        code=rule.code,
        after_version=rule.version,
        now=timezone.now(),
        **values | changes,
    )


def test_the_shipped_rules_are_added_once_and_used_before_anybody_approves_them(admin):
    first = install_shipped_rules(by=admin, now=timezone.now())
    assert len(first) == sum(len(rules) for rules in SHIPPED.values())
    assert install_shipped_rules(by=admin, now=timezone.now()) == []
    stand = standing_rules("prp")
    assert len(stand) == len(SHIPPED["prp"])
    assert not any(rule.is_approved for rule in stand)
    assert stand[0].is_absolute


def test_the_approved_version_stands_until_the_newer_one_is_approved(admin, clinician):
    old = RuleFactory()
    newer = version_after(old, admin, severity="absolute")
    assert standing_rules("micrograft") == [old]  # what somebody wrote waits, severer or not
    approve_rule(by=clinician, rule=newer, now=timezone.now())
    assert standing_rules("micrograft") == [newer]
    third = RuleFactory(code="other")
    approve_rule(by=clinician, rule=third, now=timezone.now())
    fourth = version_after(third, admin, sentence="Weaker")
    assert third in standing_rules("micrograft")
    assert fourth not in standing_rules("micrograft")
    approve_rule(by=clinician, rule=fourth, now=timezone.now())
    assert fourth in standing_rules("micrograft")
    with pytest.raises(ValidationError, match="approved this version already"):
        approve_rule(by=clinician, rule=fourth, now=timezone.now())


def test_an_older_version_is_not_approved_behind_a_newer_approved_one(admin, clinician):
    old = RuleFactory()
    newer = version_after(old, admin)
    approve_rule(by=clinician, rule=newer, now=timezone.now())
    with pytest.raises(ValidationError, match="newer version"):
        approve_rule(by=clinician, rule=old, now=timezone.now())


def test_a_retired_rule_ends_with_every_older_version(admin, clinician):
    old = RuleFactory()
    newer = approve_rule(by=clinician, rule=version_after(old, admin), now=timezone.now())
    with pytest.raises(ValidationError, match="10 letters"):
        retire_rule(by=admin, rule=newer, reason="no", now=timezone.now())
    retire_rule(by=admin, rule=newer, reason="The clinic draws no blood", now=timezone.now())
    assert standing_rules("micrograft") == []
    with pytest.raises(ValidationError, match="retired"):
        approve_rule(by=clinician, rule=old, now=timezone.now())
    again = version_after(newer, admin)
    assert standing_rules("micrograft") == []
    approve_rule(by=clinician, rule=again, now=timezone.now())
    assert standing_rules("micrograft") == [again]


def absolute(**values):
    return RuleFactory(severity="absolute", **values)


def test_an_absolute_rule_is_weakened_by_two_whether_anybody_approved_it_or_not(admin, clinician):
    held = {"groups": ["anticoagulant"], "within_hours": 0, "max_age_days": 365}
    rule = absolute(parameters=held)
    reworded = version_after(rule, clinician, sentence="Takes a blood thinner")
    assert standing_rules("micrograft") == [rule]
    approve_rule(by=clinician, rule=reworded, now=timezone.now())  # words take nothing away
    for changes in (
        {"severity": "relative"},
        {"parameters": {"groups": ["nsaid"], "within_hours": 0, "max_age_days": 365}},
    ):
        (stands,) = standing_rules("micrograft")
        last = Rule.objects.order_by("-version").first()
        weaker = version_after(last, clinician, **{"severity": "absolute"} | changes)
        with pytest.raises(ValidationError, match="another clinician approves it"):
            approve_rule(by=clinician, rule=weaker, now=timezone.now())
        assert standing_rules("micrograft") == [stands]
    approve_rule(by=ClinicianFactory(), rule=weaker, now=timezone.now())
    assert standing_rules("micrograft") == [weaker]


def test_an_absolute_rule_that_two_made_relative_can_be_retired(admin, clinician):
    weaker = version_after(absolute(), admin, severity="relative")
    approve_rule(by=clinician, rule=weaker, now=timezone.now())
    retire_rule(by=admin, rule=weaker, reason="The clinic draws no blood", now=timezone.now())
    assert standing_rules("micrograft") == []


def test_nobody_retires_an_absolute_rule_alone(admin, client_of):
    SiteFactory()
    rule = absolute()
    with pytest.raises(ValidationError, match="as relative"):
        retire_rule(by=admin, rule=rule, reason="The clinic draws no blood", now=timezone.now())
    page = client_of(admin).get(reverse("patients:rule", args=[rule.pk])).content.decode()
    assert "Nobody ends an absolute rule alone" in page
    assert "Retire the rule" not in page


def test_a_version_that_waits_is_not_retired_since_that_would_end_the_approved_one(
    admin, clinician
):
    rule = approve_rule(by=clinician, rule=RuleFactory(), now=timezone.now())
    waits = version_after(rule, admin, sentence="Weaker")
    with pytest.raises(ValidationError, match="not the one in use"):
        retire_rule(by=admin, rule=waits, reason="It was not meant", now=timezone.now())
    assert standing_rules("micrograft") == [rule]


def test_two_who_write_the_next_version_are_told_of_one_another(admin):
    old = RuleFactory()
    version_after(old, admin)
    with pytest.raises(ValidationError, match="meanwhile"):
        version_after(old, admin)


@pytest.mark.parametrize(
    "change",
    [{"parameters": {"groups": ["nsaid"], "within_hours": 1}}, {"severity": "absolute"}],
)
def test_the_database_changes_no_published_version_and_deletes_none(change):
    rule = RuleFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rule.delete()


def test_an_approval_is_not_taken_back(clinician):
    rule = approve_rule(by=clinician, rule=RuleFactory(), now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(approved_at=None, approved_by=None)


def test_a_record_is_evaluated_in_one_query_however_many_rules(admin, django_assert_num_queries):
    install_shipped_rules(by=admin, now=timezone.now())
    patient = PatientFactory()
    with django_assert_num_queries(1):
        found = evaluate_for(patient, "prp", timezone.localtime())
        assert [each.verdict.why for each in found.findings]


def test_nothing_is_called_clear_that_nobody_asked(admin):
    install_shipped_rules(by=admin, now=timezone.now())
    found = evaluate_for(PatientFactory(sex="female"), "prp", timezone.localtime())
    assert {each.rule.code for each in found.clear} == {"adult"}
    assert not found.is_calm


def written(**changes):
    return {
        "severity": "relative",
        "groups": ["nsaid"],
        "within_hours": "168",
        "max_age_days": "180",
        "sentence": "An NSAID within 7 days",
        "source": "Decision of the clinic",
    } | changes


def test_an_admin_writes_a_new_version_and_a_clinician_approves_it(client_of, admin, clinician):
    SiteFactory()
    rule = RuleFactory()
    url = reverse("patients:change_rule", args=[rule.pk])
    answer = client_of(admin).post(url, written())
    made = Rule.objects.get(version=2)
    assert answer.url == reverse("patients:rule", args=[made.pk])
    assert made.parameters == {"groups": ["nsaid"], "within_hours": 168, "max_age_days": 180}
    page = client_of(clinician).get(answer.url).content.decode()
    assert "Waits for approval: not in use" in page
    assert "An NSAID within 7 days" in page
    assert "Version 1</a> stands until" in page
    client_of(clinician).post(reverse("patients:approve_rule", args=[made.pk]))
    made.refresh_from_db()
    assert made.approved_by == clinician
    sentences = [event.sentence for event in Event.objects.filter(kind=Kind.RULE_APPROVED)]
    assert sentences == ["approved the rule “Micrograft: An NSAID within 7 days”, version 2"]


def test_what_cannot_be_meant_comes_back_with_what_was_typed(client_of, admin):
    SiteFactory()
    url = reverse("patients:change_rule", args=[RuleFactory().pk])
    answer = client_of(admin).post(url, written(within_hours="soon"))
    assert answer.status_code == 422
    assert "soon" in answer.content.decode()
    assert Rule.objects.count() == 1


def test_a_rule_is_tried_on_a_patient_and_the_reading_recorded(client_of):
    site = SiteFactory()
    admin, patient = AdminFactory(sites=[site]), PatientFactory(site=site, number="AN-900001")
    Medicine.objects.create(
        patient=patient,
        group="nsaid",
        name="Naproxen",
        recorded_at=timezone.now(),
        recorded_by=admin,
    )
    url = reverse("patients:change_rule", args=[RuleFactory().pk])
    answer = client_of(admin).post(url, written(then="try", number="an-900001"))
    assert "Takes Naproxen (NSAID)" in answer.content.decode()
    assert Rule.objects.count() == 1
    assert Event.objects.about_patient(patient.pk).filter(kind=Kind.PATIENT_VIEWED).count() == 1
    unknown = client_of(admin).post(url, written(then="try", number="AN-999999"))
    assert "No patient at your sites" in unknown.content.decode()


def test_without_rules_the_page_says_that_nothing_is_checked_and_adds_them(client_of, admin):
    SiteFactory()
    browser = client_of(admin)
    assert "nothing is checked" in browser.get(reverse("patients:rules")).content.decode()
    browser.post(reverse("patients:install_rules"))
    page = browser.get(reverse("patients:rules")).content.decode()
    assert "Not all approved by the clinic" in page
    assert "nothing is checked" not in page
