"""Starting a session: a draft from the plan, filled in as last time."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.booking.models import Appointment
from clinic.practice.models import Site, Technique
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.consent.rules import standing_consents
from patients.contraindications.evaluation import evaluate_for
from patients.models import Case
from patients.pathway import why_stopped
from treatments.actions.refusals import in_words, may
from treatments.completeness import has_gmc_number
from treatments.models import MicrograftPreparation, Plan, PrpPreparation, Session, Spin

_PREPARATIONS: dict[str, tuple[type[MicrograftPreparation] | type[PrpPreparation], list[str]]] = {
    # How it is done is taken over from last time; what came of it never is.
    Technique.MICROGRAFT: (
        MicrograftPreparation,
        ["punch_diameter_mm", "punch_depth_mm", "device"],
    ),
    Technique.PRP: (PrpPreparation, ["anticoagulant", "activator"]),
}


@transaction.atomic
def start_session(
    *,
    by: User,
    case: Case,
    technique: str,
    site: Site,
    now: datetime,
    appointment: Appointment | None = None,
) -> Session:
    """Return the open draft of a technique, or make it from the plan.

    A new draft has the next number, the standing consent if there is one, and the method of the
    last signed session of the technique; never its results, its lots or its confirmations.
    Raises `ValidationError` without a plan, in a closed case, for somebody else's appointment, and
    where the pathway is stopped or the treatment contraindicated: found before, not at the end.
    """
    may(by, Permission.RECORD_CLINICAL)
    case = _locked(case)
    draft = Session.objects.drafts().for_case(case).filter(technique=technique).first()
    if draft is not None:
        return draft
    plan = _plan(case, technique)
    if appointment is not None and appointment.patient_id != case.patient_id:
        raise ValidationError("This appointment is another patient's.")
    _may_be_treated(case, technique, now, site)
    with in_words():
        session = _new_draft(by, plan, site, now, appointment)
    audit.record(
        Kind.SESSION_STARTED,
        by=by,
        patient_id=case.patient_id,
        subject=session,
        technique=session.get_technique_display(),
        number=session.number,
    )
    return session


def _may_be_treated(case: Case, technique: str, now: datetime, site: Site) -> None:
    """Refuse what would not be signed; the words say what a clinician can do about it at once."""
    if stopped := why_stopped(case.patient_id):
        raise ValidationError(f"{stopped}. Review it first: it is on the chart, under AGA pathway.")
    found = evaluate_for(case.patient, technique, now.astimezone(site.zone)).blocking
    if found:
        words = [f"Contraindicated: {each.rule.sentence}. {each.verdict.why}." for each in found]
        raise ValidationError([*words, "If the record is wrong, correct it there first."])


def _locked(case: Case) -> Case:
    """Return the case, held so that two people who start at once get one draft."""
    held = Case.objects.select_for_update(of=("self",)).select_related("patient").get(pk=case.pk)
    if held.closed_at is not None:
        raise ValidationError("This case is closed.")
    return held


def _plan(case: Case, technique: str) -> Plan:
    plan = Plan.objects.standing().filter(case=case, technique=technique).first()
    if plan is None:
        raise ValidationError("There is no plan for this technique. Plan the course first.")
    plan.case = case
    return plan


def next_number(case: Case, technique: str) -> int:
    """Return the number of the next session of a technique in a case."""
    sessions = Session.objects.for_case(case).filter(technique=technique)
    return (sessions.aggregate(last=Max("number"))["last"] or 0) + 1


def _new_draft(
    by: User, plan: Plan, site: Site, now: datetime, appointment: Appointment | None
) -> Session:
    case, technique = plan.case, plan.technique
    last = Session.objects.with_everything().last_signed(case, technique)
    session = Session.check_and_create(
        patient=case.patient,
        case=case,
        plan=plan,
        appointment=appointment,
        site=site,
        technique=technique,
        number=next_number(case, technique),
        performed_date=timezone.localdate(now, site.zone),
        started_at=now.replace(second=0, microsecond=0),
        operator=by,
        responsible_doctor=_doctor(by, technique, last),
        consent=standing_consents(case, technique).first(),
        unfinished=_rows_as_last_time(last),
    )
    _prepare_as_last_time(session, last)
    return session


def _doctor(by: User, technique: str, last: Session | None) -> User | None:
    if technique != Technique.PRP:
        return None
    if has_gmc_number(by):
        return by
    return last.responsible_doctor if last else None


def _prepare_as_last_time(session: Session, last: Session | None) -> None:
    model, method = _PREPARATIONS[session.technique]
    before = last.preparation if last else None
    values: dict[str, Any] = {name: getattr(before, name) for name in method} if before else {}
    model.check_and_create(session=session, **values)
    for spin in last.spins.all() if last else ():
        Spin.check_and_create(
            session=session,
            order=spin.order,
            rpm=spin.rpm,
            rotor_radius_cm=spin.rotor_radius_cm,
            rcf_g=spin.rcf_g,
            minutes=spin.minutes,
        )


def _rows_as_last_time(last: Session | None) -> dict[str, list[dict[str, Any]]]:
    """Return zones without area, volume and points, and lots without number and expiry."""
    if last is None:
        return {}
    zones = [
        {"region": zone.region, "depth_mm": f"{zone.depth_mm.normalize():f}"}
        | ({"needle": zone.needle} if zone.needle else {})
        for zone in last.zones.all()
    ]
    lots = [{"kind": use.lot.kind, "product": use.lot.product} for use in last.lot_uses.all()]
    rows = {"zones": zones, "lots": lots}
    return {name: found for name, found in rows.items() if found}
