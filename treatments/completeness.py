"""What a draft still lacks before it can be signed. Nothing here writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from clinic.base.templatetags.anagen import day, measure, moment
from clinic.practice.models import Technique
from clinic.staff.models import User
from patients.contraindications.evaluation import Evaluation
from patients.models import Consent
from patients.pathway import why_stopped
from treatments import parts
from treatments.allergies import KnownAllergies
from treatments.amounts import infiltration, lidocaine_total
from treatments.consents import why_none
from treatments.contraindications import Known, evaluation_of, known_of, unanswered
from treatments.models import Lot, Session
from treatments.times import (
    STILL_TO_COME,
    case_opened_date,
    disorder,
    is_to_come,
    latest_consent_time,
    taken_at,
)

GMC_DIGITS = 7

PATHWAY = "pathway-state"

LOT_KINDS = {Technique.MICROGRAFT: Lot.Kind.DEVICE, Technique.PRP: Lot.Kind.TUBE}

_CONFIRMATIONS = (
    (parts.TIME_OUT, "identity_confirmed", "The patient has not said their name and date of birth"),
    (
        *(parts.TIME_OUT, "contraindications_checked"),
        "Contraindications and allergies were not asked again",
    ),
    (
        *(parts.TIME_OUT, "consent_reconfirmed"),
        "The consent was not reconfirmed with the patient at this session",
    ),
    (
        *(parts.INFILTRATION, "identity_confirmed_before_injection"),
        "Name and date of birth were not confirmed again before injection",
    ),
    (parts.AFTER, "aftercare_given", "Aftercare was not explained and given in writing"),
)

_MICROGRAFT_FIELDS = (
    (parts.HARVEST, "donor_site", "Donor site"),
    (parts.HARVEST, "punches", "Number of punches"),
    (parts.HARVEST, "closure", "Closure of the donor site"),
    (parts.PROCESSING, "saline_ml", "Saline"),
    (parts.PROCESSING, "device", "Processing device"),
    (parts.PROCESSING, "processing_minutes", "Processing time"),
    (parts.PROCESSING, "suspension_ml", "Suspension obtained"),
)
_PRP_FIELDS = (
    (parts.HARVEST, "blood_ml", "Blood drawn"),
    (parts.HARVEST, "anticoagulant", "Anticoagulant"),
    (parts.PROCESSING, "prp_ml", "PRP obtained"),
    (parts.PROCESSING, "activator", "Activation"),
)

# Choices beside each other: the first of them is what a link leads to.
_CHOSEN_ACROSS = ("closure", "anticoagulant")

# Part, prefix of the rows on the page, what one row is called, and what a whole row needs.
_ROWS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    (
        *(parts.ANAESTHESIA, "anaesthetics", "Anaesthetic"),
        {"agent": "agent", "strength_percent": "strength", "volume_ml": "volume"},
    ),
    (
        *(parts.PROCESSING, "lots", "Lot"),
        {"product": "product", "lot_number": "lot number", "expiry_date": "expiry"},
    ),
    (
        parts.PROCESSING,
        "spins",
        "Spin",
        {"rcf_g": "force in g, or speed with radius", "minutes": "minutes"},
    ),
    (
        *(parts.INFILTRATION, "zones", "Zone"),
        {
            "region": "region",
            "area_cm2": "area",
            "volume_ml": "volume",
            "points": "points",
            "depth_mm": "depth",
        },
    ),
)
ROW_NEEDS = {prefix: needs for _, prefix, _, needs in _ROWS}


@dataclass(frozen=True)
class Gap:
    """One thing that is missing or doubtful. `anchor` is the id of the field on the page."""

    part: str
    text: str
    anchor: str
    blocks: bool = True


def gaps(
    session: Session,
    consent: Consent | None,
    now: datetime,
    known: Known | None = None,
    evaluation: Evaluation | None = None,
) -> list[Gap]:
    """Return what stands against signing, in the order of the page.

    `consent` is the one that the session would be signed with (`consents.consent_of`);
    the record (`contraindications.known_of`), and what the contraindications say of it
    (`evaluation_of`), are asked for unless the caller has just done so.
    """
    known = known or known_of(session)
    evaluation = evaluation or evaluation_of(session, now, known)
    allergies = known.allergies
    found = [
        *_pathway_gaps(session),
        *_consent_gaps(session, consent),
        *_confirmation_gaps(session),
        *_contraindication_gaps(session, evaluation),
        *_allergy_gaps(session, allergies),
        *_anaesthetic_gaps(session),
        *_preparation_gaps(session),
        *_lot_gaps(session),
        *_row_gaps(session),
        *_infiltration_gaps(session),
        *_date_gaps(session, now),
        *_time_gaps(session, now),
    ]
    return sorted(found, key=lambda gap: parts.ORDER.index(gap.part))


def blocking(found: list[Gap]) -> list[Gap]:
    """Return those that prevent signing."""
    return [gap for gap in found if gap.blocks]


def has_gmc_number(doctor: User | None) -> bool:
    """Say whether a person is registered with the GMC: seven digits."""
    if doctor is None or doctor.registration_body != User.Body.GMC:
        return False
    number = doctor.registration_number
    return len(number) == GMC_DIGITS and number.isascii() and number.isdigit()


def _pathway_gaps(session: Session) -> Iterator[Gap]:
    if session.is_pathway_stopped:
        words = why_stopped(session.patient_id)
        if words:
            yield Gap(parts.TIME_OUT, words, PATHWAY)


def _consent_gaps(session: Session, consent: Consent | None) -> Iterator[Gap]:
    if consent is None:
        yield Gap(parts.TIME_OUT, why_none(session), "consent-state")
    elif consent.signed_at is not None and consent.signed_at > latest_consent_time(session):
        began = session.started_at
        words = (
            f"The consent was signed on {moment(consent.signed_at)}, after the treatment "
            f"({moment(began) if began else day(session.performed_date)})"
        )
        yield Gap(parts.TIME_OUT, words, "consent-state")


def _confirmation_gaps(session: Session) -> Iterator[Gap]:
    for part, name, words in _CONFIRMATIONS:
        if not getattr(session, name):
            yield Gap(part, words, f"id_{name}")


def _contraindication_gaps(session: Session, evaluation: Evaluation) -> Iterator[Gap]:
    for finding in evaluation.blocking:
        words = f"Contraindicated: {finding.rule.sentence}. {finding.verdict.why}"
        yield Gap(parts.TIME_OUT, words, "contraindications")
    for question in unanswered(session, evaluation):
        yield Gap(parts.TIME_OUT, f"Not asked today: {question.label}", f"id_asked_{question}_0")


def _allergy_gaps(session: Session, allergies: KnownAllergies) -> Iterator[Gap]:
    if not allergies.are_recorded:
        words = "Allergies are not recorded for this patient: ask, and record what is said"
        yield Gap(parts.TIME_OUT, words, "id_contraindications_checked", blocks=False)
    given = {row.get_agent_display().lower(): None for row in session.anaesthetics.all()}
    if not (given and allergies.line):
        return
    agents, has_reason = ", ".join(given), bool(session.allergy_reason.strip())
    asked = "with the reason below" if has_reason else "correct it or give the reason"
    words = f"{allergies.line}, and {agents} is recorded as given: {asked}"
    yield Gap(parts.ANAESTHESIA, words, "id_allergy_reason", blocks=not has_reason)


def _anaesthetic_gaps(session: Session) -> Iterator[Gap]:
    total = lidocaine_total(session.anaesthetics.all(), session.weight_kg)
    if total is None:
        return
    if total.is_over:
        words = (
            f"{measure(total.dose_mg, 'mg')} of lidocaine is over the maximum "
            f"({measure(total.share_percent, '%')} of it)"
        )
        yield Gap(parts.ANAESTHESIA, words, "id_anaesthetics-0-volume_ml")
    if total.weight_kg is None:
        words = "The weight is not recorded, so lidocaine is held only against 200 and 500 mg"
        yield Gap(parts.ANAESTHESIA, words, "id_weight_kg", blocks=False)


def _preparation_gaps(session: Session) -> Iterator[Gap]:
    is_prp = session.technique == Technique.PRP
    preparation = session.preparation
    for part, name, words in _PRP_FIELDS if is_prp else _MICROGRAFT_FIELDS:
        if getattr(preparation, name, None) in (None, ""):
            first = "_0" if name in _CHOSEN_ACROSS else ""
            yield Gap(part, f"{words} is missing", f"id_{name}{first}")
    if not is_prp:
        return
    if not session.spins.all() and not session.unfinished.get("spins"):
        yield Gap(parts.PROCESSING, "No spin is recorded", "id_spins-0-rpm")
    if not has_gmc_number(session.responsible_doctor):
        words = "A responsible doctor with a GMC number is not named"
        yield Gap(parts.TIME_OUT, words, "id_responsible_doctor")


def _lot_gaps(session: Session) -> Iterator[Gap]:
    kind = LOT_KINDS[Technique(session.technique)]
    lots = [use.lot for use in session.lot_uses.all()]
    begun = any(row.get("kind") == kind for row in session.unfinished.get("lots", []))
    if not begun and not any(lot.kind == kind for lot in lots):
        words = f"No lot of a {kind.label.lower()} is recorded"
        yield Gap(parts.PROCESSING, words, "id_lots-0-lot_number")
    for place, lot in enumerate(lots):
        anchor = f"id_lots-{place}-lot_number"
        if lot.expiry_date < session.performed_date:
            words = f"Lot {lot.lot_number} expired on {day(lot.expiry_date)}"
            yield Gap(parts.PROCESSING, words, anchor)
        if lot.recalled_at is not None:
            yield Gap(parts.PROCESSING, f"Lot {lot.lot_number} was recalled", anchor)


def _row_gaps(session: Session) -> Iterator[Gap]:
    stored = {
        "anaesthetics": len(session.anaesthetics.all()),
        "lots": len(session.lot_uses.all()),
        "spins": len(session.spins.all()),
        "zones": len(session.zones.all()),
    }
    for part, prefix, name, needs in _ROWS:
        for place, row in enumerate(session.unfinished.get(prefix, []), stored[prefix]):
            missing = [field for field in needs if field not in row]
            words = ", ".join(needs[field] for field in missing) or "an entry"
            anchor = f"id_{prefix}-{place}-{missing[0] if missing else next(iter(needs))}"
            yield Gap(part, f"{name} {place + 1} is not complete: {words}", anchor)


def _infiltration_gaps(session: Session) -> Iterator[Gap]:
    total = infiltration(session)
    if not total.points and not session.unfinished.get("zones"):
        yield Gap(parts.INFILTRATION, "No zone is recorded", "id_zones-0-region")
    if total.is_over and not session.volume_reason.strip():
        words = (
            f"{measure(total.volume_ml, 'mL')} went in, but {measure(total.prepared_ml, 'mL')} "
            "was prepared: correct it or give the reason"
        )
        yield Gap(parts.INFILTRATION, words, "id_volume_reason")


def _date_gaps(session: Session, now: datetime) -> Iterator[Gap]:
    if session.performed_date > timezone.localdate(now, session.site.zone):
        yield Gap(parts.TIME_OUT, "The session is dated in the future", "id_performed_date")
    opened = case_opened_date(session.case, session.site)
    if session.performed_date < opened:
        words = f"The session is dated before the case was opened on {day(opened)}"
        yield Gap(parts.TIME_OUT, words, "id_performed_date")


def _time_gaps(session: Session, now: datetime) -> Iterator[Gap]:
    if session.started_at is None:
        yield Gap(parts.TIME_OUT, "The start time is missing", "id_started_time")
    if session.ended_at is None:
        yield Gap(parts.AFTER, "The end time is missing", "id_ended_time")
    what, taken = taken_at(session)
    part_of = {"started": parts.TIME_OUT, what: parts.HARVEST, "ended": parts.AFTER}
    times = {"started": session.started_at, what: taken, "ended": session.ended_at}
    wrong = {
        name: f"{name.capitalize()}: {STILL_TO_COME.lower()}".rstrip(".")
        for name, at in times.items()
        if at is not None and is_to_come(at, now)
    }
    wrong |= dict(disorder(what, taken, session.started_at, session.ended_at))
    for name, words in wrong.items():
        yield Gap(part_of[name], words.rstrip("."), f"id_{name}_time")
