"""A session in words: what the signed page, the chart and the PDF summary show of it.

Give it sessions from `Session.objects.with_everything()`: then it asks the database nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from clinic.base.templatetags.anagen import clock, day, measure, moment, or_not_known
from clinic.practice.models import Technique
from patients.contraindications.kinds import Question
from patients.models import Answer
from treatments import parts
from treatments.amounts import infiltration, lidocaine_total, platelets
from treatments.models import Anaesthetic, MicrograftPreparation, PrpPreparation, Session, Spin


@dataclass(frozen=True)
class Fact:
    """One line: what it is, what it was, and where the figure comes from if it was worked out."""

    label: str
    value: str
    explanation: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of one kind. Columns named in `numbers` (by place) stand right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Part:
    """One part of the session, in the order of the work."""

    key: str
    title: str
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...] = ()


def describe(session: Session) -> list[Part]:
    """Return everything recorded in a session, in words and with units.

    What was not recorded reads "Not known"; what was worked out says from what.
    """
    return [
        _part(session, parts.TIME_OUT, _time_out(session)),
        _part(session, parts.ANAESTHESIA, _anaesthesia(session), _anaesthetic_table(session)),
        _part(session, parts.HARVEST, _harvest(session)),
        _part(
            *(session, parts.PROCESSING, _processing(session)),
            *(_lot_table(session), _spin_table(session)),
        ),
        _part(session, parts.INFILTRATION, _infiltration(session), _zone_table(session)),
        _part(session, parts.AFTER, _after(session)),
    ]


def _part(session: Session, key: str, facts: list[Fact], *tables: Table | None) -> Part:
    title = parts.title(key, session.technique)
    return Part(key, title, tuple(facts), tuple(table for table in tables if table is not None))


def _asked_today(session: Session) -> list[Fact]:
    return [
        Fact(question.label, str(Answer(session.asked_today[question]).label))
        for question in Question
        if question in session.asked_today
    ]


def _yes(done: bool) -> str:
    return "Yes" if done else "No"


def _words(value: object) -> str:
    return str(or_not_known(value))


def _time_out(session: Session) -> list[Fact]:
    started = session.started_at and session.started_at.astimezone(session.site.zone)
    return [
        Fact("Date", day(session.performed_date)),
        Fact("Started", clock(started) if started else _words(None)),
        Fact("Site", str(session.site)),
        Fact("Operator", str(session.operator)),
        *_doctor(session),
        Fact("Consent", _consent(session)),
        Fact("Consent reconfirmed with the patient", _reconfirmed(session)),
        Fact("The patient said their name and date of birth", _yes(session.identity_confirmed)),
        Fact(
            "Contraindications and allergies asked again", _yes(session.contraindications_checked)
        ),
        *_asked_today(session),
    ]


def _doctor(session: Session) -> list[Fact]:
    doctor = session.responsible_doctor
    if session.technique != Technique.PRP:
        return []
    number = f", GMC {doctor.registration_number}" if doctor else ""
    return [Fact("Responsible doctor", f"{_words(doctor)}{number}")]


def _reconfirmed(session: Session) -> str:
    at = session.consent_reconfirmed_at
    if at is None:
        # Sessions were signed without it before it was asked.
        return "Not known" if session.is_signed else "No"
    return f"{moment(at.astimezone(session.site.zone))} by {session.consent_reconfirmed_by}"


def _consent(session: Session) -> str:
    consent = session.consent
    if consent is None or consent.signed_at is None:
        return "None"
    return f"{consent.template}, signed {moment(consent.signed_at)}"


def _anaesthesia(session: Session) -> list[Fact]:
    total = lidocaine_total(session.anaesthetics.all(), session.weight_kg)
    why = session.allergy_reason
    reason = [Fact("Why an anaesthetic despite an allergy", why)] if why else []
    if total is None:
        return [Fact("Local anaesthetic", "None given"), *reason]
    of = f" of {measure(total.maximum_mg, 'mg')}" if total.maximum_mg else ""
    rule = "Plain: 3 mg/kg, at most 200 mg. With adrenaline: 7 mg/kg, at most 500 mg."
    facts = [
        Fact("Weight", measure(session.weight_kg, "kg")),
        Fact("Lidocaine in all", measure(total.dose_mg, "mg"), "1 % is 10 mg/mL"),
        Fact("Share of the maximum", f"{measure(total.share_percent, '%')}{of}", rule),
    ]
    if total.mg_per_kg is not None:
        facts.insert(2, Fact("For each kilogram", _rounded(total.mg_per_kg, 2, "mg/kg")))
    return [*facts, *reason]


def _anaesthetic_table(session: Session) -> Table | None:
    def cells(row: Anaesthetic) -> tuple[str, ...]:
        return (
            row.get_agent_display(),
            measure(row.strength_percent, "%"),
            measure(row.volume_ml, "mL"),
            "With adrenaline" if row.with_adrenaline else "Plain",
            measure(row.dose_mg, "mg"),
        )

    rows = tuple(cells(row) for row in session.anaesthetics.all())
    columns = ("Agent", "Strength", "Volume", "Adrenaline", "Dose")
    return Table(columns, rows, frozenset({1, 2, 4})) if rows else None


def _harvest(session: Session) -> list[Fact]:
    preparation = session.preparation
    if isinstance(preparation, MicrograftPreparation):
        return _punches(session, preparation)
    if isinstance(preparation, PrpPreparation):
        drawn = preparation.drawn_at and preparation.drawn_at.astimezone(session.site.zone)
        return [
            Fact("Blood drawn", measure(preparation.blood_ml, "mL")),
            Fact("Drawn at", clock(drawn) if drawn else _words(None)),
            Fact("Anticoagulant", _words(preparation.get_anticoagulant_display())),
        ]
    return []


def _punches(session: Session, preparation: MicrograftPreparation) -> list[Fact]:
    harvested = preparation.harvested_at and preparation.harvested_at.astimezone(session.site.zone)
    return [
        Fact("Donor site", _words(preparation.get_donor_site_display())),
        Fact("Punches", _words(preparation.punches)),
        Fact("Punch diameter", measure(preparation.punch_diameter_mm, "mm")),
        Fact("Punch depth", measure(preparation.punch_depth_mm, "mm")),
        Fact("Closure", _words(preparation.get_closure_display())),
        Fact("Harvested at", clock(harvested) if harvested else _words(None)),
    ]


def _processing(session: Session) -> list[Fact]:
    preparation = session.preparation
    if isinstance(preparation, MicrograftPreparation):
        return [
            Fact("Saline", measure(preparation.saline_ml, "mL")),
            Fact("Device", _words(preparation.device)),
            Fact("Processing time", measure(preparation.processing_minutes, "min")),
            Fact("Suspension obtained", measure(preparation.suspension_ml, "mL")),
        ]
    if isinstance(preparation, PrpPreparation):
        return [
            Fact("PRP obtained", measure(preparation.prp_ml, "mL")),
            Fact("Activation", _words(preparation.get_activator_display())),
            Fact("Platelets in blood", measure(preparation.blood_platelets, "×10⁹/L")),
            Fact("Platelets in PRP", measure(preparation.prp_platelets, "×10⁹/L")),
            *_platelets(session),
        ]
    return []


def _platelets(session: Session) -> list[Fact]:
    found = platelets(session)
    if found is None:
        return []
    facts: list[tuple[str, Decimal | None, Callable[[Decimal], str], str]] = [
        (
            *("Concentration", found.fold, lambda fold: f"{_rounded(fold, 1)} times that of blood"),
            "PRP count ÷ blood count",
        ),
        (
            *("Platelets injected", found.dose_e9, lambda dose: _rounded(dose, 2, "×10⁹")),
            "PRP count × mL injected",
        ),
        (
            *("Recovery", found.recovery_percent, lambda part: _rounded(part, 0, "%")),
            "PRP count × PRP mL ÷ (blood count × blood mL)",
        ),
    ]
    return [
        Fact(label, say(figure), source)
        for label, figure, say, source in facts
        if figure is not None
    ]


def _lot_table(session: Session) -> Table | None:
    rows = tuple(
        (use.lot.get_kind_display(), use.lot.product, use.lot.lot_number, day(use.lot.expiry_date))
        for use in session.lot_uses.all()
    )
    return Table(("What", "Product", "Lot", "Expires"), rows) if rows else None


def _spin_table(session: Session) -> Table | None:
    rows = tuple(
        (str(spin.order), force_in_words(spin), measure(spin.minutes, "min"))
        for spin in session.spins.all()
    )
    return Table(("Spin", "Force", "Time"), rows, frozenset({2})) if rows else None


def force_in_words(spin: Spin) -> str:
    """Return the force, with the speed and radius from which it was worked out."""
    force = measure(spin.rcf_g, "g")
    if spin.rpm is None:
        return force
    return f"{force} ({measure(spin.rpm, 'rpm')} at {measure(spin.rotor_radius_cm, 'cm')})"


def _infiltration(session: Session) -> list[Fact]:
    total = infiltration(session)
    confirmed = session.identity_confirmed_before_injection
    facts = [
        Fact("Name and date of birth confirmed again before injection", _yes(confirmed)),
        Fact(
            "Infiltrated in all",
            f"{measure(total.volume_ml, 'mL')} of {measure(total.prepared_ml, 'mL')} prepared",
        ),
    ]
    if total.ml_per_cm2 is not None:
        remark = ": outside the usual 0.05–0.1" if total.is_unusual else ""
        words = f"Volume ÷ area of all zones{remark}"
        facts.append(Fact("For each cm²", measure(total.ml_per_cm2, "mL/cm²"), words))
    if session.volume_reason:
        facts.append(Fact("Why more than was prepared", session.volume_reason))
    return facts


def _zone_table(session: Session) -> Table | None:
    rows = tuple(
        (
            zone.get_region_display(),
            measure(zone.area_cm2, "cm²"),
            measure(zone.volume_ml, "mL"),
            str(zone.points),
            measure(zone.depth_mm, "mm"),
            _words(zone.needle),
            _words(zone.syringes),
        )
        for zone in session.zones.all()
    )
    columns = ("Region", "Area", "Volume", "Points", "Depth", "Needle or device", "Syringes")
    return Table(columns, rows, frozenset({1, 2, 3, 4, 6})) if rows else None


def _after(session: Session) -> list[Fact]:
    ended = session.ended_at and session.ended_at.astimezone(session.site.zone)
    return [
        Fact("Observations", session.observations or "None written"),
        Fact("Aftercare explained and given in writing", _yes(session.aftercare_given)),
        Fact("Ended", clock(ended) if ended else _words(None)),
    ]


def _rounded(figure: Decimal, places: int, unit: str = "") -> str:
    return measure(round(figure, places), unit)
