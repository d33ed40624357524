"""What a clinician accepts becomes the fact of the record that it is about, and nothing else."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.questionnaires.actions import deciding
from clinic.questionnaires.bridges import State
from clinic.questionnaires.models import Decision
from patients.actions import history, statements
from patients.catalogue import Condition, Relative
from patients.medicine_names import group_of
from patients.models import (
    ConditionStatement,
    EarlierTreatment,
    HairStatement,
    HistoryEntry,
    MedicinesReview,
    NoEarlierTreatments,
    NoKnownAllergies,
    PregnancyStatement,
    RelativeStatement,
)
from patients.partial_dates import Precision
from patients.record.sources import sources_of

pytestmark = pytest.mark.django_db


def accept(answer, by, now):
    seen = deciding.bridge_now(answer, now).seen
    return deciding.accept(by=by, answer=answer, seen=seen, now=now)


def accept_everything(questionnaire, by, now):
    return [accept(answer, by, now) for answer in deciding.undecided(questionnaire)]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    told=st.dictionaries(
        st.sampled_from(Condition.values),
        st.sampled_from(["yes", "no", "not_known"]),
        min_size=1,
        max_size=4,
    ),
    year=st.integers(1950, 2025),
)
def test_each_condition_becomes_the_statement_of_that_condition_and_answer(
    told, year, sent_in, clinician, now
):
    more = {"since": str(year), "note": "As told"}
    questionnaire = sent_in(
        {
            f"condition.{item}": {"answer": answer, **(more if answer == "yes" else {})}
            for item, answer in told.items()
        }
    )
    before = set(ConditionStatement.objects.values_list("pk", flat=True))
    decisions = accept_everything(questionnaire, clinician, now)
    standing = ConditionStatement.objects.newest_of(questionnaire.patient_id)
    for decision in decisions:
        item = decision.answer.item.partition(".")[2]
        row, answer = standing[item], told[item]
        if decision.outcome == Decision.Outcome.ACCEPTED:
            assert decision.recorded_id == row.pk
            assert (row.answer, row.note) == (answer, "As told" if answer == "yes" else "")
            assert row.since is None or (str(row.since), row.since_precision) == (
                str(year),
                Precision.YEAR,
            )
        else:
            assert row.pk in before
    assert len(ConditionStatement.objects.exclude(pk__in=before)) <= len(told)


@pytest.mark.parametrize("relative", Relative.values)
def test_each_relative_becomes_the_statement_of_that_relative(relative, sent_in, clinician, now):
    value = {"answer": "yes", "pattern": "female", "onset_age_years": "40"}
    accept_everything(sent_in({f"relative.{relative}": value}), clinician, now)
    row = RelativeStatement.objects.get()
    assert (row.item, row.answer, row.pattern, row.onset_age_years) == (
        relative,
        "yes",
        "female",
        40,
    )


def test_the_hair_the_words_and_the_lists_each_find_their_table(sent_in, clinician, patient, now):
    questionnaire = sent_in(
        {
            "hair": {"since": "March 2021", "course": "sudden", "shedding": "not_known"},
            "where": {"places": ["crown"]},
            "medicines": {"answer": "yes"},
            "medicine.1": {"name": "Apixaban", "dose": "5 mg", "started": "2022"},
            "allergies": {"answer": "yes"},
            "allergy.1": {"substance": "Latex", "reaction": "Rash", "severity": "mild"},
            "treatments": {"answer": "yes"},
            "treatment.1": {"kind": "prp", "treated": "2020", "sessions": "3"},
            "pregnancy": {"pregnancy": "no", "breastfeeding": "not_known"},
            "goals": {"text": "Fuller at the front"},
            "other": {"text": "Needles make me nervous"},
        }
    )
    accept_everything(questionnaire, clinician, now)
    hair = HairStatement.objects.get()
    assert (hair.since_date, hair.since_precision) == (date(2021, 3, 1), Precision.MONTH)
    assert (hair.course, hair.shedding, hair.triggers) == ("sudden", "", [])
    medicine = patient.medicines.get()
    assert (medicine.group, medicine.dose, str(medicine.started)) == (
        "anticoagulant",
        "5 mg",
        "2022",
    )
    allergy = patient.allergies.get()
    assert (allergy.substance, allergy.severity, allergy.certainty) == (
        "Latex",
        "mild",
        "reported",
    )
    treatment = EarlierTreatment.objects.get()
    assert (treatment.kind, treatment.sessions, str(treatment.treated)) == ("prp", 3, "2020")
    stated = PregnancyStatement.objects.get()
    assert (stated.pregnancy, stated.breastfeeding) == ("no", "not_known")
    words = dict(HistoryEntry.objects.values_list("topic", "text"))
    assert words["goals"].startswith("Said in the questionnaire of ")
    assert words["goals"].endswith(": Fuller at the front")
    assert "Needles make me nervous" in words["medical"]
    assert "at the crown" in words["hair"]
    questionnaire.refresh_from_db()
    assert questionnaire.gone_through_by == clinician
    source = sources_of(patient.pk)[medicine.pk]
    assert source.startswith("said by the patient in the questionnaire of ")
    assert Event.objects.filter(kind=Kind.ANSWER_DECIDED).count() == 11


def test_no_to_a_list_is_the_statement_that_there_is_nothing(sent_in, clinician, now):
    no = {"answer": "no"}
    accept_everything(sent_in({"medicines": no, "allergies": no, "treatments": no}), clinician, now)
    assert MedicinesReview.objects.get().takes_none
    assert NoKnownAllergies.objects.count() == NoEarlierTreatments.objects.count() == 1


def test_not_knowing_is_recorded_as_such_and_never_as_no(sent_in, clinician, now):
    answers = {"condition.heart": {"answer": "not_known"}, "allergies": {"answer": "not_known"}}
    decisions = accept_everything(sent_in(answers), clinician, now)
    assert ConditionStatement.objects.get().answer == "not_known"
    assert NoKnownAllergies.objects.count() == 0
    assert [d.outcome for d in decisions] == ["accepted", "noted"]


def test_not_knowing_overtakes_no_answer_that_the_record_has(sent_in, clinician, patient, now):
    state(patient, clinician, "heart", "yes", now)
    questionnaire = sent_in({"condition.heart": {"answer": "not_known"}})
    (decision,) = accept_everything(questionnaire, clinician, now)
    assert decision.outcome == "noted"
    assert ConditionStatement.objects.get().answer == "yes"


def state(patient, by, item, answer, now, **facts):
    facts = {"answer": answer, "note": "", "since_date": None, "since_precision": "day", **facts}
    statements.state_conditions(
        by=by, patient=patient, given={item: statements.Given(facts)}, now=now
    )


def test_a_detail_that_the_patient_left_out_stays_in_the_record(sent_in, clinician, patient, now):
    state(patient, clinician, "heart", "yes", now, note="Irregular pulse")
    questionnaire = sent_in({"condition.heart": {"answer": "yes", "since": "2019"}})
    accept_everything(questionnaire, clinician, now)
    row = ConditionStatement.objects.newest_of(patient.pk)["heart"]
    assert (row.note, str(row.since)) == ("Irregular pulse", "2019")


def test_what_was_recorded_meanwhile_is_not_overwritten(sent_in, clinician, patient, now):
    questionnaire = sent_in({"condition.heart": {"answer": "no"}})
    (answer,) = deciding.undecided(questionnaire)
    seen = deciding.bridge_now(answer, now).seen
    state(patient, clinician, "heart", "yes", now)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        deciding.accept(by=clinician, answer=answer, seen=seen, now=now)
    assert ConditionStatement.objects.get().answer == "yes"
    assert Decision.objects.count() == 0


def test_a_medicine_of_unclear_kind_waits_for_somebody_to_choose_it(
    sent_in, clinician, patient, now
):
    questionnaire = sent_in(
        {"medicines": {"answer": "yes"}, "medicine.1": {"name": "Bloodthin Plus"}}
    )
    answer = deciding.undecided(questionnaire)[1]
    with pytest.raises(ValidationError, match="Choose which kind"):
        accept(answer, clinician, now)
    typed = "medicine-group=anticoagulant&medicine-name=Bloodthin Plus"
    decision = deciding.correct(
        by=clinician, answer=answer, seen="", data=QueryDict(typed), now=now
    )
    assert decision.outcome == "corrected"
    assert patient.medicines.get().group == "anticoagulant"


@pytest.mark.parametrize(
    ("name", "route", "group"),
    [
        ("Warfarin 3mg", "", "anticoagulant"),
        ("XARELTO", "mouth", "anticoagulant"),
        ("Regaine foam", "scalp", "minoxidil_topical"),
        ("Minoxidil", "mouth", "minoxidil_oral"),
        ("Minoxidil", "", ""),
        ("Minoxidil with finasteride", "scalp", ""),
        ("Unheard-of", "", ""),
    ],
)
def test_a_name_settles_the_kind_only_where_there_is_no_doubt(name, route, group):
    assert group_of(name, route) == group


def test_together_goes_only_what_contradicts_nothing_and_need_not_be_read_alone(
    sent_in, clinician, patient, now
):
    state(patient, clinician, "diabetes", "no", now)
    questionnaire = sent_in(
        {
            "condition.diabetes": {"answer": "yes"},
            "condition.thyroid": {"answer": "no"},
            "condition.suicidal": {"answer": "yes"},
            "condition.bleeding_disorder": {"answer": "yes"},
        }
    )
    rows = {a.item: deciding.bridge_now(a, now) for a in deciding.undecided(questionnaire)}
    assert rows["condition.diabetes"].state == State.DIFFERS
    marks = {str(bridge.answer.pk): bridge.seen for bridge in rows.values()}
    done = deciding.accept_all(by=clinician, questionnaire=questionnaire, marks=marks, now=now)
    assert done == 1
    left = {answer.item for answer in deciding.undecided(questionnaire)}
    assert left == set(rows) - {"condition.thyroid"}


def test_no_allergy_is_not_accepted_against_one_that_stands(sent_in, clinician, patient, now):
    history.record_allergy(by=clinician, patient=patient, substance="Latex", reaction="", now=now)
    questionnaire = sent_in({"allergies": {"answer": "no"}})
    with pytest.raises(ValidationError, match="history page first"):
        accept_everything(questionnaire, clinician, now)
    assert NoKnownAllergies.objects.count() == 0


def test_an_answer_is_decided_on_once(sent_in, clinician, now):
    questionnaire = sent_in({"goals": {"text": "More hair"}})
    (answer,) = deciding.undecided(questionnaire)
    deciding.leave_out(by=clinician, answer=answer, note="Said again", now=now)
    with pytest.raises(ValidationError, match="already"):
        accept(answer, clinician, now)
