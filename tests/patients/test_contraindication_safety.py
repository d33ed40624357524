"""Whatever the record holds: what is missing never reads as clear, and facts only add up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.staff.models import User
from patients.contraindications.evaluation import evaluate
from patients.contraindications.facts import Facts
from patients.contraindications.kinds import Question, State, read_kind
from patients.contraindications.shipped import SHIPPED
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

AT = datetime(2026, 9, 12, 10, tzinfo=UTC)
WHO = User(given_name="Ada", family_name="Testclinician")
RULES = [
    ContraindicationRule(technique=technique, version=1, **vars(each))
    for technique, shipped in SHIPPED.items()
    for each in shipped
]

days_ago = st.integers(-20, 900)
moments = days_ago.map(lambda days: AT - timedelta(days=max(days, 0)))
dates = st.none() | days_ago.map(lambda days: (AT - timedelta(days=days)).date())
answers = st.sampled_from(["yes", "no", "not_known"])


@st.composite
def medicines(draw):
    row = Medicine(
        name="Inventedol",
        group=draw(st.sampled_from(["nsaid", "steroid", "anticoagulant", "other"])),
        route=draw(st.sampled_from(["", *Medicine.Route.values])),
        recorded_at=draw(moments),
        recorded_by=WHO,
    )
    for name in ("started", "stopped"):
        known, precision = draw(dates), draw(st.sampled_from(["day", "month", "year"]))
        if known is not None:
            first = {"day": known, "month": known.replace(day=1), "year": date(known.year, 1, 1)}
            setattr(row, f"{name}_date", first[precision])
            setattr(row, f"{name}_precision", precision)
    return row


@st.composite
def results(draw):
    taken_date = (AT - timedelta(days=draw(days_ago))).date()
    row = BloodResult(
        analyte="platelets",
        value=Decimal(draw(st.integers(1, 400))),
        unit="10^3/uL",
        comparator=draw(st.sampled_from(["", "<", ">"])),
        recorded_at=AT,
        recorded_by=WHO,
    )
    row.sample = BloodSample(taken_date=taken_date)
    return row


def told(model, **values):
    return model(stated_at=AT - timedelta(days=1), stated_by=WHO, **values)


def condition(item, answer):
    return told(ConditionStatement, item=item, answer=answer)


@st.composite
def records(draw):
    found = draw(st.lists(results(), max_size=3))
    known = draw(
        st.dictionaries(st.sampled_from(["platelet_disorder", "cancer_blood_bone"]), answers)
    )
    stated = draw(st.none() | st.tuples(answers, answers, moments))
    substances = draw(st.lists(st.sampled_from(["Latex", "Parabens", "Sodium sulphite"])))
    return Facts(
        sex=draw(st.sampled_from(["female", "male", ""])),
        date_of_birth=draw(st.none() | st.dates(date(1940, 1, 1), date(2015, 1, 1))),
        conditions={item: condition(item, answer) for item, answer in known.items()},
        medicines=tuple(draw(st.lists(medicines(), max_size=4))),
        medicines_review=draw(st.none() | st.just(told(MedicinesReview, takes_none=True))),
        results=tuple(sorted(found, key=lambda row: row.sample.taken_date, reverse=True)),
        allergies=tuple(
            Allergy(substance=each, recorded_at=AT, recorded_by=WHO) for each in substances
        ),
        no_allergies=draw(st.none() | st.just(told(NoKnownAllergies))),
        expecting=stated
        and PregnancyStatement(
            pregnancy=stated[0], breastfeeding=stated[1], stated_at=stated[2], stated_by=WHO
        ),
        answers=draw(st.dictionaries(st.sampled_from(Question.values), answers)),
    )


def said_of(facts):
    return {
        f"{rule.technique} {rule.code}": read_kind(rule.kind, rule.parameters).judge(facts, AT)
        for rule in RULES
    }


def applying(facts):
    return {code for code, verdict in said_of(facts).items() if verdict.state == State.APPLIES}


@settings(max_examples=80, deadline=None)
@given(facts=records(), more=medicines(), substance=st.sampled_from(["Latex", "Parabens"]))
def test_a_medicine_an_allergy_or_a_yes_more_never_ends_what_applies(facts, more, substance):
    before = applying(facts)
    allergy = Allergy(substance=substance, recorded_at=AT, recorded_by=WHO)
    yes = {"platelet_disorder": condition("platelet_disorder", "yes")}
    for fuller in (
        replace(facts, medicines=(*facts.medicines, more)),
        replace(facts, allergies=(*facts.allergies, allergy)),
        replace(facts, conditions={**facts.conditions, **yes}),
        replace(facts, answers={**facts.answers, "infection": "yes"}),
    ):
        assert before <= applying(fuller)


@settings(max_examples=80, deadline=None)
@given(facts=records(), older=results())
def test_an_older_result_changes_nothing_about_a_newer_one(facts, older):
    if facts.results:
        oldest = min(row.sample.taken_date for row in facts.results)
        older.sample = BloodSample(taken_date=min(oldest, AT.date()) - timedelta(days=1))
    fuller = replace(facts, results=(*facts.results, older))
    assert applying(facts) <= applying(fuller)


MISSING = {
    "conditions": ({}, ["condition"]),
    "results": ((), ["blood"]),
    "answers": ({}, ["today"]),
    "date_of_birth": (None, ["age"]),
}


@settings(max_examples=80, deadline=None)
@given(facts=records())
@pytest.mark.parametrize("name", MISSING)
def test_what_nobody_recorded_is_not_known_whatever_else_is(facts, name):
    empty, kinds = MISSING[name]
    said = said_of(replace(facts, **{name: empty}))
    for rule in RULES:
        if rule.kind in kinds:
            assert said[f"{rule.technique} {rule.code}"].state == State.NOT_KNOWN


@settings(max_examples=80, deadline=None)
@given(facts=records())
def test_without_a_list_of_medicines_or_allergies_or_a_statement_nothing_is_clear(facts):
    bare = replace(
        facts,
        medicines=(),
        medicines_review=None,
        allergies=(),
        no_allergies=None,
        expecting=None,
        sex="female",
        answers={},
    )
    said = said_of(bare)
    for rule in RULES:
        if rule.kind in ("medicine", "allergy", "expecting"):
            assert said[f"{rule.technique} {rule.code}"].state == State.NOT_KNOWN


@settings(max_examples=80, deadline=None)
@given(facts=records(), at_session=st.booleans())
def test_it_is_calm_only_where_every_rule_was_answered_with_no(facts, at_session):
    for technique in SHIPPED:
        rules = [rule for rule in RULES if rule.technique == technique]
        found = evaluate(rules, facts, AT, technique=technique, at_session=at_session)
        later = [] if at_session else found.later
        assert all(each.verdict.state == State.NOT_KNOWN for each in later)
        states = {each.verdict.state for each in found.findings if each not in later}
        assert found.is_calm == (states == {State.DOES_NOT})
        assert len(found.findings) == len(rules)


def test_without_rules_it_is_not_calm():
    assert not evaluate([], Facts(), AT, technique="prp").is_calm


@given(weeks=st.integers(0, 200), answer=answers, others=st.tuples(answers, answers))
def test_how_long_a_fact_holds_does_not_hang_on_the_answer_about_the_other(weeks, answer, others):
    def said(what, other):
        facts = dict.fromkeys(PregnancyStatement.FACTS, other) | {what: answer}
        stated_at = AT - timedelta(weeks=weeks)
        told = PregnancyStatement(stated_at=stated_at, stated_by=WHO, **facts)
        kind = read_kind("expecting", {"what": what})
        return kind.judge(Facts(sex="female", expecting=told), AT).state

    for what in ("pregnancy", "breastfeeding"):
        first, second = (said(what, other) for other in others)
        assert first == second
        assert answer == "yes" or weeks <= 12 or first == State.NOT_KNOWN


def test_at_the_session_a_pregnancy_not_known_wants_an_answer_or_a_reason():
    rules = [rule for rule in RULES if rule.technique == "prp" and rule.kind == "expecting"]
    for sex, codes in (("female", {"pregnancy", "breastfeeding"}), ("male", set())):
        facts = Facts(sex=sex)
        found = evaluate(rules, facts, AT, technique="prp", at_session=True)
        assert {each.rule.code for each in found.lacking_reason} == codes
        assert evaluate(rules, facts, AT, technique="prp").lacking_reason == []


def test_a_count_of_15_is_not_gone_on_with_before_critically_low_platelets_are_asked_about():
    rules = [rule for rule in RULES if rule.technique == "prp" and "platelet" in rule.code]
    sample = BloodSample(taken_date=AT.date())
    row = BloodResult(analyte="platelets", value=Decimal(15), unit="10^3/uL", sample=sample)
    row.recorded_at, row.recorded_by = AT, WHO
    mild = {"platelet_disorder": condition("platelet_disorder", "yes")}

    def found(**answers):
        facts = Facts(results=(row,), conditions=mild, answers=answers)
        return evaluate(rules, facts, AT, technique="prp", at_session=True)

    assert {each.rule.code for each in found().later} == {"platelet-function", "platelets-critical"}
    judged = found(platelet_function="no", platelets_critical="yes")
    assert [each.rule.code for each in judged.blocking] == ["platelets-critical"]
    mildly = found(platelet_function="no", platelets_critical="no")
    assert mildly.blocking == []
    assert {each.rule.code for each in mildly.lacking_reason} == {"platelets", "platelet-disorder"}
