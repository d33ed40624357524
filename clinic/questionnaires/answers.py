"""What a questionnaire holds: the answers that stand, the forms of a screen, and how far it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from clinic.questionnaires.forms import NOT_KNOWN, YES, SaidForm, kind_of, said_form
from clinic.questionnaires.models import PatientAnswer, Questionnaire
from clinic.questionnaires.questions import MOST_ROWS, Part, Question, parts_for, question_of

Values = dict[str, dict[str, Any]]


def values_of(questionnaire: Questionnaire) -> Values:
    """Return everything that was ever said and not taken back, by item."""
    rows = questionnaire.answers.exclude(value={}).values_list("item", "value")
    return dict(rows)


def standing(values: Values) -> Values:
    """Return what counts: the rows of a list only where its question says yes."""
    return {item: value for item, value in values.items() if _counts(item, values)}


def _counts(item: str, values: Values) -> bool:
    question = question_of(item)
    return question.item == item or values.get(question.item, {}).get("answer") == YES


def standing_answers(questionnaire: Questionnaire) -> list[PatientAnswer]:
    """Return the answers that count, in the order of the questions."""
    rows = {row.item: row for row in questionnaire.answers.exclude(value={})}
    counted = standing({item: row.value for item, row in rows.items()})
    ordered = [
        item
        for part in parts_for(questionnaire.patient)
        for question in part.questions
        for item in items_of(question, counted)
    ]
    left = sorted(set(counted) - set(ordered))  # the recorded sex changed meanwhile
    return [rows[item] for item in (*ordered, *left)]


def items_of(question: Question, values: Iterable[str]) -> list[str]:
    """Return the items under a question that have a value: itself, then the rows of its list."""
    own = [question.item] if question.item in values else []
    return own + rows_of(question, values)


def rows_of(question: Question, values: Iterable[str]) -> list[str]:
    """Return the items of the rows of a question's list that have a value, in their order."""
    numbers = sorted(
        int(item.partition(".")[2])
        for item in values
        if question.rows and kind_of(item) == question.rows
    )
    return [f"{question.rows}.{number}" for number in numbers]


def forms_of(part: Part, values: Values, data: QueryDict | None = None) -> list[SaidForm]:
    """Return the forms of a screen; each list has one more row than is filled in.

    What is sent may have more rows than that: it comes from a page with more of them.
    """
    return [
        said_form(question, item, values.get(item, {}), data)
        for question in part.questions
        for item in _shown_items(question, values, data)
    ]


def _shown_items(question: Question, values: Values, data: QueryDict | None) -> list[str]:
    if not question.rows:
        return [question.item]
    sent = {
        f"{question.rows}.{number}"
        for number in range(1, MOST_ROWS + 1)
        if data is not None and f"{question.rows}-{number}-was" in data
    }
    rows = rows_of(question, set(values) | sent)
    if data is None:
        rows += _next_row(question, rows)
    return [question.item, *rows]


def _next_row(question: Question, rows: list[str]) -> list[str]:
    taken = {int(row.partition(".")[2]) for row in rows}
    free = next((n for n in range(1, MOST_ROWS + 1) if n not in taken), None)
    return [f"{question.rows}.{free}"] if free else []


@dataclass(frozen=True)
class Step:
    """One screen, its place, and whether something is answered on it."""

    part: Part
    number: int
    is_answered: bool


def steps_of(questionnaire: Questionnaire, values: Values) -> list[Step]:
    """Return the screens that this patient goes through."""
    counted = standing(values)
    return [
        Step(part, number, any(items_of(question, counted) for question in part.questions))
        for number, part in enumerate(parts_for(questionnaire.patient), start=1)
    ]


@dataclass(frozen=True)
class Line:
    """A question and its answer in words, for reading."""

    question: str
    said: str


def lines_of(part: Part, values: Values) -> list[Line]:
    """Return a screen as it was answered, in the patient's words."""
    counted = standing(values)
    found = []
    for question in part.questions:
        items = items_of(question, counted)
        if not items:
            found.append(Line(question.words, ""))
        for item in items:
            found.append(Line(heading_of(question, item), in_words(item, counted[item])))
    return found


def heading_of(question: Question, item: str) -> str:
    """Return the words above an answer: the question, or which row of its list."""
    if question.item == item:
        return question.words
    return f"{question.rows.capitalize()} {item.partition('.')[2]}"


def in_words(item: str, value: dict[str, Any], *, terms: Mapping[str, str] | None = None) -> str:
    """Return an answer in the words that the patient chose.

    Its details stand behind the questions that were asked, or behind `terms` by field.
    """
    form = said_form(question_of(item), item, value)
    said = (_field_in_words(form, name, value, terms or {}) for name in form.fields)
    return "\n".join(filter(None, said))


def _field_in_words(
    form: SaidForm, name: str, value: dict[str, Any], terms: Mapping[str, str]
) -> str:
    if name == "was" or name not in value:
        return ""
    if name == "since_not_known":
        return f"{terms.get(name, 'When it started')}: I don’t know"
    field, told = form.fields[name], value[name]
    labels = dict(getattr(field, "choices", []))
    chosen = told if isinstance(told, list) else [told]
    words = ", ".join(str(labels.get(each, each)) for each in chosen)
    if name == form.LEAD:
        return words
    label = terms.get(name) or str(field.label).partition("?")[0]
    return words if name == "note" else f"{label}: {words}"


def says_not_known(value: dict[str, Any]) -> bool:
    """Return whether nothing was told but that it is not known."""
    told = [each for v in value.values() for each in (v if isinstance(v, list) else [v])]
    is_unknown = [each == NOT_KNOWN for each in told] or [False]
    return all(is_unknown) or set(value) == {"since_not_known"}
