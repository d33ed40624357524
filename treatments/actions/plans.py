"""Planning a course, changing it, giving it up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.practice.models import Technique
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.actions.cases import lead_if_nobody_does
from patients.actions.contraindications import keep_check, kept_if_refused
from patients.actions.planning import keep_why_without
from patients.contraindications.evaluation import Given, evaluate_for, reasons_kept
from patients.models import Case, ContraindicationCheck
from patients.pathway import why_stopped
from patients.turns import take_turn
from treatments.actions.refusals import in_words, may
from treatments.models import Plan, Session


@dataclass(frozen=True)
class Course:
    """How one technique is to be given: so many sessions, so many days apart."""

    technique: str
    sessions_planned: int
    interval_days: int
    note: str = ""
    reasons: Mapping[str, Given] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)


# What the schedules in use say; a clinician changes them for each patient.
USUAL_COURSES = {
    Technique.MICROGRAFT: Course(Technique.MICROGRAFT, sessions_planned=3, interval_days=45),
    Technique.PRP: Course(Technique.PRP, sessions_planned=3, interval_days=30),
}


def make_plan(
    *,
    by: User,
    case: Case,
    technique: str,
    sessions_planned: int,
    interval_days: int,
    now: datetime,
    note: str = "",
    reasons: Mapping[str, Given] | None = None,
    without: Mapping[str, str] | None = None,
) -> Plan:
    """Plan a course of one technique; who plans is responsible for a case that nobody leads.

    `reasons` say why it is planned although something speaks against it, `without` although
    warning signs were not asked or no baseline counted (`patients.planning`). Raises
    `ContraindicatedError` where it is contraindicated (that it was refused is kept), and
    `ValidationError` without a reason, when the case is closed or has a plan for the technique,
    and while something that was found stops the AGA pathway (`patients.pathway`).
    """
    may(by, Permission.RECORD_CLINICAL)
    figures = {"sessions_planned": sessions_planned, "interval_days": interval_days}
    with kept_if_refused():
        take_turn(case.patient_id)
        _still_open(case)
        if stopped := why_stopped(case.patient_id):
            raise ValidationError(stopped)
        with in_words():
            plan = Plan.check_and_create(
                case=case,
                technique=technique,
                note=note,
                planned_at=now,
                planned_by=by,
                **figures,
            )
        _check(by, plan, reasons or {}, now)
        _say_why_without(by, plan, without or {}, now)
        _record_plan(by, plan)
        lead_if_nobody_does(by=by, case=case)
    return plan


def _check(by: User, plan: Plan, reasons: Mapping[str, Given], now: datetime) -> None:
    """Refuse a plan that is contraindicated, or lacks a reason; keep what the rules said."""
    patient = plan.case.patient
    evaluation = evaluate_for(patient, plan.technique, timezone.localtime(now))
    keep_check(
        by=by,
        case=plan.case,
        step=ContraindicationCheck.Step.PLAN,
        about_id=plan.pk,
        evaluation=evaluation.with_reasons(reasons),
        now=now,
    )


def _say_why_without(by: User, plan: Plan, without: Mapping[str, str], now: datetime) -> None:
    """Keep why it is planned without what is not known; refuse it without a reason."""
    keep_why_without(
        by=by,
        case=plan.case,
        technique=plan.technique,
        plan_id=plan.pk,
        reasons=without,
        now=now,
    )


def _record_plan(by: User, plan: Plan) -> None:
    audit.record(
        Kind.PLAN_MADE,
        by=by,
        patient_id=plan.case.patient_id,
        subject=plan,
        sessions=plan.sessions_planned,
        technique=plan.get_technique_display(),
        interval_days=plan.interval_days,
    )


def make_plans(*, by: User, case: Case, courses: Iterable[Course], now: datetime) -> list[Plan]:
    """Plan several techniques at once: all of them, or none where one is refused."""
    with kept_if_refused():
        return [make_plan(by=by, case=case, now=now, **vars(course)) for course in courses]


def change_plan(
    *,
    by: User,
    plan: Plan,
    revision: int,
    sessions_planned: int,
    interval_days: int,
    note: str,
    now: datetime,
    reasons: Mapping[str, Given] | None = None,
    without: Mapping[str, str] | None = None,
) -> Plan:
    """Change how many sessions, how far apart; what it was stays in the history.

    More sessions are planned as a course is: nothing may stop the pathway or be contraindicated,
    and what speaks against it, or is not known, wants a reason: in `reasons` and `without`, or
    given when it was planned. Raises
    `ContraindicatedError` (that it was refused is kept), and `ValidationError` when somebody else
    changed the plan since `revision`, when it is cancelled, or when more sessions are signed than
    would be planned.
    """
    may(by, Permission.RECORD_CLINICAL)
    with kept_if_refused():
        take_turn(plan.case.patient_id)
        current = _standing(plan)
        if current.revision != revision:
            raise ValidationError("Somebody else changed this plan meanwhile. Look at it again.")
        _enough_for_signed(current, sessions_planned)
        is_extended = sessions_planned > current.sessions_planned
        if is_extended and (stopped := why_stopped(current.case.patient_id)):
            raise ValidationError(stopped)
        before = f"{current.sessions_planned} sessions, {current.interval_days} days apart"
        current.sessions_planned, current.interval_days = sessions_planned, interval_days
        current.note = note
        current.revision += 1
        with in_words():
            current.check_and_save()
        if is_extended:
            _check(by, current, {**reasons_kept(current.pk), **(reasons or {})}, now)
            _say_why_without(by, current, without or {}, now)
        figures = {"sessions": sessions_planned, "interval": interval_days}
        _record_change(by, current, before=before, **figures)
    return current


def _enough_for_signed(plan: Plan, sessions_planned: int) -> None:
    signed = plan.sessions.filter(signed_at__isnull=False).count()
    if sessions_planned < signed:
        raise ValidationError({"sessions_planned": f"{signed} sessions are signed already."})


@transaction.atomic
def cancel_plan(*, by: User, plan: Plan, now: datetime) -> Plan:
    """Give a plan up. What was done under it stays.

    Raises `ValidationError` when it is cancelled already, or while a draft session is open.
    """
    may(by, Permission.RECORD_CLINICAL)
    current = _standing(plan)
    if Session.objects.drafts().filter(plan=current).exists():
        raise ValidationError("A draft session is open: sign it or discard it first.")
    current.cancelled_at, current.cancelled_by = now, by
    current.revision += 1
    current.check_and_save()
    audit.record(
        Kind.PLAN_CANCELLED,
        by=by,
        patient_id=current.case.patient_id,
        subject=current,
        technique=current.get_technique_display(),
    )
    return current


def _still_open(case: Case) -> None:
    if Case.objects.select_for_update().get(pk=case.pk).closed_at is not None:
        raise ValidationError("This case is closed.")


def _standing(plan: Plan) -> Plan:
    current = Plan.objects.select_for_update(of=("self",)).select_related("case").get(pk=plan.pk)
    if current.cancelled_at is not None:
        raise ValidationError("This plan was cancelled.")
    return current


def _record_change(by: User, plan: Plan, **details: Any) -> None:
    audit.record(
        Kind.PLAN_CHANGED,
        by=by,
        patient_id=plan.case.patient_id,
        subject=plan,
        technique=plan.get_technique_display(),
        **details,
    )
