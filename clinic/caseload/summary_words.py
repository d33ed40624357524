"""One signed session in plain words, with every number and its unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clinic.base.templatetags.anagen import measure
from clinic.practice.models import Technique
from treatments.amounts import platelets
from treatments.models import (
    Anaesthetic,
    MicrograftPreparation,
    PrpPreparation,
    Session,
    Spin,
    Zone,
)

WHAT_IT_IS = {
    Technique.MICROGRAFT: "Tiny pieces of your own skin, injected where your hair is thin",
    Technique.PRP: "Platelet-rich plasma: part of your own blood, injected where your hair is thin",
}
_DONOR = MicrograftPreparation.DonorSite
_DONOR_WORDS: dict[str, str] = {
    _DONOR.BEHIND_LEFT_EAR: "behind your left ear",
    _DONOR.BEHIND_RIGHT_EAR: "behind your right ear",
    _DONOR.OCCIPITAL: "the back of your head",
}
_CLOSURE_WORDS: dict[str, str] = {
    MicrograftPreparation.Closure.NONE: "The small wounds were left open and dressed.",
    MicrograftPreparation.Closure.SUTURE: "The small wounds were closed with stitches.",
    MicrograftPreparation.Closure.GLUE: "The small wounds were closed with tissue glue.",
}


@dataclass(frozen=True)
class SessionStory:
    """A session as the patient reads it."""

    session: Session
    title: str
    sentences: list[str]
    zones: list[Zone]
    anaesthetics: list[str]
    lots: list[str]


def tell(session: Session) -> SessionStory:
    """Return a session that was loaded by `with_everything` in plain words."""
    preparation = session.preparation
    sentences: list[str] = []
    if isinstance(preparation, MicrograftPreparation):
        sentences = _of_micrograft(preparation)
    elif isinstance(preparation, PrpPreparation):
        sentences = _of_prp(session, preparation)
    zones = list(session.zones.all())
    return SessionStory(
        session=session,
        title=f"{session.get_technique_display()} session {session.number}",
        sentences=[sentence for sentence in [*sentences, _injected(zones)] if sentence],
        zones=zones,
        anaesthetics=[_anaesthetic(row) for row in session.anaesthetics.all()],
        lots=[str(use.lot) for use in session.lot_uses.all()],
    )


def _of_micrograft(made: MicrograftPreparation) -> list[str]:
    return [_harvest(made), _CLOSURE_WORDS.get(made.closure, ""), _processing(made)]


def _harvest(made: MicrograftPreparation) -> str:
    if not made.punches:
        return ""
    samples = "one small sample" if made.punches == 1 else f"{made.punches} small samples"
    across = f"{measure(made.punch_diameter_mm, 'mm')} across"
    deep = f" and {measure(made.punch_depth_mm, 'mm')} deep" if made.punch_depth_mm else ""
    place = _DONOR_WORDS.get(made.donor_site, "")
    each = "" if made.punches == 1 else "each "
    return f"We took {samples} of skin, {each}{across}{deep}{f', from {place}' if place else ''}."


def _processing(made: MicrograftPreparation) -> str:
    parts = []
    if made.saline_ml:
        parts.append(f"mixed them with {measure(made.saline_ml, 'mL')} of salt water (saline)")
    if made.processing_minutes:
        device = f" (device: {made.device})" if made.device else ""
        parts.append(f"processed them for {_minutes(made.processing_minutes)}{device}")
    if not parts:
        return ""
    gave = ""
    if made.suspension_ml:
        gave = f" This gave {measure(made.suspension_ml, 'mL')} of fluid to inject."
    return f"We {' and '.join(parts)}.{gave}"


def _minutes(minutes: Decimal) -> str:
    return "1 minute" if minutes == 1 else f"{measure(minutes)} minutes"


def _of_prp(session: Session, made: PrpPreparation) -> list[str]:
    return [_draw(session.spins.all(), made), _platelets(session, made), _activator(made)]


def _draw(spins: Iterable[Spin], made: PrpPreparation) -> str:
    if not made.blood_ml:
        return ""
    turns = ", then ".join(
        f"{_minutes(spin.minutes)} at {measure(spin.rcf_g, 'g')}" for spin in spins
    )
    spun = f" and spun it in a centrifuge ({turns})" if turns else ""
    gave = f" This gave {measure(made.prp_ml, 'mL')} of plasma (PRP)." if made.prp_ml else ""
    return f"We took {measure(made.blood_ml, 'mL')} of your blood{spun}.{gave}"


def _platelets(session: Session, made: PrpPreparation) -> str:
    figures = platelets(session)
    if figures is None or figures.fold is None:
        return ""
    times = measure(round(figures.fold, 1))
    return (
        f"The plasma held {times} times as many platelets as your blood: "
        f"{measure(made.prp_platelets)} against {measure(made.blood_platelets)} ×10⁹ in each litre."
    )


def _activator(made: PrpPreparation) -> str:
    if not made.activator or made.activator == PrpPreparation.Activator.NONE:
        return ""
    return f"It was activated with {made.get_activator_display().lower()}."


def _injected(zones: list[Zone]) -> str:
    if not zones:
        return ""
    whole = sum(zone.volume_ml for zone in zones)
    places = "one area" if len(zones) == 1 else f"{len(zones)} areas"
    return f"We injected {measure(whole, 'mL')} in all into {places} of your scalp:"


def _anaesthetic(row: Anaesthetic) -> str:
    strength = f"{row.get_agent_display()} {measure(row.strength_percent, '%')}"
    adrenaline = " with adrenaline" if row.with_adrenaline else ""
    dose = measure(row.dose_mg, "mg")
    return f"{strength}{adrenaline}, {measure(row.volume_ml, 'mL')} ({dose})"
