"""Treatment sessions of one invented patient, as rows."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from clinic.audit.kinds import Kind
from clinic.caseload.seed.calendar import Slot
from clinic.caseload.seed.steps import Steps
from clinic.practice.models import Technique
from patients.contraindications.evaluation import Given, evaluate
from patients.models import Answer, ContraindicationCheck
from treatments.models import (
    LotUse,
    MicrograftPreparation,
    PrpPreparation,
    Session,
    Spin,
    Zone,
)

_NOT_KNOWN = "Asked again at the session: none known. Goes ahead as agreed."
_GOES_ON = "Weighed up with the patient, who wants to go on. Observed for longer afterwards."


@dataclass(frozen=True)
class Course:
    """What every session of a course has in common."""

    plan_id: str
    consent_id: str
    technique: Technique


class SessionSteps(Steps):
    """Steps, and sessions."""

    def answers(self, technique: str) -> dict[str, str]:
        """Return the answers of the day: whoever is unwell comes on another day."""
        return dict.fromkeys(self.clinic.questions[technique], Answer.NO.value)

    def is_contraindicated(self, technique: str, at: datetime) -> bool:
        """Say whether something absolute speaks against a technique."""
        found = evaluate(self.clinic.rules[technique], self.facts, at, technique=technique)
        return bool(found.blocking)

    def session(
        self,
        number: int,
        slot: Slot,
        appointment_id: str,
        course: Course,
        *,
        signed: bool = True,
    ) -> str:
        """Record a session, and sign it unless it is to stay a draft."""
        session_id = self._begin(number, slot, appointment_id, course)
        prepare = self._prp if course.technique == Technique.PRP else self._micrograft
        prepare(session_id, slot.starts_at, number)
        self._infiltrate(session_id, slot.starts_at, number)
        lot = self.clinic.lots[course.technique.value]
        self.rows.add(
            LotUse, at=slot.starts_at, in_round=number, session_id=session_id, lot_id=lot.pk
        )
        if signed:
            self._check(number, session_id, slot, course.technique)
            self.rows.sign(number, session_id, slot.ends_at, self.clinician.pk)
            label = course.technique.label
            self.event(
                Kind.SESSION_SIGNED, slot.ends_at, self.clinician, technique=label, number=number
            )
        return session_id

    def _check(self, number: int, session_id: str, slot: Slot, technique: str) -> None:
        """Hold the rules against the history, and keep what they said with the session."""
        found = evaluate(
            self.clinic.rules[technique],
            replace(self.facts, answers=self.answers(technique)),
            slot.starts_at.astimezone(slot.desk.site.zone),
            technique=technique,
            at_session=True,
        )
        given = {
            each.key: Given(_NOT_KNOWN if each.is_open else _GOES_ON, each.verdict.why)
            for each in found.wanting_reason
        }
        kept = [each.as_kept() for each in found.with_reasons(given).findings]
        self.rows.add(
            ContraindicationCheck,
            at=slot.ends_at,
            in_round=number,
            patient_id=self.patient_id,
            case_id=self.case_id,
            technique=technique,
            step=ContraindicationCheck.Step.SESSION,
            about_id=session_id,
            moment_at=slot.starts_at,
            results=json.dumps(kept, ensure_ascii=False),
            checked_at=slot.ends_at,
            checked_by_id=self.clinician.pk,
        )

    def _begin(self, number: int, slot: Slot, appointment_id: str, course: Course) -> str:
        at = slot.starts_at
        return self.rows.add(
            Session,
            at=at,
            in_round=number,
            patient_id=self.patient_id,
            case_id=self.case_id,
            plan_id=course.plan_id,
            appointment_id=appointment_id,
            site_id=slot.desk.site.pk,
            technique=course.technique,
            number=number,
            performed_date=slot.day,
            started_at=at,
            ended_at=slot.ends_at,
            operator_id=self.clinician.pk,
            responsible_doctor_id=self.clinician.pk,
            consent_id=course.consent_id,
            identity_confirmed=True,
            contraindications_checked=True,
            consent_reconfirmed_at=at,
            consent_reconfirmed_by_id=self.clinician.pk,
            identity_confirmed_before_injection=True,
            aftercare_given=True,
            asked_today=self.answers(course.technique),
            observations="Tolerated well.",
        )

    def _infiltrate(self, session_id: str, at: datetime, number: int) -> None:
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

    def _micrograft(self, session_id: str, at: datetime, number: int) -> None:
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

    def _prp(self, session_id: str, at: datetime, number: int) -> None:
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
