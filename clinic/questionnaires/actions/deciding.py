"""What a clinician makes of each answer. The record changes here, through the history's actions."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.questionnaires.answers import heading_of, standing_answers
from clinic.questionnaires.bridges import Bridge, State, bridge_of
from clinic.questionnaires.known import known_of
from clinic.questionnaires.models import Decision, PatientAnswer, Questionnaire
from clinic.questionnaires.questions import question_of
from clinic.staff.models import User
from patients.models import Patient
from patients.turns import take_turn

CHANGED_MEANWHILE = "The record was changed meanwhile. Look at what it says now, and decide again."
DECIDED = "This answer was decided on already."
CONTRADICTION = "What was filled in cannot be recorded as it is. Correct it first."

_Outcome = Decision.Outcome
# What stands in the record already, or has nothing in it, is read and ticked off.
_WITHOUT_WRITING = {State.SAME: _Outcome.CONFIRMED, State.NOTHING: _Outcome.NOTED}


class RefusedFormError(ValidationError):
    """What a clinician corrected cannot be recorded; `form` says why, field by field."""

    def __init__(self, form: object) -> None:
        super().__init__(CONTRADICTION)
        self.form = form


@transaction.atomic
def accept(*, by: User, answer: PatientAnswer, seen: str, now: datetime) -> Decision:
    """Accept an answer as it was given; where the record says so already, only tick it off.

    `seen` marks what the record said on the page. Raises `ValidationError` where it says something
    else by now, and where the record cannot take the answer as it is.
    """
    bridge = _turn(answer, seen, now)
    if outcome := _WITHOUT_WRITING.get(bridge.state):
        return _decide(by, answer, outcome, now)
    return _accept(by, bridge, now)


@transaction.atomic
def correct(
    *, by: User, answer: PatientAnswer, seen: str, data: QueryDict, now: datetime
) -> Decision:
    """Record what the clinician made of an answer; `data` is the history's own form, sent.

    Raises `RefusedFormError` with that form where it is not right, `ValidationError` as `accept`.
    """
    bridge = _turn(answer, seen, now)
    form = bridge.form(data)
    if form is None:
        raise ValidationError("There is nothing to correct here: accept it, or leave it out.")
    if not form.is_valid():
        raise RefusedFormError(form)
    row = bridge.save(form, by=by, now=now)
    return _decide(by, answer, _Outcome.CORRECTED, now, recorded=row.pk)


@transaction.atomic
def leave_out(*, by: User, answer: PatientAnswer, note: str, now: datetime) -> Decision:
    """Leave an answer out of the record; it stays readable, with the note."""
    take_turn(answer.patient_id)
    return _decide(by, answer, _Outcome.LEFT_OUT, now, note=note)


@transaction.atomic
def accept_all(
    *, by: User, questionnaire: Questionnaire, marks: dict[str, str], now: datetime
) -> int:
    """Accept those of these answers that contradict nothing, and return how many.

    `marks` are the answers on the page with what the record said about each. An answer that
    somebody has to read by itself is left, and one that the record cannot take as it is.
    """
    take_turn(questionnaire.patient_id)
    done = 0
    for answer in undecided(questionnaire):
        if str(answer.pk) not in marks:
            continue
        bridge = bridge_now(answer, now)
        if bridge.seen != marks[str(answer.pk)]:
            raise ValidationError(CHANGED_MEANWHILE)
        if not may_go_with_others(bridge):
            continue
        accept(by=by, answer=answer, seen=bridge.seen, now=now)
        done += 1
    if not done:
        raise ValidationError("Nothing here can be accepted without being read by itself.")
    return done


def may_go_with_others(bridge: Bridge) -> bool:
    """Return whether an answer can be accepted among others, without being read by itself."""
    return not bridge.read_each and not bridge.hint and bridge.state != State.DIFFERS


def undecided(questionnaire: Questionnaire) -> list[PatientAnswer]:
    """Return the answers that nobody has decided on, in the order of the questions."""
    decided = set(
        Decision.objects.filter(answer__questionnaire=questionnaire).values_list(
            "answer", flat=True
        )
    )
    rows = [row for row in standing_answers(questionnaire) if row.pk not in decided]
    for row in rows:
        row.questionnaire = questionnaire
    return rows


def _turn(answer: PatientAnswer, seen: str, now: datetime) -> Bridge:
    """Wait for whoever writes to the record, and return the bridge to it as it is then."""
    take_turn(answer.patient_id)
    bridge = bridge_now(answer, now)
    if bridge.seen != seen:
        raise ValidationError(CHANGED_MEANWHILE)
    return bridge


def bridge_now(answer: PatientAnswer, now: datetime) -> Bridge:
    """Return the bridge from an answer to the record as it is at this moment."""
    return bridge_of(answer, known_of(Patient.objects.get(pk=answer.patient_id), now))


def _accept(by: User, bridge: Bridge, now: datetime) -> Decision:
    form = bridge.as_told()
    if bridge.hint:
        raise ValidationError(bridge.hint)
    if form is not None and not form.is_valid():
        raise ValidationError([words for each in form.errors.values() for words in each])
    row = bridge.save(form, by=by, now=now)
    return _decide(by, bridge.answer, _Outcome.ACCEPTED, now, recorded=row.pk)


def _decide(
    by: User,
    answer: PatientAnswer,
    outcome: str,
    now: datetime,
    *,
    note: str = "",
    recorded: object = None,
) -> Decision:
    if Decision.objects.filter(answer=answer).exists():
        raise ValidationError(DECIDED)
    if answer.questionnaire.sent_in_at is None:
        raise ValidationError("The patient has not sent this in.")
    decision = Decision.check_and_create(
        patient_id=answer.patient_id,
        answer=answer,
        outcome=outcome,
        note=note,
        recorded_id=recorded,
        decided_at=now,
        decided_by=by,
    )
    audit.record(
        Kind.ANSWER_DECIDED,
        by=by,
        patient_id=answer.patient_id,
        subject=answer,
        question=heading_of(question_of(answer.item), answer.item),
        outcome=decision.get_outcome_display().lower(),
    )
    _finish(by, answer.questionnaire, now)
    return decision


def _finish(by: User, questionnaire: Questionnaire, now: datetime) -> None:
    """Mark a questionnaire as gone through with its last answer."""
    if undecided(questionnaire):
        return
    row = Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)
    if row.gone_through_at:
        return
    row.gone_through_at, row.gone_through_by = now, by
    row.check_and_save()
    audit.record(Kind.QUESTIONNAIRE_READ, by=by, patient_id=row.patient_id, subject=row)
