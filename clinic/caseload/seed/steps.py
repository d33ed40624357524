"""What can happen to one invented patient, each as rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.booking.models import Appointment
from clinic.caseload.seed.assessments import (
    About,
    diagnose,
    look_for_signs,
    measure_vertex,
    say_why_not_asked,
)
from clinic.caseload.seed.calendar import Calendar, Slot
from clinic.caseload.seed.clinic import Clinic
from clinic.caseload.seed.history import History, write_history
from clinic.caseload.seed.people import Person
from clinic.caseload.seed.rows import Rows
from clinic.messaging.models import Message
from clinic.practice.models import Technique
from clinic.staff.models import User
from followups.models import Examination, Measurement, Review, TargetArea
from patients.consent.clock import expires_at
from patients.contraindications.facts import Facts
from patients.models import Case, Consent, Patient, SiteRegistration
from treatments.models import Plan

INTERVAL_DAYS = {Technique.MICROGRAFT: 45, Technique.PRP: 30}
SESSIONS_PLANNED = 3
TALK_AFTER = timedelta(minutes=20)


def _quoted(entries: Sequence[str]) -> list[str]:
    """Return entries as COPY reads them inside an array, commas and all."""
    return [f'"{entry}"' for entry in entries]


@dataclass
class Steps:
    """Builds one patient's rows, step by step."""

    random: Random
    clinic: Clinic
    calendar: Calendar
    rows: Rows
    person: Person
    now: datetime
    today: date
    patient_id: str = field(init=False)
    case_id: str = field(init=False)
    closed_at: datetime | None = field(init=False)
    history: History = field(init=False)

    @property
    def clinician(self) -> User:
        """The responsible clinician."""
        return self.calendar.desk.practitioner

    @cached_property
    def facts(self) -> Facts:
        """What the history says, as the rules of contraindications read it."""
        return self.history.facts(self.person.sex)

    def at(self, day: date, hour: int = 12) -> datetime:
        """Return an hour of a day at the patient's site."""
        moment = datetime.combine(day, time(hour), tzinfo=self.calendar.desk.site.zone)
        return moment.astimezone(UTC)

    # -- the steps ----------------------------------------------------------------------------

    def register(self, day: date, **case: Any) -> None:
        """Register the patient and open the case, which may be closed by now."""
        at = self.at(day, 8)
        person = self.person
        self.closed_at = case.get("closed_at")
        self.patient_id = self.rows.add(
            Patient,
            at=at,
            **person.columns(),
        )
        site = self.calendar.desk.site
        self.rows.add(SiteRegistration, at=at, patient_id=self.patient_id, site_id=site.pk)
        self.case_id = self.rows.add(
            Case,
            at=at,
            patient_id=self.patient_id,
            opened_at=at,
            clinician_id=self.clinician.pk,
            **case,
        )
        self.event(Kind.PATIENT_REGISTERED, at, self.clinic.reception, number=person.number)

    def visit(self, day: date, service: str) -> tuple[str, Slot]:
        """Book a visit on or after a day; one in the past was held."""
        what = self.clinic.services[service]
        slot = self.calendar.take(day, what)
        held = slot.day < self.today
        booked_at = min(slot.starts_at - timedelta(days=10), self.now)
        times: dict[str, Any] = (
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

    def remind(self, appointment_id: str, slot: Slot, booked_at: datetime) -> None:
        """Write the reminder to the outbox; that of a past visit was sent."""
        due_at = slot.starts_at - timedelta(hours=48)
        if due_at < booked_at:
            return
        when = f"{slot.starts_at.astimezone(slot.desk.site.zone):%A %d %B %Y at %H:%M}"
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

    def assess(self, day: date) -> tuple[str, str | None]:
        """Record history, allergies, medicines, signs, causes and the diagnosis.

        Return the keys of the diagnosis and, where somebody asked, of the warning signs.
        """
        at = self.at(day)
        self.history = write_history(
            self.random,
            self.rows,
            patient_id=self.patient_id,
            by=self.clinician,
            at=at,
            day=day,
            sex=self.person.sex,
            reason=self.person.reason,
        )
        about = About(self.rows, self.patient_id, self.case_id, self.clinician.pk, at, day)
        signs_id = look_for_signs(self.random, about)
        female = self.person.sex == Patient.Sex.FEMALE
        diagnosis_id = diagnose(self.random, about, female=female)
        self.event(Kind.DIAGNOSIS_MADE, at, self.clinician, diagnosis="androgenetic alopecia")
        return diagnosis_id, signs_id

    def plan(self, day: date, technique: Technique, *, signs_asked: bool) -> str:
        """Plan a course; where nobody looked for warning signs, with the reason."""
        at = self.at(day)
        plan_id = self.rows.add(
            Plan,
            at=at,
            case_id=self.case_id,
            technique=technique,
            sessions_planned=SESSIONS_PLANNED,
            interval_days=INTERVAL_DAYS[technique],
            planned_at=at,
            planned_by_id=self.clinician.pk,
        )
        if not signs_asked:
            about = About(self.rows, self.patient_id, self.case_id, self.clinician.pk, at, day)
            say_why_not_asked(self.random, about, plan_id, technique)
        return plan_id

    def consent(self, given: date, signed: date | None, template_name: str) -> str:
        """Give information, and have the consent signed by both if a day is given."""
        template = self.clinic.templates[template_name]
        at, by = self.at(given, 11), self.clinician.pk
        values = self._signatures(at, signed, template_name) if signed else {}
        return self.rows.add(
            Consent,
            at=at,
            patient_id=self.patient_id,
            case_id=self.case_id,
            template_id=template.pk,
            information_given_at=at,
            information_given_by_id=by,
            reflect_until=at + timedelta(days=template.reflection_days),
            interpreter_needed=False,
            **values,
        )

    def _signatures(self, given_at: datetime, signed: date, template_name: str) -> dict[str, Any]:
        """Return the talk, the patient's signature and, minutes later, the clinician's.

        The talk was held when the information was given, as at a consultation.
        """
        at, by = self.at(signed, 11), self.clinician.pk
        wording = self.random.choice(self.clinic.wordings[template_name])
        talk, months = wording.talk, self.clinic.templates[template_name].valid_months
        return {
            "discussed_at": min(given_at + TALK_AFTER, at),
            "discussed_by_id": by,
            "capacity": Consent.Capacity.ASSUMED.value,
            "risks_discussed": _quoted(talk.risks),
            "no_treatment_discussed": talk.no_treatment,
            "alternatives_discussed": _quoted(talk.alternatives),
            "questions": talk.questions,
            "matters": talk.matters,
            "signed_at": at,
            "signed_by_id": by,
            "signed_name": f"{self.person.given_names} {self.person.family_name}",
            "signed_text": wording.text,
            "signed_text_sha256": wording.sha256,
            "photo_scopes": wording.photo_scopes,
            "expires_at": expires_at(at, months, self.calendar.desk.site.zone),
            "clinician_signed_at": at + timedelta(minutes=4),
            "clinician_signed_by_id": by,
            "clinician_name": str(self.clinician),
            "clinician_statement": wording.statement,
        }

    def target_area(self, day: date) -> str:
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
        self,
        day: date,
        area_id: str,
        hair_count: int,
        review_id: str | None = None,
        **concluded: Any,
    ) -> str:
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
            pull_days_since_wash=2,
            **concluded,
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
        measure_vertex(self.random, self.rows, examination_id, at, hair_count)
        return examination_id

    def follow_up(
        self,
        technique: Technique,
        session_id: str,
        last: date,
        area_id: str,
        baseline: int,
        *,
        comes: float = 0.8,
    ) -> None:
        """Plan the reviews after the last session; `comes` is how many of the past were held."""
        for step in self.clinic.steps[technique.value]:
            due = last + timedelta(weeks=step.weeks_after_last_session)
            held = due < self.today - timedelta(days=7) and self.random.random() < comes
            appointment_id, held_day = None, due
            if held:
                appointment_id, slot = self.visit(due, "review")
                held_day = slot.day
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
                given_up_at=None if held else self.closed_at,
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
