"""Where questionnaires stand, and one of them beside the record. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from clinic.base.prepared import columns, from_row, prepared
from clinic.base.templatetags.anagen import day
from clinic.questionnaires.actions.deciding import may_go_with_others
from clinic.questionnaires.answers import (
    Values,
    in_words,
    items_of,
    standing,
    standing_answers,
    steps_of,
    values_of,
)
from clinic.questionnaires.bridges import Bridge, State, bridge_of
from clinic.questionnaires.known import known_of
from clinic.questionnaires.models import Decision, PatientAnswer, Questionnaire
from clinic.questionnaires.questions import PARTS, Part, question_of
from clinic.questionnaires.terms import FIELD_TERMS, PART_TERMS, TERMS, asked_in
from clinic.staff.models import User
from patients.catalogue import Condition
from patients.models import Patient

SHOWN = 8
_STATE_WORDS = {
    State.NEW: ("information", "Not in the record"),
    State.ADDS: ("information", "Says more"),
    State.SAME: ("good", "Same"),
    State.DIFFERS: ("attention", "Differs"),
    State.NOTHING: ("neutral", "Nothing to record"),
}
SELF_HARM = f"condition.{Condition.SUICIDAL}"


@dataclass(frozen=True)
class Standing:
    """How far a questionnaire is, as a chip: kind and words."""

    questionnaire: Questionnaire
    kind: str
    words: str
    detail: str = ""


def standing_of(questionnaire: Questionnaire, now: datetime) -> Standing:
    """Return how far a questionnaire is."""
    if questionnaire.revoked_at:
        return Standing(questionnaire, "neutral", "Taken back")
    if questionnaire.gone_through_at:
        return Standing(questionnaire, "good", "Gone through")
    if questionnaire.sent_in_at:
        left = len(waiting_of([questionnaire])[questionnaire.pk])
        return Standing(questionnaire, "attention", "Sent in", to_read_in_words(left))
    return _with_patient(questionnaire, now)


def _with_patient(questionnaire: Questionnaire, now: datetime) -> Standing:
    closed = not questionnaire.patient.links.open_at(now).exists()
    detail = "No link is open any more: send it again" if closed else ""
    steps = steps_of(questionnaire, values_of(questionnaire))
    answered = sum(step.is_answered for step in steps)
    if answered:
        words = f"In progress, {answered} of {len(steps)} parts"
        return Standing(questionnaire, "information", words, detail)
    words = "Opened" if questionnaire.opened_at else "Sent"
    return Standing(questionnaire, "attention" if closed else "neutral", words, detail)


def to_read_in_words(count: int) -> str:
    """Return "1 answer to read", "14 answers to read"."""
    return f"{count} answer{'' if count == 1 else 's'} to read"


def waiting_of(questionnaires: Iterable[Questionnaire]) -> dict[UUID, list[str]]:
    """Return the items that wait for a decision, by questionnaire; two queries for any number."""
    found: dict[UUID, list[str]] = {each.pk: [] for each in questionnaires}
    rows = PatientAnswer.objects.filter(questionnaire__in=found).exclude(value={})
    values: dict[UUID, Values] = {key: {} for key in found}
    undecided: set[tuple[UUID, str]] = set()
    for key, item, value, decided in rows.values_list("questionnaire", "item", "value", "decision"):
        values[key][item] = value
        if decided is None:
            undecided.add((key, item))
    return {
        key: [item for item in standing(values[key]) if (key, item) in undecided] for key in found
    }


@dataclass(frozen=True)
class ToRead:
    """A questionnaire that waits for a clinician."""

    questionnaire: Questionnaire
    words: str
    is_urgent: bool


def to_read_by(user: User, now: datetime) -> list[ToRead]:
    """Return what this clinician's patients sent in and nobody went through, the oldest first.

    Theirs are those of their open cases, and those who are booked with them.
    """
    theirs = Q(patient__cases__clinician=user, patient__cases__closed_at=None) | Q(
        patient__appointments__practitioner=user,
        patient__appointments__cancelled_at=None,
        patient__appointments__ends_at__gte=now,
    )
    waiting = Questionnaire.objects.to_read().filter(
        theirs, patient__in=Patient.objects.visible_to(user)
    )
    rows = list(waiting.select_related("patient").distinct().order_by("sent_in_at")[:SHOWN])
    return [
        ToRead(row, to_read_in_words(len(items)), is_urgent=_is_urgent(row, items))
        for row, items in zip(rows, waiting_of(rows).values(), strict=True)
    ]


def _is_urgent(questionnaire: Questionnaire, items: list[str]) -> bool:
    """Say whether a yes about self-harm waits to be read."""
    if SELF_HARM not in items:
        return False
    told = questionnaire.answers.filter(item=SELF_HARM, value__answer="yes")
    return bool(told.exists())


@dataclass(frozen=True)
class Row:
    """One answer beside the record."""

    answer: PatientAnswer
    said: str
    bridge: Bridge
    decision: Decision | None

    @property
    def about(self) -> str:
        """What it is about, in the terms of those who read it."""
        return TERMS[self.answer.item]

    @property
    def asked(self) -> str:
        """The question as it was put to the patient, or ""."""
        return asked_in(question_of(self.answer.item), self.answer.item)

    @property
    def state(self) -> tuple[str, str]:
        """How it stands to the record, as a chip."""
        return _STATE_WORDS[self.bridge.state]

    @property
    def accept_words(self) -> str:
        """What the button says that accepts it."""
        only_read = self.bridge.state in (State.SAME, State.NOTHING)
        return "Tick off" if only_read else "Accept"

    @property
    def may_accept(self) -> bool:
        """Whether it can be accepted as it is."""
        return not self.bridge.hint

    @property
    def may_correct(self) -> bool:
        """Whether the history has a form for it."""
        return self.bridge.form() is not None

    @property
    def is_urgent(self) -> bool:
        """Whether somebody has to act on it today."""
        return self.answer.item == SELF_HARM and self.answer.value.get("answer") == "yes"


@dataclass(frozen=True)
class Group:
    """One part of the questionnaire, and what in it can be accepted together."""

    part: Part
    rows: list[Row]

    @property
    def about(self) -> str:
        """What the part is about, in the terms of those who read it."""
        return PART_TERMS[self.part.slug]

    @property
    def together(self) -> list[Row]:
        """The rows that contradict nothing and need not be read one by one."""
        return [row for row in self.rows if not row.decision and may_go_with_others(row.bridge)]

    @property
    def left(self) -> int:
        """How many wait for a decision."""
        return sum(row.decision is None for row in self.rows)


def beside_the_record(questionnaire: Questionnaire, now: datetime) -> list[Group]:
    """Return what was said and what the record says, part by part."""
    known = known_of(questionnaire.patient, now)
    decisions = {
        each.answer_id: each
        for each in Decision.objects.filter(answer__questionnaire=questionnaire).select_related(
            "decided_by"
        )
    }
    answers = {row.item: row for row in standing_answers(questionnaire)}
    rows = {}
    for item, answer in answers.items():
        answer.questionnaire = questionnaire
        rows[item] = Row(
            answer=answer,
            said=in_words(item, answer.value, terms=FIELD_TERMS),
            bridge=bridge_of(answer, known),
            decision=decisions.get(answer.pk),
        )
    groups = [
        Group(part, [rows[i] for question in part.questions for i in items_of(question, rows)])
        for part in PARTS
    ]
    return [group for group in groups if group.rows]


def row_of(answer: PatientAnswer, now: datetime) -> Row:
    """Return one answer beside the record."""
    bridge = bridge_of(answer, known_of(answer.patient, now))
    decision = Decision.objects.filter(answer=answer).first()
    said = in_words(answer.item, answer.value, terms=FIELD_TERMS)
    return Row(answer, said, bridge, decision)


def questionnaire_of(patient: Patient) -> Questionnaire | None:
    """Return the patient's last questionnaire, or None."""
    for row in _last(patient_id=patient.pk):
        questionnaire = from_row(Questionnaire, row)
        questionnaire.patient = patient
        questionnaire.asked_by = from_row(User, row[len(columns(Questionnaire)) :])
        return questionnaire
    return None


@prepared(patient_id=UUID)
def _last(patient_id: UUID) -> QuerySet[Any, Any]:
    rows = Questionnaire.objects.filter(patient=patient_id, revoked_at__isnull=True)
    return rows.values_list(*columns(Questionnaire), *columns(User, via="asked_by"))[:1]


def said_in(patient_id: UUID) -> dict[UUID, str]:
    """Return which rows of the record were said in a questionnaire, and in which."""
    accepted = Decision.objects.filter(patient=patient_id, recorded_id__isnull=False)
    rows = accepted.values_list("recorded_id", "answer__questionnaire__sent_in_at")
    return {
        key: f"said by the patient in the questionnaire of {day(sent_in_at)}"
        for key, sent_in_at in rows
        if key
    }
