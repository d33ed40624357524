"""What speaks against a session, at its start. Nothing here writes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from patients.contraindications.evaluation import Evaluation, evaluate
from patients.contraindications.facts import Facts
from patients.contraindications.kinds import Question
from patients.contraindications.reading import as_of, read_record
from patients.contraindications.rules import questions_of
from patients.models import ContraindicationRule
from treatments.allergies import KnownAllergies, known_allergies
from treatments.models import Session
from treatments.times import latest_consent_time


def moment_of(session: Session, now: datetime) -> datetime:
    """Return the moment that the rules look at, in the zone of the site.

    It is the start; where none is recorded, now, or the end of the session's day if that is past.
    """
    at = session.started_at or min(now, latest_consent_time(session) - timedelta(minutes=1))
    return at.astimezone(session.site.zone)


@dataclass(frozen=True)
class Known:
    """The rules that stand for a session, and what the record of its patient says now."""

    rules: list[ContraindicationRule]
    facts: Facts

    @property
    def allergies(self) -> KnownAllergies:
        """The allergies, as far as an anaesthetic goes."""
        return known_allergies(self.facts)

    @property
    def questions(self) -> list[Question]:
        """What is asked on the day of the session."""
        return questions_of(self.rules)


def known_of(session: Session) -> Known:
    """Return the rules and the record for a session, in one query."""
    rules, facts = read_record(session.patient)
    return Known(rules[session.technique], facts)


def evaluation_of(session: Session, now: datetime, known: Known | None = None) -> Evaluation:
    """Return what the rules say of the record as it is now, at the start of a session.

    `known` is read unless the caller has just done so; the answers of the day are the session's.
    An absolute rule that applies only by what was recorded after the start asks for a reason: the
    treatment has been given, and what was done is written down as it was.
    """
    known = known or known_of(session)
    facts = replace(known.facts, answers=session.asked_today)
    found = _held_against(session, known, facts, now)
    if session.started_at is None or not found.blocking:
        return found
    then = as_of(facts, session.patient_id, session.started_at)
    return found.with_late(_held_against(session, known, then, now))


def _held_against(session: Session, known: Known, facts: Facts, now: datetime) -> Evaluation:
    at, technique = moment_of(session, now), session.technique
    return evaluate(known.rules, facts, at, technique=technique, at_session=True)


def unanswered(session: Session, evaluation: Evaluation) -> list[Question]:
    """Return the questions of the day that nobody answered."""
    wanted = questions_of(finding.rule for finding in evaluation.findings)
    return [question for question in wanted if not session.asked_today.get(question)]
