"""One invented patient's way through the clinic, as far as a stage, as rows."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.booking.models import Appointment
from clinic.caseload.seed.calendar import Calendar, Slot
from clinic.caseload.seed.clinic import Clinic
from clinic.caseload.seed.people import Person, invent
from clinic.caseload.seed.rows import Rows
from clinic.caseload.stages import Stage
from clinic.messaging.models import Message
from clinic.practice.models import Technique
from clinic.staff.models import User
from followups.models import Examination, Measurement, Review, TargetArea
from patients.consent_wording import digest, text_to_sign
from patients.models import (
    Allergy,
    Case,
    Consent,
    Diagnosis,
    HistoryEntry,
    Medicine,
    NoKnownAllergies,
    Patient,
    PhotoScope,
    SiteRegistration,
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
    *(Diagnosis, Appointment, Consent, Plan),
)
SESSIONS = (Session, MicrograftPreparation, PrpPreparation, Spin, Zone, LotUse)
AFTER_SESSIONS = (TargetArea, Review, Examination, Measurement, Message, Event)

_INTERVAL_DAYS = {Technique.MICROGRAFT: 45, Technique.PRP: 30}
_PLANNED = 3
_REFLECTION_DAYS = 20


_DAYS_SINCE_LAST_SESSION = {
    Stage.IN_TREATMENT: (8, 40),
    Stage.IN_FOLLOW_UP: (60, 900),
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


@dataclass
class Journey:
    """Builds one patient's rows; `reach` goes as far as a stage."""

    random: Random
    clinic: Clinic
    calendar: Calendar
    rows: Rows
    serial: int
    number: str
    now: datetime
    today: date
    patient_id: UUID = field(init=False)
    case_id: UUID = field(init=False)

    @cached_property
    def person(self) -> Person:
        """Who the patient is."""
        return invent(self.random, self.serial, today=self.today)

    @cached_property
    def desk(self) -> int:
        """The desk that looks after the patient."""
        return self.calendar.desk_of(self.serial)

    @property
    def clinician(self) -> User:
        """The responsible clinician."""
        return self.calendar.desks[self.desk].practitioner

    def at(self, day: date, hour: int = 12) -> datetime:
        """Return an hour of a day at the patient's site."""
        return datetime.combine(day, time(hour), tzinfo=self.calendar.desks[self.desk].site.zone)

    # -- the steps ----------------------------------------------------------------------------

    def register(self, day: date, **case: Any) -> None:
        """Register the patient and open the case, which may be closed by now."""
        at = self.at(day, 8)
        person = self.person
        self.patient_id = self.rows.add(
            Patient,
            at=at,
            number=self.number,
            title=person.title,
            family_name=person.family_name,
            given_names=person.given_names,
            sex=person.sex,
            date_of_birth=person.date_of_birth,
            email=person.email,
            phone=person.phone,
            address=person.address,
            reason=person.reason,
        )
        site = self.calendar.desks[self.desk].site
        self.rows.add(SiteRegistration, at=at, patient_id=self.patient_id, site_id=site.pk)
        self.case_id = self.rows.add(
            Case,
            at=at,
            patient_id=self.patient_id,
            opened_at=at,
            clinician_id=self.clinician.pk,
            **case,
        )
        self.event(Kind.PATIENT_REGISTERED, at, self.clinic.reception, number=self.number)

    def visit(self, day: date, service: str) -> tuple[UUID, Slot]:
        """Book a visit on or after a day; one in the past was held."""
        what = self.clinic.services[service]
        slot = self.calendar.take(self.desk, day, what)
        held = slot.ends_at.date() < self.today
        booked_at = min(slot.starts_at - timedelta(days=10), self.now)
        times = (
            {
                "confirmed_at": slot.starts_at - timedelta(days=2),
                "arrived_at": slot.starts_at - timedelta(minutes=5),
                "in_room_at": slot.starts_at + timedelta(minutes=3),
                "done_at": slot.ends_at,
            }
            if held
            else {}
        )
        appointment_id = self.rows.add(
            Appointment,
            at=booked_at,
            patient_id=self.patient_id,
            service_id=what.pk,
            site_id=slot.desk.site.pk,
            practitioner_id=slot.desk.practitioner.pk,
            room_id=slot.room_id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            booked_by_id=self.clinic.reception.pk,
            **times,
        )
        self.remind(appointment_id, slot, booked_at)
        return appointment_id, slot

    def remind(self, appointment_id: UUID, slot: Slot, booked_at: datetime) -> None:
        """Write the reminder to the outbox; that of a past visit was sent."""
        due_at = slot.starts_at - timedelta(hours=48)
        if due_at < booked_at:
            return
        when = f"{slot.starts_at:%A %d %B %Y at %H:%M}"
        self.rows.add(
            Message,
            at=booked_at,
            key=f"appointment:{appointment_id}:reminder:{slot.starts_at.isoformat()}:email",
            patient_id=self.patient_id,
            purpose=Message.Purpose.REMINDER,
            channel=Message.Channel.EMAIL,
            recipient=self.person.email,
            subject="Your visit",
            body=f"We look forward to seeing you on {when} at {slot.desk.site.name}.",
            due_at=due_at,
            useless_after=slot.starts_at,
            attempts=1 if due_at < self.now else 0,
            sent_at=due_at if due_at < self.now else None,
        )

    def assess(self, day: date) -> None:
        """Record history, allergies, medicines and the diagnosis."""
        at, by = self.at(day), self.clinician.pk
        common = {"patient_id": self.patient_id, "recorded_at": at, "recorded_by_id": by}
        self.rows.add(
            HistoryEntry,
            at=at,
            topic=HistoryEntry.Topic.HAIR,
            text=f"{self.person.reason} for about {self.random.randrange(1, 9)} years.",
            **common,
        )
        if self.random.random() < 0.2:
            self.rows.add(Allergy, at=at, substance="Penicillin", reaction="Rash", **common)
        else:
            self.rows.add(
                NoKnownAllergies, at=at, patient_id=self.patient_id, stated_at=at, stated_by_id=by
            )
        if self.random.random() < 0.4:
            self.rows.add(
                Medicine,
                at=at,
                group=Medicine.Group.MINOXIDIL_TOPICAL,
                name="Minoxidil 5 % foam",
                dose="1 mL twice daily",
                **common,
            )
        female = self.person.sex == Patient.Sex.FEMALE
        self.rows.add(
            Diagnosis,
            at=at,
            case_id=self.case_id,
            condition="aga_female" if female else "aga_male",
            scale="ludwig" if female else "norwood",
            grade=self.random.choice(("I", "II") if female else ("II", "III", "III-vertex", "IV")),
            made_at=at,
            made_by_id=by,
        )
        self.event(Kind.DIAGNOSIS_MADE, at, self.clinician, diagnosis="androgenetic alopecia")

    def plan(self, day: date, technique: Technique) -> UUID:
        """Plan a course."""
        at = self.at(day)
        return self.rows.add(
            Plan,
            at=at,
            case_id=self.case_id,
            technique=technique,
            sessions_planned=_PLANNED,
            interval_days=_INTERVAL_DAYS[technique],
            planned_at=at,
            planned_by_id=self.clinician.pk,
        )

    def consent(self, given: date, signed: date | None, template_name: str) -> UUID:
        """Give information, and have the consent signed if a day is given."""
        template = self.clinic.templates[template_name]
        at, by = self.at(given, 11), self.clinician.pk
        values: dict[str, Any] = {}
        if signed:
            scopes = [PhotoScope.CLINICAL.value] if template_name == "photographs" else []
            text = text_to_sign(template, scopes)
            values = {
                "signed_at": self.at(signed, 11),
                "signed_by_id": by,
                "signed_name": f"{self.person.given_names} {self.person.family_name}",
                "signed_text": text,
                "signed_text_sha256": digest(text),
                "photo_scopes": scopes,
            }
        return self.rows.add(
            Consent,
            at=at,
            patient_id=self.patient_id,
            case_id=self.case_id,
            template_id=template.pk,
            information_given_at=at,
            information_given_by_id=by,
            reflect_until=at + timedelta(days=template.reflection_days),
            **values,
        )

    def session(
        self,
        number: int,
        slot: Slot,
        appointment_id: UUID,
        *,
        plan_id: UUID,
        consent_id: UUID,
        technique: Technique,
        signed: bool = True,
    ) -> UUID:
        """Record a session, and sign it unless it is to stay a draft."""
        at = slot.starts_at
        session_id = self.rows.add(
            Session,
            at=at,
            in_round=number,
            patient_id=self.patient_id,
            case_id=self.case_id,
            plan_id=plan_id,
            appointment_id=appointment_id,
            site_id=slot.desk.site.pk,
            technique=technique,
            number=number,
            performed_date=at.date(),
            started_at=at,
            ended_at=slot.ends_at,
            operator_id=self.clinician.pk,
            responsible_doctor_id=self.clinician.pk,
            consent_id=consent_id,
            identity_confirmed=True,
            contraindications_checked=True,
            identity_confirmed_before_injection=True,
            aftercare_given=True,
            observations="Tolerated well.",
        )
        prepare = self._prp if technique == Technique.PRP else self._micrograft
        prepare(session_id, at, number)
        for region in self.random.sample(["vertex", "mid_scalp", "frontal"], k=2):
            self.rows.add(
                Zone,
                at=at,
                in_round=number,
                session_id=session_id,
                region=region,
                area_cm2=Decimal(self.random.randrange(200, 350)) / 10,
                volume_ml=Decimal(self.random.randrange(15, 20)) / 10,
                points=self.random.randrange(20, 36),
                depth_mm=Decimal("3.0"),
                needle="30G × 4 mm",
                syringes=1,
            )
        lot = self.clinic.lots[technique.value]
        self.rows.add(LotUse, at=at, in_round=number, session_id=session_id, lot_id=lot.pk)
        if signed:
            self.rows.sign(number, session_id, slot.ends_at, self.clinician.pk)
            self.event(
                Kind.SESSION_SIGNED,
                slot.ends_at,
                self.clinician,
                technique=technique.label,
                number=number,
            )
        return session_id

    def _micrograft(self, session_id: UUID, at: datetime, number: int) -> None:
        self.rows.add(
            MicrograftPreparation,
            at=at,
            in_round=number,
            session_id=session_id,
            donor_site=MicrograftPreparation.DonorSite.OCCIPITAL,
            punches=self.random.randrange(3, 7),
            punch_depth_mm=Decimal("4.0"),
            closure=MicrograftPreparation.Closure.NONE,
            saline_ml=Decimal("4.50"),
            device="Tissue disruptor",
            processing_minutes=Decimal("2.0"),
            suspension_ml=Decimal("4.20"),
        )

    def _prp(self, session_id: UUID, at: datetime, number: int) -> None:
        blood = self.random.randrange(180, 300)
        self.rows.add(
            PrpPreparation,
            at=at,
            in_round=number,
            session_id=session_id,
            drawn_at=at,
            blood_ml=Decimal("20.0"),
            anticoagulant=PrpPreparation.Anticoagulant.ACD_A,
            prp_ml=Decimal("4.20"),
            blood_platelets=Decimal(blood),
            prp_platelets=Decimal(blood * self.random.randrange(35, 50)) / 10,
            activator=PrpPreparation.Activator.NONE,
        )
        # 15 cm at 1500 rpm is 377.3 g (1.118e-5 × radius × rpm²).
        self.rows.add(
            Spin,
            at=at,
            in_round=number,
            session_id=session_id,
            order=1,
            rpm=1500,
            rotor_radius_cm=Decimal("15.0"),
            rcf_g=Decimal("377.3"),
            minutes=Decimal("10.0"),
        )

    def target_area(self, day: date) -> UUID:
        """Name the spot that is counted at each visit."""
        return self.rows.add(
            TargetArea,
            at=self.at(day),
            patient_id=self.patient_id,
            name="Vertex",
            side=TargetArea.Side.MIDLINE,
            landmark="12 cm behind the hairline on the midline; tattoo dot",
        )

    def examine(
        self, day: date, area_id: UUID, hair_count: int, review_id: UUID | None = None
    ) -> UUID:
        """Record a baseline, or a review's findings."""
        at = self.at(day)
        examination_id = self.rows.add(
            Examination,
            at=at,
            patient_id=self.patient_id,
            case_id=self.case_id,
            kind=Examination.Kind.REVIEW if review_id else Examination.Kind.BASELINE,
            review_id=review_id,
            examined_date=day,
            satisfaction=self.random.randrange(5, 10) if review_id else None,
            recorded_at=at,
            recorded_by_id=self.clinician.pk,
        )
        self.rows.add(
            Measurement,
            at=at,
            examination_id=examination_id,
            target_area_id=area_id,
            hair_count=hair_count,
            counted_area_cm2=Decimal("0.650"),
        )
        return examination_id

    def follow_up(
        self, technique: Technique, session_id: UUID, last: date, area_id: UUID, baseline: int
    ) -> None:
        """Plan the reviews after the last session; most that are past were held."""
        for step in self.clinic.steps[technique.value]:
            due = last + timedelta(weeks=step.weeks_after_last_session)
            held = due < self.today - timedelta(days=7) and self.random.random() < 0.8
            appointment_id, held_day = None, due
            if held:
                appointment_id, slot = self.visit(due, "review")
                held_day = slot.starts_at.date()
                held = held_day < self.today
            review_id = self.rows.add(
                Review,
                at=self.at(last, 18),
                patient_id=self.patient_id,
                case_id=self.case_id,
                step_id=step.pk,
                after_session_id=session_id,
                label=step.label,
                due_date=due,
                window_starts_date=due - timedelta(weeks=step.window_weeks_before),
                window_ends_date=due + timedelta(weeks=step.window_weeks_after),
                appointment_id=appointment_id,
                held_at=self.at(held_day) if held else None,
            )
            if held:
                gained = self.random.randrange(-4, 24)
                self.examine(held_day, area_id, baseline + gained, review_id)

    def event(self, kind: Kind, at: datetime, by: User, **details: Any) -> None:
        """Leave a mark in the audit trail."""
        self.rows.add(
            Event,
            at=at,
            kind=kind,
            actor_id=by.pk,
            actor_label=str(by),
            patient_id=self.patient_id,
            details=details,
        )

    # -- the whole way ------------------------------------------------------------------------

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
        seen = slot.starts_at.date()
        self.assess(seen)
        if goal.stage == Stage.DECLINED:
            return
        area_id = self.target_area(seen)
        baseline = self.random.randrange(70, 130)
        self.examine(seen, area_id, baseline)
        if goal.stage == Stage.ASSESSED:
            return
        plan_id = self.plan(seen, goal.technique)
        if goal.stage == Stage.REFLECTING:
            self.consent(seen, None, goal.technique.value)
            return
        self.consent(seen, seen, "photographs")
        signed_on = seen + timedelta(days=_REFLECTION_DAYS)
        consent_id = self.consent(seen, signed_on, goal.technique.value)
        if goal.stage == Stage.CONSENTED:
            self.visit(self._coming(goal, 45), goal.technique.value)
            return
        first = max(first_session, signed_on + timedelta(days=1))
        self._course(goal, first, plan_id, consent_id, area_id, baseline)

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
        since_last = self.random.randrange(low, high)
        course = _INTERVAL_DAYS[goal.technique] * (self._sessions_of(goal) - 1)
        return self.today - timedelta(days=course + since_last)

    def _sessions_of(self, goal: Goal) -> int:
        return 1 if goal.stage in (Stage.IN_TREATMENT, Stage.DECLINED) else _PLANNED

    def _ending(self, goal: Goal, first_session: date) -> dict[str, Any]:
        if goal.stage not in _WEEKS_TO_CLOSING:
            return {}
        closed = first_session + timedelta(weeks=_WEEKS_TO_CLOSING[goal.stage])
        return {
            "closed_at": min(self.at(closed), self.now),
            "closed_by_id": self.clinician.pk,
            "outcome": goal.stage.value,
        }

    def _course(
        self,
        goal: Goal,
        first: date,
        plan_id: UUID,
        consent_id: UUID,
        area_id: UUID,
        baseline: int,
    ) -> None:
        day, last, session_id = first, None, None
        interval = timedelta(days=_INTERVAL_DAYS[goal.technique])
        course = {"plan_id": plan_id, "consent_id": consent_id, "technique": goal.technique}
        for number in range(1, self._sessions_of(goal) + 1):
            appointment_id, slot = self.visit(day, goal.technique.value)
            if slot.ends_at.date() >= self.today:
                return
            session_id = self.session(number, slot, appointment_id, **course)
            last = slot.starts_at.date()
            day = last + interval
        if goal.stage == Stage.IN_TREATMENT:
            coming = max(day, self.today) if goal.visit_in_days is None else self._coming(goal, 1)
            appointment_id, slot = self.visit(coming, goal.technique.value)
            if goal.has_draft:
                self.session(2, slot, appointment_id, signed=False, **course)
        if session_id and last:
            self.follow_up(goal.technique, session_id, last, area_id, baseline)
