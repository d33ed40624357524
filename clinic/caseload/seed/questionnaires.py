"""What a few patients of the fictional clinic answered before their visit, in every state."""

from datetime import datetime, timedelta
from typing import Any

from clinic.booking.models import Appointment
from clinic.caseload.seed.clinic import Clinic
from clinic.caseload.seed.letters import delivered
from clinic.messaging.models import Message
from clinic.practice.models import Service
from clinic.questionnaires.actions import answering, deciding, sending
from clinic.questionnaires.models import Questionnaire
from clinic.staff.models import User
from patients.models import Patient

_NO = {"answer": "no"}
_HAIR: dict[str, dict[str, Any]] = {
    "hair": {
        "since": "2021",
        "course": "gradual",
        "shedding": "mild",
        "triggers": ["stress", "diet"],
    },
    "where": {"places": ["temples", "crown"]},
}
_FAMILY: dict[str, dict[str, Any]] = {
    "relative.father": {"answer": "yes", "pattern": "male", "onset_age_years": "35"},
    "relative.mother": _NO,
    "relative.mothers_side": {"answer": "not_known"},
}
_HEALTH: dict[str, dict[str, Any]] = {
    "condition.bleeding_disorder": _NO,
    "condition.platelet_disorder": {"answer": "not_known"},
    "condition.anaemia": {"answer": "yes", "since": "2022", "note": "Iron tablets last winter"},
    "condition.scalp_disease": {"answer": "yes", "note": "It itches in the cold"},
    "condition.fainting": {"answer": "yes", "note": "Once, when I gave blood"},
    "condition.diabetes": _NO,
    "condition.depression": _NO,
    "condition.suicidal": _NO,
}
_LISTS: dict[str, dict[str, Any]] = {
    "medicines": {"answer": "yes"},
    "medicine.1": {
        "name": "Minoxidil",
        "dose": "Twice a day",
        "route": "scalp",
        "started": "March 2024",
    },
    "medicine.2": {"name": "Vitamin B", "dose": "One a day"},
    "allergies": {"answer": "yes"},
    "allergy.1": {"substance": "Latex", "reaction": "A rash", "severity": "mild"},
    "treatments": _NO,
}
_REST: dict[str, dict[str, Any]] = {
    "goals": {"text": "I would like to stop it getting worse."},
    "other": {"text": "Needles make me nervous. I would like to lie down."},
}
EVERYTHING = _HAIR | _FAMILY | _HEALTH | _LISTS | _REST


def add_questionnaires(clinic: Clinic, now: datetime) -> None:
    """Send the questions to patients who come soon: sent, half filled in, sent in, gone through."""
    coming = _patients_to_ask(now)
    for patient, state in zip(coming, (_sent_in, _half, _sent, _gone_through), strict=False):
        site = patient.registrations.select_related("site").order_by("created_at")[0].site
        asked_at = now if state is _sent else now - timedelta(days=3)
        questionnaire = sending.send_questionnaire(
            by=clinic.reception, patient=patient, site=site, now=asked_at
        )
        state(questionnaire, now)


def _patients_to_ask(now: datetime) -> list[Patient]:
    """Return those who come to a consultation and can be written to, the first one first."""
    visits = Appointment.objects.live().filter(
        service__purpose=Service.Purpose.CONSULTATION, ends_at__gte=now - timedelta(hours=12)
    )
    patients = dict.fromkeys(
        each.patient for each in visits.select_related("patient").order_by("starts_at")
    )
    return [each for each in patients if not sending.obstacle_to_sending(each)]


def _sent(questionnaire: Questionnaire, now: datetime) -> None:
    """Leave it as it was sent: a moment ago, so that its letter still waits for the worker."""


def _half(questionnaire: Questionnaire, now: datetime) -> None:
    _answer(questionnaire, _HAIR | _FAMILY, now - timedelta(days=1))


def _sent_in(questionnaire: Questionnaire, now: datetime) -> None:
    _answer(questionnaire, EVERYTHING, now - timedelta(days=2))
    answering.send_in(questionnaire=questionnaire, now=now - timedelta(days=2))


def _gone_through(questionnaire: Questionnaire, now: datetime) -> None:
    _sent_in(questionnaire, now)
    questionnaire.refresh_from_db()
    by = _clinician_of(questionnaire.patient)
    for answer in deciding.undecided(questionnaire):
        if answer.item == "medicine.2":
            deciding.leave_out(
                by=by, answer=answer, note="Stopped last week, on the phone", now=now
            )
        else:
            bridge = deciding.bridge_now(answer, now)
            deciding.accept(by=by, answer=answer, seen=bridge.seen, now=now)


def _clinician_of(patient: Patient) -> User:
    case = patient.cases.open().select_related("clinician").get()
    if case.clinician is None:
        raise ValueError("Every invented patient with a case has a clinician.")
    return case.clinician


def _answer(questionnaire: Questionnaire, told: dict[str, dict[str, Any]], now: datetime) -> None:
    delivered(questionnaire.patient, Message.Purpose.QUESTIONNAIRE)
    answering.open_questions(questionnaire=questionnaire, now=now - timedelta(minutes=9))
    for item, value in told.items():
        answering.save_answers(
            questionnaire=questionnaire, told={item: value}, about="before the visit", now=now
        )
