"""One invented patient's way through the clinic, as far as a stage."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from clinic.audit.models import Event
from clinic.booking.models import Appointment
from clinic.caseload.seed.sessions import Course, SessionSteps
from clinic.caseload.seed.steps import INTERVAL_DAYS, SESSIONS_PLANNED
from clinic.caseload.stages import Stage
from clinic.messaging.models import Message
from clinic.practice.models import Technique
from followups.models import (
    Examination,
    Measurement,
    PullTest,
    Review,
    TargetArea,
    Trichoscopy,
)
from patients.models import (
    Allergy,
    BloodResult,
    BloodSample,
    Case,
    CauseStatement,
    ConditionStatement,
    Consent,
    ContraindicationCheck,
    Diagnosis,
    EarlierTreatment,
    FindingWithdrawal,
    HairStatement,
    HistoryEntry,
    Medicine,
    MedicinesReview,
    NoEarlierTreatments,
    NoKnownAllergies,
    PathwayStop,
    Patient,
    PlannedWithout,
    PregnancyStatement,
    RelativeStatement,
    SignsStatement,
    SiteRegistration,
    StopReview,
)
from treatments.models import (
    LotUse,
    MicrograftPreparation,
    Plan,
    PrpPreparation,
    Session,
    Spin,
    Zone,
)

# Tables in the order of their foreign keys; sessions and what hangs on them come in rounds.
BEFORE_SESSIONS = (
    *(Patient, SiteRegistration, Case, HistoryEntry, Allergy, NoKnownAllergies, Medicine),
    *(ConditionStatement, RelativeStatement, HairStatement, PregnancyStatement, MedicinesReview),
    *(BloodSample, BloodResult, EarlierTreatment, NoEarlierTreatments),
    *(PathwayStop, SignsStatement, CauseStatement, StopReview),
    *(Diagnosis, FindingWithdrawal, Appointment, Consent, Plan, PlannedWithout),
)
SESSIONS = (
    *(Session, MicrograftPreparation, PrpPreparation, Spin, Zone, LotUse),
    ContraindicationCheck,
)
AFTER_SESSIONS = (
    *(TargetArea, Review, Examination, Measurement, PullTest, Trichoscopy),
    *(Message, Event),
)
TABLES = (*BEFORE_SESSIONS, *SESSIONS, *AFTER_SESSIONS)

_REFLECTION_DAYS = 20

_DAYS_SINCE_LAST_SESSION = {
    Stage.IN_TREATMENT: (8, 40),
    Stage.IN_FOLLOW_UP: (60, 900),
    Stage.MAINTENANCE: (830, 1100),
    Stage.DISCHARGED: (900, 2500),
    Stage.LOST: (300, 2500),
    Stage.DECLINED: (30, 2500),
}
_WEEKS_TO_CLOSING = {Stage.DISCHARGED: 130, Stage.LOST: 42, Stage.DECLINED: 1}


@dataclass(frozen=True)
class Goal:
    """How far a patient comes, and what the demo wants to see of them."""

    stage: Stage
    technique: Technique = Technique.MICROGRAFT
    visit_in_days: int | None = None
    has_draft: bool = False
    misses_reviews: bool = False


class Journey(SessionSteps):
    """Goes through the clinic as far as a goal says."""

    def reach(self, goal: Goal) -> None:
        """Go through the clinic as far as the goal's stage."""
        if goal.stage in (Stage.ENQUIRY, Stage.BOOKED):
            self.register(self.today - timedelta(days=self.random.randrange(1, 15)))
            if goal.stage == Stage.BOOKED:
                self.visit(self._coming(goal, 60), "consultation")
            return
        first_session = self._first_session_day(goal)
        consultation = first_session - timedelta(days=_REFLECTION_DAYS + 2)
        self.register(consultation - timedelta(days=12), **self._ending(goal, first_session))
        _, slot = self.visit(consultation, "consultation")
        seen = slot.day
        diagnosis_id, signs_id = self.assess(seen)
        if goal.stage == Stage.DECLINED:
            return
        goal = self._possible(goal, slot.starts_at)
        area_id = self.target_area(seen)
        baseline = self.random.randrange(70, 130)
        self.examine(seen, area_id, baseline, diagnosis_id=diagnosis_id, signs_id=signs_id)
        if goal.stage == Stage.ASSESSED:
            return
        plan_id = self.plan(seen, goal.technique, signs_asked=signs_id is not None)
        if goal.stage == Stage.REFLECTING:
            self.consent(seen, None, goal.technique.value)
            return
        self.consent(seen, seen, "photographs")
        self._agree_to_more(seen)
        signed_on = seen + timedelta(days=_REFLECTION_DAYS)
        consent_id = self.consent(seen, signed_on, goal.technique.value)
        if goal.stage == Stage.CONSENTED:
            self.visit(self._coming(goal, 45), goal.technique.value)
            return
        first = max(first_session, signed_on + timedelta(days=1))
        course = Course(plan_id, consent_id, goal.technique)
        self._treat(goal, course, first, area_id, baseline)

    def _possible(self, goal: Goal, at: datetime) -> Goal:
        """Return the goal with the other technique where the one meant is contraindicated."""
        if self.is_contraindicated(goal.technique, at):
            return replace(goal, technique=Technique.MICROGRAFT)
        return goal

    def _agree_to_more(self, day: date) -> None:
        for purpose, share in (("research", 0.4), ("marketing", 0.2)):
            if self.random.random() < share:
                self.consent(day, day, purpose)

    def _coming(self, goal: Goal, within_days: int) -> date:
        if goal.visit_in_days is not None:
            return self.today + timedelta(days=goal.visit_in_days)
        return self.today + timedelta(days=self.random.randrange(1, within_days))

    def _first_session_day(self, goal: Goal) -> date:
        """Return the day of the first session that puts the stage at today."""
        if goal.stage in (Stage.ASSESSED, Stage.REFLECTING):
            return self.today + timedelta(days=self.random.randrange(12, 18))
        if goal.stage == Stage.CONSENTED:
            return self.today - timedelta(days=self.random.randrange(0, 5))
        low, high = _DAYS_SINCE_LAST_SESSION[goal.stage]
        since_last = 200 if goal.misses_reviews else self.random.randrange(low, high)
        course = INTERVAL_DAYS[goal.technique] * (self._sessions_of(goal) - 1)
        return self.today - timedelta(days=course + since_last)

    def _sessions_of(self, goal: Goal) -> int:
        return 1 if goal.stage in (Stage.IN_TREATMENT, Stage.DECLINED) else SESSIONS_PLANNED

    def _comes(self, goal: Goal) -> float:
        """Return how many of the reviews the patient comes to: none, most or all."""
        if goal.misses_reviews:
            return 0
        return 1 if goal.stage == Stage.MAINTENANCE else 0.8

    def _ending(self, goal: Goal, first_session: date) -> dict[str, Any]:
        if goal.stage not in _WEEKS_TO_CLOSING:
            return {}
        closed = first_session + timedelta(weeks=_WEEKS_TO_CLOSING[goal.stage])
        return {
            "closed_at": min(self.at(closed), self.now),
            "closed_by_id": self.clinician.pk,
            "outcome": goal.stage.value,
        }

    def _treat(self, goal: Goal, course: Course, first: date, area_id: str, baseline: int) -> None:
        day, last, session_id = first, None, None
        interval = timedelta(days=INTERVAL_DAYS[goal.technique])
        for number in range(1, self._sessions_of(goal) + 1):
            appointment_id, slot = self.visit(day, goal.technique.value)
            if slot.day >= self.today:
                return
            session_id = self.session(number, slot, appointment_id, course)
            last = slot.day
            day = last + interval
        if goal.stage == Stage.IN_TREATMENT:
            coming = max(day, self.today) if goal.visit_in_days is None else self._coming(goal, 1)
            appointment_id, slot = self.visit(coming, goal.technique.value)
            if goal.has_draft:
                self.session(2, slot, appointment_id, course, signed=False)
        if session_id and last:
            self.follow_up(
                goal.technique, session_id, last, area_id, baseline, comes=self._comes(goal)
            )
