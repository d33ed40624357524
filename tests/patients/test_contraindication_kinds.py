"""Each kind of rule: applies, does not apply, is not known; and where exactly one ends."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from clinic.staff.models import User
from patients.contraindications.facts import Facts
from patients.contraindications.kinds import State, read_kind, read_new_kind
from patients.contraindications.shipped import SHIPPED
from patients.models import (
    Allergy,
    BloodResult,
    BloodSample,
    ConditionStatement,
    Medicine,
    MedicinesReview,
    NoKnownAllergies,
    PregnancyStatement,
)

AT = datetime(2026, 9, 12, 10, tzinfo=UTC)
WHO = User(given_name="Ada", family_name="Testclinician")
RECORDED = {"recorded_at": AT, "recorded_by": WHO}
STATED = {"stated_at": AT, "stated_by": WHO}


def judged(kind, parameters, at=AT, **facts):
    return read_kind(kind, parameters).judge(Facts(**facts), at)


def taken(group="nsaid", **values):
    return (Medicine(group=group, name="Ibuprofen", **RECORDED, **values),)


def nsaid(at=AT, **facts):
    return judged("medicine", {"groups": ["nsaid"], "within_hours": 48}, at, **facts)


def test_a_medicine_taken_says_which_since_when_and_who_recorded_it():
    rows = taken("anticoagulant", started_date=date(2026, 3, 1), started_precision="month")
    found = judged("medicine", {"groups": ["anticoagulant"], "within_hours": 0}, medicines=rows)
    assert found.state == State.APPLIES
    assert "Takes Ibuprofen (anticoagulant) since Mar 2026, recorded 12-Sep-2026 by" in found.why
    assert "Testclinician" in found.why


@pytest.mark.parametrize(
    ("stopped", "state"),
    [
        (date(2026, 9, 11), State.APPLIES),
        (date(2026, 9, 10), State.APPLIES),  # it may have been at 10:00, 48 h before
        (date(2026, 9, 9), State.DOES_NOT),
    ],
)
def test_within_48_hours_counts_every_day_that_the_48_hours_touch(stopped, state):
    assert nsaid(medicines=taken(stopped_date=stopped)).state == state


def test_exactly_48_hours_after_midnight_the_day_before_that_does_not_count():
    at = datetime(2026, 9, 12, 0, tzinfo=UTC)
    assert nsaid(at, medicines=taken(stopped_date=date(2026, 9, 10))).state == State.APPLIES
    assert nsaid(at, medicines=taken(stopped_date=date(2026, 9, 9))).state == State.DOES_NOT


@pytest.mark.parametrize(
    ("first", "precision", "state"),
    [
        (date(2026, 9, 1), "month", State.APPLIES),
        (date(2026, 8, 1), "month", State.DOES_NOT),
        (date(2026, 1, 1), "year", State.APPLIES),
        (date(2025, 1, 1), "year", State.DOES_NOT),
    ],
)
def test_a_stop_known_by_month_or_year_counts_as_each_of_its_days(first, precision, state):
    rows = taken(stopped_date=first, stopped_precision=precision)
    assert nsaid(medicines=rows).state == state


def test_a_medicine_started_after_the_moment_does_not_count():
    assert nsaid(medicines=taken(started_date=date(2026, 9, 13))).state == State.DOES_NOT


def test_no_medicines_said_and_gone_through_does_not_apply_and_nobody_asked_is_not_known():
    none = MedicinesReview(takes_none=True, **STATED)
    assert nsaid(medicines_review=none).state == State.DOES_NOT
    assert "No medicines taken, said 12-Sep-2026" in nsaid(medicines_review=none).why
    assert nsaid().state == State.NOT_KNOWN


@pytest.mark.parametrize(("days", "state"), [(365, State.DOES_NOT), (366, State.NOT_KNOWN)])
def test_a_list_of_medicines_and_a_no_count_for_a_year_and_the_rule_may_say_another_time(
    days, state
):
    at = AT - timedelta(days=days)
    old = (Medicine(group="other", name="Levothyroxine", recorded_at=at, recorded_by=WHO),)
    review = MedicinesReview(takes_none=False, stated_at=at, stated_by=WHO)
    assert nsaid(medicines=old).state == state
    assert nsaid(medicines_review=review).state == state
    again = MedicinesReview(takes_none=False, **STATED)
    assert nsaid(medicines=old, medicines_review=again).state == State.DOES_NOT
    said = ConditionStatement(item="platelet_disorder", answer="no", stated_at=at, stated_by=WHO)
    conditions = {"conditions": {"platelet_disorder": said}}
    rule = {"conditions": ["platelet_disorder"]}
    found = judged("condition", rule, **conditions)
    assert found.state == state
    assert ("ask again" in found.why) == (state == State.NOT_KNOWN)
    longer = {**rule, "max_age_days": 400}
    assert judged("condition", longer, **conditions).state == State.DOES_NOT
    said.answer = "yes"
    assert judged("condition", rule, **conditions).state == State.APPLIES


@pytest.mark.parametrize(
    ("name", "state"),
    [("Warfarin 3 mg", State.APPLIES), ("ELIQUIS", State.APPLIES), ("Zinc", State.DOES_NOT)],
)
def test_a_medicine_of_a_known_name_filed_under_other_counts(name, state):
    rows = (Medicine(group="other", name=name, **RECORDED),)
    rule = {"groups": ["anticoagulant"], "within_hours": 0}
    assert judged("medicine", rule, medicines=rows).state == state


def test_a_route_that_nobody_wrote_counts_as_any():
    local = {"groups": ["steroid"], "within_hours": 744, "routes": ["scalp"]}
    for route, state in (("scalp", "applies"), ("", "applies"), ("mouth", "does_not")):
        assert judged("medicine", local, medicines=taken("steroid", route=route)).state == state


def test_the_question_of_the_day_decides_where_the_list_says_nothing():
    asked = {"groups": ["nsaid"], "within_hours": 48, "question": "nsaid"}
    none = {"medicines_review": MedicinesReview(takes_none=True, **STATED)}
    for answers, state in (
        ({}, State.NOT_KNOWN),
        ({"nsaid": "no"}, State.DOES_NOT),
        ({"nsaid": "yes"}, State.APPLIES),
        ({"nsaid": "not_known"}, State.NOT_KNOWN),
    ):
        assert judged("medicine", asked, answers=answers, **none).state == state
    on_the_list = judged("medicine", asked, answers={"nsaid": "no"}, medicines=taken())
    assert on_the_list.state == State.APPLIES


@pytest.mark.parametrize(
    "other",
    [{"within_hours": 168}, {"groups": ["nsaid", "anticoagulant"]}, {"groups": ["steroid"]}],
)
def test_a_question_of_the_day_answers_only_what_it_asks_and_no_other_rule_is_published(other):
    asked = {"groups": ["nsaid"], "within_hours": 48, "question": "nsaid"}
    assert read_new_kind("medicine", asked).parameters == {**asked, "max_age_days": 365}
    with pytest.raises(ValidationError, match="last 48 hours"):
        read_new_kind("medicine", asked | other)
    before = asked | other  # as published before that was refused
    assert judged("medicine", before, answers={"nsaid": "no"}).state == State.NOT_KNOWN
    assert judged("medicine", before, answers={"nsaid": "yes"}).state == State.APPLIES


def test_of_several_conditions_one_yes_applies_and_all_must_be_no():
    both = {"conditions": ["platelet_disorder", "bleeding_disorder"]}

    def said(**answers):
        return {
            item: ConditionStatement(item=item, answer=answer, **STATED)
            for item, answer in answers.items()
        }

    one = said(platelet_disorder="yes")
    assert judged("condition", both, conditions=one).state == State.APPLIES
    half = judged("condition", both, conditions=said(platelet_disorder="no"))
    assert half.state == State.NOT_KNOWN
    assert "Bleeding or clotting disorder" in half.why
    unsure = said(platelet_disorder="no", bleeding_disorder="not_known")
    assert judged("condition", both, conditions=unsure).state == State.NOT_KNOWN
    no = said(platelet_disorder="no", bleeding_disorder="no")
    assert judged("condition", both, conditions=no).state == State.DOES_NOT


def test_what_is_not_known_tells_not_asked_from_asked_and_repeats_no_rule():
    one = {"conditions": ["platelet_disorder"]}
    both = {"conditions": ["platelet_disorder", "bleeding_disorder"]}
    unsure = ConditionStatement(item="platelet_disorder", answer="not_known", **STATED)
    no = ConditionStatement(item="platelet_disorder", answer="no", **STATED)

    def why(rule, **answers):
        return judged("condition", rule, conditions=answers).why

    stated = f"{STATED['stated_at']:%d-%b-%Y} by {WHO}"
    assert why(one) == why(both) == "Not asked yet"
    assert why(one, platelet_disorder=unsure) == f"Asked {stated}: not known"
    assert why(both, platelet_disorder=no) == "Not asked yet: Bleeding or clotting disorder"
    assert why(both, platelet_disorder=unsure) == (
        f"Asked about Platelet disorder or low platelets {stated}: not known; "
        "Not asked yet: Bleeding or clotting disorder"
    )


PLATELETS = {
    "analyte": "platelets",
    "side": "below",
    "value": "100",
    "unit": "10^3/uL",
    "max_age_days": 365,
}


def result(value, unit="10^3/uL", days_ago=10, comparator="", analyte="platelets"):
    sample = BloodSample(taken_date=AT.date() - timedelta(days=days_ago))
    row = BloodResult(analyte=analyte, value=Decimal(value), unit=unit, **RECORDED)
    row.sample, row.comparator = sample, comparator
    return row


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (result("99.9"), State.APPLIES),
        (result("100"), State.DOES_NOT),  # the value itself does not speak against it
        (result("99", "10^9/L"), State.APPLIES),
        (result("100000", "/uL"), State.DOES_NOT),
        (result("99999", "/uL"), State.APPLIES),
        (result("150", comparator="<"), State.NOT_KNOWN),
        (result("100", comparator="<"), State.APPLIES),
        (result("100", comparator=">"), State.DOES_NOT),
        (result("90", comparator=">"), State.NOT_KNOWN),
        (result("50", days_ago=365), State.APPLIES),
        (result("50", days_ago=366), State.NOT_KNOWN),
        (result("50", days_ago=-1), State.NOT_KNOWN),  # taken after the moment
        (result("50", "g/L", analyte="haemoglobin"), State.NOT_KNOWN),
    ],
)
def test_the_last_blood_result_is_compared_in_its_unit_and_grows_too_old(row, state):
    assert judged("blood", PLATELETS, results=(row,)).state == state


def test_haemoglobin_in_grams_a_litre_is_held_against_grams_a_decilitre():
    rule = {**PLATELETS, "analyte": "haemoglobin", "value": "10", "unit": "g/dL"}
    for value, state in (("99", State.APPLIES), ("100", State.DOES_NOT)):
        row = result(value, "g/L", analyte="haemoglobin")
        assert judged("blood", rule, results=(row,)).state == state


def test_vitamin_d_in_another_unit_is_not_known_since_there_is_no_exact_factor():
    rule = {**PLATELETS, "analyte": "vitamin_d", "value": "25", "unit": "nmol/L"}
    row = result("9", "ng/mL", analyte="vitamin_d")
    assert judged("blood", rule, results=(row,)).state == State.NOT_KNOWN


def test_an_allergy_is_found_by_the_beginning_of_a_word():
    rule = {"words": ["paraben", "sulphite"]}
    rows = (Allergy(substance="Sodium sulphites", reaction="Wheeze", **RECORDED),)
    assert judged("allergy", rule, allergies=rows).state == State.APPLIES
    other = (Allergy(substance="Penicillin", **RECORDED),)
    assert judged("allergy", rule, allergies=other).state == State.DOES_NOT
    none = NoKnownAllergies(**STATED)
    assert judged("allergy", rule, no_allergies=none).state == State.DOES_NOT
    assert judged("allergy", rule).state == State.NOT_KNOWN


PRESERVATIVES = next(rule for rule in SHIPPED["prp"] if rule.code == "preservatives").parameters


@pytest.mark.parametrize(
    ("substance", "state"),
    [
        ("Methylparaben", State.APPLIES),
        ("methyl parahydroxybenzoate", State.APPLIES),
        ("Sodium bisulphite", State.APPLIES),
        ("Sulfites in wine", State.APPLIES),
        ("E223", State.APPLIES),
        ("E 218", State.APPLIES),
        ("Sulphonamides", State.DOES_NOT),
        ("Magnesium sulphate", State.DOES_NOT),
        ("E102", State.DOES_NOT),
    ],
)
def test_sulphites_and_parabens_are_found_by_any_of_their_names(substance, state):
    rows = (Allergy(substance=substance, **RECORDED),)
    assert judged("allergy", PRESERVATIVES, allergies=rows).state == state
    other = {"words": ["latex"]}
    assert judged("allergy", other, allergies=rows).state == State.DOES_NOT


def test_pregnancy_is_gone_by_until_it_is_too_old():
    rule = {"what": "pregnancy"}

    def stated(answer, at=AT):
        return PregnancyStatement(pregnancy=answer, breastfeeding="no", stated_at=at, stated_by=WHO)

    assert judged("expecting", rule, expecting=stated("yes")).state == State.APPLIES
    assert judged("expecting", rule, expecting=stated("no")).state == State.DOES_NOT
    assert judged("expecting", rule, expecting=stated("not_known")).state == State.NOT_KNOWN
    old = stated("no", AT - timedelta(weeks=13))
    assert judged("expecting", rule, expecting=old).state == State.NOT_KNOWN
    assert judged("expecting", rule, sex="female").state == State.NOT_KNOWN
    assert judged("expecting", rule, sex="male").state == State.DOES_NOT


def expecting(what, pregnancy, breastfeeding, weeks, sex="female"):
    stated_at = AT - timedelta(weeks=weeks)
    told = PregnancyStatement(
        pregnancy=pregnancy, breastfeeding=breastfeeding, stated_at=stated_at, stated_by=WHO
    )
    return judged("expecting", {"what": what}, expecting=told, sex=sex).state


@pytest.mark.parametrize(
    ("pregnancy", "breastfeeding", "weeks", "of_pregnancy", "of_breastfeeding"),
    [
        ("no", "yes", 12, State.DOES_NOT, State.APPLIES),
        ("no", "yes", 13, State.NOT_KNOWN, State.APPLIES),
        ("no", "yes", 105, State.NOT_KNOWN, State.NOT_KNOWN),
        ("yes", "no", 13, State.APPLIES, State.NOT_KNOWN),
        ("yes", "yes", 43, State.NOT_KNOWN, State.APPLIES),
        ("not_applicable", "no", 500, State.DOES_NOT, State.DOES_NOT),
    ],
)
def test_pregnancy_and_breastfeeding_grow_too_old_each_by_its_own_answer(
    pregnancy, breastfeeding, weeks, of_pregnancy, of_breastfeeding
):
    assert expecting("pregnancy", pregnancy, breastfeeding, weeks) == of_pregnancy
    assert expecting("breastfeeding", pregnancy, breastfeeding, weeks) == of_breastfeeding


@pytest.mark.parametrize("answer", ["no", "not_known", "not_applicable"])
@pytest.mark.parametrize("weeks", [1, 13, 500])
def test_to_a_man_pregnancy_does_not_apply_whatever_was_said_but_yes(answer, weeks):
    assert expecting("pregnancy", answer, "no", weeks, sex="male") == State.DOES_NOT
    assert expecting("pregnancy", "yes", "no", 1, sex="male") == State.APPLIES
    assert expecting("pregnancy", "yes", "no", 43, sex="male") == State.NOT_KNOWN


def test_the_eighteenth_birthday_is_old_enough_and_no_date_of_birth_is_not_known():
    rule = {"years": 18}
    assert judged("age", rule, date_of_birth=date(2008, 9, 12)).state == State.DOES_NOT
    assert judged("age", rule, date_of_birth=date(2008, 9, 13)).state == State.APPLIES
    assert judged("age", rule).state == State.NOT_KNOWN


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("medicine", {"groups": [], "within_hours": 1}),
        ("medicine", {"groups": ["aspirins"], "within_hours": 1}),
        ("medicine", {"groups": ["nsaid"], "within_hours": -1}),
        ("medicine", {"groups": ["nsaid"], "within_hours": True}),
        ("medicine", {"groups": ["nsaid"], "within_hours": 1, "eval": "1"}),
        ("blood", {**PLATELETS, "unit": "g/L"}),
        ("blood", {**PLATELETS, "value": "NaN"}),
        ("blood", {**PLATELETS, "value": "0"}),
        ("allergy", {"words": ["", "ab"]}),
        ("today", {"question": "weather"}),
        ("expecting", {"what": "rain"}),
        ("age", {"years": 0}),
        ("sql", {}),
    ],
)
def test_what_cannot_be_meant_is_refused(kind, parameters):
    with pytest.raises(ValidationError):
        read_kind(kind, parameters)


def test_every_shipped_rule_can_be_read_and_says_what_it_holds():
    for rules in SHIPPED.values():
        assert len({rule.code for rule in rules}) == len(rules)
        for rule in rules:
            kind = read_kind(rule.kind, rule.parameters)
            assert kind.parameters == rule.parameters
            assert kind.in_words
            assert judged(rule.kind, rule.parameters).state == State.NOT_KNOWN


def test_platelets_are_counted_per_litre_as_british_laboratories_print_them():
    rules = [rule for rules in SHIPPED.values() for rule in rules]
    of_platelets = [rule for rule in rules if rule.parameters.get("analyte") == "platelets"]
    assert len(of_platelets) == 2
    for rule in of_platelets:
        kind = read_kind(rule.kind, rule.parameters)
        assert "×10⁹/L" in rule.sentence
        assert "×10⁹/L" in kind.in_words
    assert not [rule.code for rule in rules if "µL" in f"{rule.sentence} {rule.source}"]
