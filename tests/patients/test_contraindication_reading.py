"""Rules and record come in one query, and are what the record says."""

from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import product

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from clinic.audit.models import Event
from patients.actions.contraindications import install_shipped_rules
from patients.banner import standing_statement
from patients.contraindications.evaluation import evaluate
from patients.contraindications.reading import read_record
from patients.contraindications.rules import standing, standing_rules, that_may_stand
from patients.contraindications.shipped import SHIPPED
from patients.facts import conditions_of, pregnancy_of
from patients.models import (
    Allergy,
    BloodResult,
    BloodSample,
    ConditionStatement,
    ContraindicationRule,
    Medicine,
    MedicinesReview,
    NoKnownAllergies,
    PregnancyStatement,
)
from tests.factories.patients import PatientFactory, RuleFactory
from tests.factories.practice import SiteFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def patient(clinician):
    """A patient with two of everything, and of each kind one that no longer counts."""
    found, now = PatientFactory(sex="female"), timezone.now()
    told = {"patient": found, "stated_by": clinician}
    for answer, ago in (("no", 3), ("yes", 2)):
        at = now - ago * HOUR
        ConditionStatement.objects.create(
            item="platelet_disorder", answer=answer, stated_at=at, **told
        )
        PregnancyStatement.objects.create(
            pregnancy=answer, breastfeeding="no", stated_at=at, **told
        )
        MedicinesReview.objects.create(takes_none=answer == "no", stated_at=at, **told)
        NoKnownAllergies.objects.create(stated_at=at, **told)
    record(found, clinician, now - HOUR)
    return found


def record(patient, by, now):
    written = {"patient": patient, "recorded_at": now, "recorded_by": by}
    gone = {"withdrawn_at": now, "withdrawn_by": by, "withdrawn_reason": "Another person's"}
    march = {"started_date": date(2026, 3, 1), "started_precision": "month"}
    for name, values in (("Warfarin", march), ("Apixaban", {}), ("Aspirin", gone)):
        Medicine.objects.create(name=name, group="anticoagulant", **written, **values)
    for days_ago in (40, 5):
        sample = BloodSample.objects.create(
            taken_date=now.date() - timedelta(days=days_ago), **written
        )
        for value, values in (("149.125", {}), ("7", gone)):
            figures = {"analyte": "platelets", "value": Decimal(value), "unit": "10^3/uL"}
            BloodResult.objects.create(sample=sample, **figures, **written, **values)
    return Allergy(substance="Latex", reaction="Hives", **written)


def test_what_is_read_at_once_is_what_the_record_says(patient, django_assert_num_queries):
    with django_assert_num_queries(1):
        _, facts = read_record(patient)
    assert facts.conditions == conditions_of(patient.pk)
    assert [str(row) for row in facts.medicines] == ["Apixaban", "Warfarin"]
    assert str(facts.medicines[1].started) == "Mar 2026"
    assert facts.medicines_review == MedicinesReview.objects.first()
    assert [row.value for row in facts.results] == [Decimal("149.125")] * 2
    assert facts.results[0].sample.taken_date > facts.results[1].sample.taken_date
    assert facts.expecting == pregnancy_of(patient.pk)
    assert facts.expecting.stated_at == pregnancy_of(patient.pk).stated_at
    assert facts.no_allergies == standing_statement(patient) is not None
    assert facts.allergies == ()


def test_an_allergy_overtakes_the_statement_that_there_is_none(patient, clinician):
    record(patient, clinician, timezone.now()).save()
    _, facts = read_record(patient)
    assert [str(row) for row in facts.allergies] == ["Latex (Hives)"]
    assert facts.no_allergies is None


def test_judging_and_keeping_what_was_read_asks_for_nothing_more(
    patient, admin, clinician, django_assert_num_queries
):
    install_shipped_rules(by=admin, now=timezone.now())
    rules, facts = read_record(patient)
    with django_assert_num_queries(0):
        for technique, stand in rules.items():
            found = evaluate(stand, facts, timezone.localtime(), technique=technique)
            kept = [each.as_kept() for each in found.findings]
            assert len(kept) == len(SHIPPED[technique])
    whys = " ".join(each["why"] for each in kept)
    assert f"recorded {timezone.localtime():%d-%b-%Y} by {clinician}" in whys


@contextmanager
def whatever_the_triggers_say():
    """Let any state be written, also one that no way leads to."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE patients_contraindicationrule DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE patients_contraindicationrule ENABLE TRIGGER USER")


def test_of_any_versions_pages_and_database_agree_on_which_one_stands(clinician):
    now = timezone.now()
    approved = {"approved_at": now, "approved_by": clinician}
    retired = {"retired_at": now, "retired_by": clinician, "retired_reason": "No longer so"}
    declined = {"declined_at": now, "declined_by": clinician, "declined_reason": "Too weak"}
    written = {"author": clinician}
    states = (
        *({}, approved, retired, approved | retired),
        *(written, written | declined, written | approved, written | {"was_in_use": True}),
    )
    with whatever_the_triggers_say():
        for place, versions in enumerate(product(states, repeat=3)):
            for number, values in enumerate(versions, start=1):
                RuleFactory(code=f"rule-{place}", version=number, **values)
    everything = standing(ContraindicationRule.objects.all())
    assert len(everything) > 100
    assert standing(that_may_stand()) == everything
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM patients_standing_rules('micrograft')")
        assert {key for (key,) in cursor.fetchall()} == {rule.pk for rule in everything}


MIGRATION = import_module("patients.migrations.0015_shipped_rules")
OF_PLATELETS = import_module("patients.migrations.0019_platelet_rules")


def test_an_upgraded_clinic_has_the_shipped_rules_which_nobody_approved(admin):
    SiteFactory()
    MIGRATION.install(apps, None)
    OF_PLATELETS.install(apps, None)
    for technique, shipped in SHIPPED.items():
        stand = standing_rules(technique)
        before = {"platelet-dysfunction"} if technique == "prp" else set()
        assert {rule.code for rule in stand} == {rule.code for rule in shipped} | before
        assert not any(rule.is_approved for rule in stand)
    for each in OF_PLATELETS.RULES:
        (of_product,) = (rule for rule in SHIPPED["prp"] if rule.code == each["code"])
        assert vars(of_product) == each
    assert install_shipped_rules(by=admin, now=timezone.now()) == []
    told = Event.objects.filter(kind="patients.rule_published", actor=None)
    assert len(told) == sum(len(shipped) for shipped in SHIPPED.values()) + 1
    assert "Platelets below 100" in " ".join(event.sentence for event in told)


def test_a_new_clinic_gets_its_rules_with_its_first_site_and_not_before():
    MIGRATION.install(apps, None)
    OF_PLATELETS.install(apps, None)
    assert not ContraindicationRule.objects.exists()


def test_what_was_missing_is_asked_once_for_all_rules_that_want_it(admin):
    install_shipped_rules(by=admin, now=timezone.now())
    patient = PatientFactory(sex="female")
    rules, facts = read_record(patient)
    found = evaluate(rules["prp"], facts, timezone.localtime(), technique="prp")
    asked = dict(found.missing)
    assert len(asked["Nobody asked about medicines"]) == 3
    assert sum(len(findings) for _, findings in found.missing) == len(found.not_known)
    assert len(asked["No result is recorded"]) == 2
    for _, findings in found.missing:
        assert len({each.verdict.asked for each in findings}) == 1, "one link, to where it is asked"
