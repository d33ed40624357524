"""What the patient reads: every item is asked about, in words that a child of eleven can read."""

import re

import pytest

from clinic.questionnaires.forms import FORMS, said_form
from clinic.questionnaires.questions import PARTS, parts_for, question_of
from clinic.questionnaires.terms import FIELD_TERMS, PART_TERMS, TERMS
from patients.catalogue import Condition, Relative
from patients.models import Patient
from tests.factories.patients import PatientFactory
from tests.patients.test_consent_texts import reading_age_years

EVERY_ITEM = [question.item for part in PARTS for question in part.questions]


def words_of(part) -> str:
    lines = [part.title, part.lede]
    for question in part.questions:
        lines += [question.words]
        form = said_form(question, question.item, {})
        for field in form.fields.values():
            lines += [str(field.label or ""), *(str(w) for _, w in getattr(field, "choices", []))]
    return "\n".join(filter(None, lines))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.slug)
def test_a_child_of_eleven_can_read_every_screen(part):
    assert reading_age_years(words_of(part)) < 11


def test_every_condition_and_relative_of_the_record_is_asked_about_once():
    asked = sorted(item for item in EVERY_ITEM if "." in item)
    assert asked == sorted(
        [f"condition.{each}" for each in Condition] + [f"relative.{each}" for each in Relative]
    )


@pytest.mark.parametrize("item", [item for item in EVERY_ITEM if item not in ("goals", "other")])
def test_i_do_not_know_is_an_answer_to_every_question_that_has_choices(item):
    form = said_form(question_of(item), item, {})
    shown = [form.lead] if form.lead else form.details
    for field in shown:
        choices = dict(getattr(field.field, "choices", []))
        assert not choices or "not_known" in choices, field.name
    assert not any(field.value() for field in shown), "nothing is chosen beforehand"


def test_what_cannot_be_theirs_is_not_asked(db):
    slugs = {sex: {part.slug for part in parts_for(PatientFactory(sex=sex))} for sex in Patient.Sex}
    assert {sex for sex, found in slugs.items() if "pregnancy" in found} == {
        Patient.Sex.FEMALE,
        Patient.Sex.INTERSEX,
        Patient.Sex.NOT_KNOWN,
    }
    women = parts_for(PatientFactory(sex="female"))
    assert f"condition.{Condition.PROSTATE}" not in {q.item for p in women for q in p.questions}


def test_every_kind_of_item_has_a_form():
    rows = {question.rows for part in PARTS for question in part.questions if question.rows}
    assert {item.partition(".")[0] for item in EVERY_ITEM} | rows == set(FORMS)


PERSONS = re.compile(r"\b(I|me|my|you|your|yours)\b", re.IGNORECASE)


def test_the_clinician_reads_about_the_patient_and_is_never_addressed():
    rows = [question.rows for part in PARTS for question in part.questions if question.rows]
    items = {*EVERY_ITEM, *(f"{kind}.{number}" for kind in rows for number in (1, 12))}
    assert items <= set(TERMS)
    assert {part.slug for part in PARTS} == set(PART_TERMS)
    for words in (*TERMS.values(), *PART_TERMS.values(), *FIELD_TERMS.values()):
        assert not PERSONS.search(words), words


def test_every_detail_of_an_answer_has_a_term_or_stands_alone():
    for item in [*EVERY_ITEM, "medicine.1", "allergy.1", "treatment.1"]:
        form = said_form(question_of(item), item, {})
        details = set(form.fields) - {"was", "note", form.LEAD}
        assert details <= set(FIELD_TERMS), item
