"""Which recorded allergies speak against a local anaesthetic.

Allergies are written in the patient's words, so they are searched for words. The list is wide on
purpose: what it finds wrongly costs one sentence of explanation, what it misses may cost a life.
Case and accents make no difference, and substance and reaction are read as one ("Injections",
"collapsed at the dentist"). It holds every agent whose name ends in -caine, is spelt as it sounds
(lidocane, lidokain) or as elsewhere (articaína), of the amides and of the esters (patients say
"Novocaine" of any of them), the brands that do not end so, the words for the whole group, what
patients say of the dentist's injection, and what the solutions hold besides: adrenaline, sulphites
with it, parabens in bottles. An anaesthetic that is not said to be a general one is taken for a
local one. "Amide" and "ester" stand alone only, since sulphonamides and polyester are something
else.

Adrenaline counts as a substance only: in the words about a reaction it is what the patient was
treated with, and carries since.
"""

import re
from dataclasses import dataclass

from patients.contraindications.facts import Facts
from patients.contraindications.substances import PARABENS, SULPHITES
from patients.models import Allergy
from patients.plain import plain

_WORDS = re.compile(
    rf"""
    \b\w*[ck][ae]?ain(es?|as?|s|um)?\b  # lidocaine, Marcain, lidokain, articaina, "caines"
    | \b(?!sugar)\w+[ck]anes?\b      # lidocane, novacane, Lanacane; not sugar cane
    | \bl[iy](d|gn)[aeo][ck]\w*      # lidocan, lignocayne
    | \b(lido|ligno)(s|derm)?\b | \bxylo(proct|nor)?\b
    | \b(septanest | citanest | scandonest | ubistesin | lignospan | naropin | emla | ametop)\b
    | \b(instillagel | bonjela | anbesol | oraqix | pliaglis | rapydan | versatis)\b
    | \b(calgel | dentinox | orajel | octapressin | felypressin)\b
    | \blmx[\s-]?[45]?\b
    | (?<!general\s)\b(lo[ck]al)?an[ae]{{1,3}}s?th?e[st]\w*   # anaesthetic, anesthesia, anasthetic
    | (?<!general\s)\ban\w{{0,4}}s?th?\w{{0,3}}th?ic\w*         # anasethetic, anesthtic
    | (?<!general\s)\bana?es?th?ic\w* | \banaesethic\w* | \bana?eseth?ic\w*
    | \blocals?\b.*\ban[ae]{{1,3}}s?th?e[st]\w*       # local and general anaesthetics
    | \blocals\b | \bla\b(?!\sroche) | \bl\.\s?a\.
    | \bnumbing\b | \bnumb\s(cream|gel|spray|injection|jab)s?\b
    | \b(dent(al|ists?)|gum|tooth|teeth)\b.*\b(injections?|needles?|jabs?|blocks?|local)\b
    | \b(injections?|needles?|jabs?|local)\b.*\b(dent(al|ists?)|gum|tooth|teeth)\b
    | \bepidurals?\b | \b(nerve|spinal)\sblocks?\b
    | \bamides?\b | \besters?\b | \bpaba\b
    | {SULPHITES} | {PARABENS}
    """,
    re.VERBOSE,
)
# As a substance alone: in the words about a reaction these say something else.
_SUBSTANCES = re.compile(r"\b(nor)?(adrenalin|epinephrin)e?\b|^local$")


def names_a_local_anaesthetic(substance: str, reaction: str = "") -> bool:
    """Say whether a recorded allergy speaks against giving a local anaesthetic."""
    what, how = (" ".join(plain(words).split()) for words in (substance, reaction))
    found = _WORDS.search(f"{what} {how}") or _SUBSTANCES.search(what)
    return found is not None


@dataclass(frozen=True)
class KnownAllergies:
    """What is recorded about a patient's allergies, as far as an anaesthetic goes."""

    to_anaesthetics: tuple[str, ...]
    are_recorded: bool

    @property
    def line(self) -> str:
        """The allergies that speak against an anaesthetic, in words; empty when there is none."""
        return f"Allergic to {', '.join(self.to_anaesthetics)}" if self.to_anaesthetics else ""


def known_allergies(facts: Facts) -> KnownAllergies:
    """Return what a record says; withdrawn entries do not count."""
    return KnownAllergies(
        to_anaesthetics=tuple(str(row) for row in facts.allergies if _speaks_against(row)),
        are_recorded=bool(facts.allergies) or facts.no_allergies is not None,
    )


def _speaks_against(allergy: Allergy) -> bool:
    return names_a_local_anaesthetic(allergy.substance, allergy.reaction)
