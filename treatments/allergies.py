"""Which recorded allergies speak against a local anaesthetic.

Allergies are written in the patient's words, so they are searched for words. The list is wide on
purpose: what it finds wrongly costs one sentence of explanation, what it misses may cost a life.
It holds every agent whose name ends in -caine, of the amides and of the esters (patients say
"Novocaine" of any of them), the brands that do not end so, the words for the whole group, and the
additives of the solutions: metabisulphite with adrenaline, parabens in bottles. An anaesthetic
that is not said to be a general one is taken for a local one. "Amide" stands alone only, since
sulphonamides are something else.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from patients.banner import standing_statement
from patients.models import Allergy, Patient

_WORDS = re.compile(
    r"""
    \b\w{2,}cain(e|es|s)?\b         # lidocaine, lignocaine, Xylocaine, Marcain, Septocaine
    | \b(septanest | citanest | scandonest | lignospan | naropin | emla | instillagel)\b
    | (?<!general\s)\b(ana?esthetics?)\b
    | \bamides?\b
    | \b(meta)?bisul(ph|f)ites?\b | \bsul(ph|f)ites?\b
    | \b\w*parabens?\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def names_a_local_anaesthetic(words: str) -> bool:
    """Say whether a recorded allergy speaks against giving a local anaesthetic."""
    return _WORDS.search(" ".join(words.split())) is not None


@dataclass(frozen=True)
class KnownAllergies:
    """What is recorded about a patient's allergies, as far as an anaesthetic goes."""

    to_anaesthetics: tuple[str, ...]
    are_recorded: bool

    @property
    def line(self) -> str:
        """The allergies that speak against an anaesthetic, in words; empty when there is none."""
        return f"Allergic to {', '.join(self.to_anaesthetics)}" if self.to_anaesthetics else ""


def known_allergies(patient_id: UUID) -> KnownAllergies:
    """Return what is recorded now; withdrawn entries do not count."""
    recorded = [str(allergy) for allergy in _standing(patient_id)]
    return KnownAllergies(
        to_anaesthetics=tuple(words for words in recorded if names_a_local_anaesthetic(words)),
        are_recorded=bool(recorded) or standing_statement(Patient(pk=patient_id)) is not None,
    )


def is_allergic_to_anaesthetics(patient_id: UUID) -> bool:
    """Say whether a recorded allergy speaks against a local anaesthetic."""
    return any(names_a_local_anaesthetic(str(allergy)) for allergy in _standing(patient_id))


def _standing(patient_id: UUID) -> list[Allergy]:
    return list(Allergy.objects.filter(patient=patient_id, withdrawn_at__isnull=True))
