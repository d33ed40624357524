"""What the patient does: opens the questions, answers, and sends them in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.questionnaires.answers import standing_answers
from clinic.questionnaires.models import PatientAnswer, Questionnaire

SENT_IN = "You have sent your answers already. Call us if something has changed."
TAKEN_BACK = "The clinic does not need these answers any more."
NOTHING_SAID = "Answer at least one question first."


@transaction.atomic
def open_questions(*, questionnaire: Questionnaire, now: datetime) -> None:
    """Write down when the patient first saw the questions."""
    row = Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)
    if row.opened_at:
        return
    row.opened_at = now
    row.check_and_save()
    _record(Kind.QUESTIONNAIRE_OPENED, row)


@transaction.atomic
def save_answers(
    *, questionnaire: Questionnaire, told: Mapping[str, dict[str, Any]], about: str, now: datetime
) -> int:
    """Save what the patient said, by item; return how many answers changed.

    An empty answer takes back what was said. `about` names the screen, for the trail. Raises
    `ValidationError` once the questionnaire is sent in or taken back.
    """
    row = _still_open(questionnaire)
    before = {each.item: each for each in row.answers.filter(item__in=told)}
    changed = 0
    for item, value in told.items():
        answer = before.get(item)
        if value == (answer.value if answer else {}):
            continue
        _save(row, answer, item, value, now)
        changed += 1
    if changed:
        _record(Kind.QUESTIONNAIRE_ANSWERED, row, part=about)
    return changed


def _save(
    row: Questionnaire,
    answer: PatientAnswer | None,
    item: str,
    value: dict[str, Any],
    now: datetime,
) -> None:
    if answer is None:
        PatientAnswer.check_and_create(
            patient_id=row.patient_id, questionnaire=row, item=item, value=value, answered_at=now
        )
        return
    answer.value, answer.answered_at = value, now
    answer.check_and_save()


@transaction.atomic
def send_in(*, questionnaire: Questionnaire, now: datetime) -> Questionnaire:
    """Send the answers to the clinic: from now on they stand as they are.

    A second time changes nothing. Raises `ValidationError` where nothing was answered, and where
    the clinic took the questions back.
    """
    row = Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)
    if row.sent_in_at:
        return row
    if row.revoked_at:
        raise ValidationError(TAKEN_BACK)
    count = len(standing_answers(row))
    if not count:
        raise ValidationError(NOTHING_SAID)
    row.sent_in_at = now
    row.check_and_save()
    _record(Kind.QUESTIONNAIRE_SENT_IN, row, count=count)
    return row


def _still_open(questionnaire: Questionnaire) -> Questionnaire:
    row = Questionnaire.objects.select_for_update(of=("self",)).get(pk=questionnaire.pk)
    if row.sent_in_at:
        raise ValidationError(SENT_IN)
    if row.revoked_at:
        raise ValidationError(TAKEN_BACK)
    return row


def _record(kind: Kind, row: Questionnaire, **details: object) -> None:
    audit.record(
        kind,
        by=None,
        actor_label=audit.PATIENT,
        patient_id=row.patient_id,
        subject=row,
        **details,
    )
