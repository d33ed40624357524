"""What speaks against a session, at its start. Nothing here writes."""

from datetime import datetime, timedelta

from patients.contraindications.evaluation import Evaluation, evaluate
from patients.contraindications.facts import facts_of
from patients.contraindications.kinds import Question
from patients.contraindications.rules import questions_of, standing_rules
from patients.models import ContraindicationRule
from treatments.models import Session
from treatments.times import latest_consent_time


def moment_of(session: Session, now: datetime) -> datetime:
    """Return the moment that the rules look at, in the zone of the site.

    It is the start; where none is recorded, now, or the end of the session's day if that is past.
    """
    at = session.started_at or min(now, latest_consent_time(session) - timedelta(minutes=1))
    return at.astimezone(session.site.zone)


def evaluation_of(
    session: Session, now: datetime, rules: list[ContraindicationRule] | None = None
) -> Evaluation:
    """Return what the rules say of the record as it is now, at the start of a session.

    `rules` are asked for unless the caller has just done so.
    """
    return evaluate(
        standing_rules(session.technique) if rules is None else rules,
        facts_of(session.patient, answers=session.asked_today),
        moment_of(session, now),
        technique=session.technique,
        at_session=True,
    )


def unanswered(session: Session, evaluation: Evaluation) -> list[Question]:
    """Return the questions of the day that nobody answered."""
    wanted = questions_of(finding.rule for finding in evaluation.findings)
    return [question for question in wanted if not session.asked_today.get(question)]
