"""The scales of hair loss and their grades, each with a plain description of what is bald.

Sources, and what could not be verified, stand in docs/assessment.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import models


class Scale(models.TextChoices):
    """A published way to grade hair loss."""

    NORWOOD = "norwood", "Norwood-Hamilton"
    LUDWIG = "ludwig", "Ludwig"
    SINCLAIR = "sinclair", "Sinclair"
    SAVIN = "savin", "Savin"
    BASP = "basp", "BASP"
    SALT = "salt", "SALT"


LISTED: dict[str, dict[str, str]] = {
    Scale.NORWOOD: {
        "I": "No recession: the hairline is where it was in youth.",
        "II": "Small triangles bare at both temples.",
        "IIa": "The whole front edge a little back, the middle with it.",
        "III": "Deep bare triangles at both temples; the middle of the hairline stands.",
        "IIIa": "The whole front edge well back, in one curve across.",
        "III-vertex": "Temples back as in III or less, and a bare spot on the vertex.",
        "IV": "Deep temples and a bare vertex, with a firm band of hair between them.",
        "IVa": "Bare from the front to the mid-scalp in one curve; the vertex has hair.",
        "V": "Front and vertex bare and larger; only a narrow, thin band between them.",
        "Va": "Bare from the front almost to the vertex in one curve.",
        "VI": "The band is gone: front and vertex are one bare area; the sides stand high.",
        "VII": "Only a narrow horseshoe of hair, low at the sides and the back.",
    },
    Scale.LUDWIG: {
        "I": "Thinning on the crown along the parting; the front edge keeps its hair.",
        "II": "The crown is clearly thin and the scalp shows; the front edge keeps its hair.",
        "III": "The crown is bare; a fringe stands along the front edge.",
    },
    Scale.SINCLAIR: {
        "1": "A narrow parting: no thinning.",
        "2": "The parting is wider.",
        "3": "The parting is wider still, and the hair at both sides of it is thin.",
        "4": "A wide parting with thin hair around it and a bare patch at its front end.",
        "5": "Advanced: most of the crown is bare.",
    },
    Scale.SAVIN: {
        "I-1": "A narrow parting: no thinning.",
        "I-2": "The parting is slightly wider.",
        "I-3": "The parting is clearly wider.",
        "I-4": "The parting is wide along its whole length.",
        "II-1": "The top is thin at both sides of a wide parting.",
        "II-2": "The top is thin over a larger area, and the scalp shows through.",
        "III": "The scalp shows through over the whole top.",
        "Advanced": "Almost no hair is left on the top.",
        "Frontal": "Thinning that is widest at the front edge and narrows backwards.",
    },
}

BASIC: dict[str, str] = {
    "L": "No recession: a straight front edge.",
    "M0": "M shape, hairline as in youth.",
    "M1": "Temples back, less than a third of the way to the crown line.",
    "M2": "Temples back between one and two thirds of the way.",
    "M3": "Temples back beyond two thirds of the way.",
    "C0": "C shape, hairline as in youth.",
    "C1": "The middle back, less than a third of the way to the crown line.",
    "C2": "The middle back between one and two thirds of the way.",
    "C3": "The middle back beyond two thirds of the way.",
    "U1": "Horseshoe: bare to the vertex.",
    "U2": "Horseshoe: bare past the vertex.",
    "U3": "Horseshoe: only a low rim of hair is left.",
}
FRONTAL: dict[str, str] = {
    "F0": "No thinning behind the front edge.",
    "F1": "Perceptible thinning on the top.",
    "F2": "Definite thinning on the top.",
    "F3": "The top is very thin or bare.",
}
VERTEX: dict[str, str] = {
    "V0": "No thinning on the vertex.",
    "V1": "Perceptible thinning on the vertex.",
    "V2": "Definite thinning on the vertex.",
    "V3": "The vertex is very thin or bare.",
}

BASP_PATTERN = "^(L|M[0-3]|C[0-3]|U[1-3])(F[0-3])?(V[0-3])?$"

SALT_WEIGHTS: dict[str, int] = {"vertex": 40, "back": 24, "left": 18, "right": 18}
"""What each area is of the whole scalp, in percent."""


def salt_percent(lost_percent: Mapping[str, int]) -> Decimal:
    """Return the SALT score, 0 to 100: the percentage of scalp hair that is lost.

    `lost_percent` holds how much is lost of each area of `SALT_WEIGHTS`, in percent of that area
    (Olsen 2004). Raises `ValueError` for an area that is missing, or a share outside of 0 to 100.
    """
    if lost_percent.keys() != SALT_WEIGHTS.keys():
        raise ValueError("SALT needs the vertex, the back and both sides.")
    if not all(0 <= share <= 100 for share in lost_percent.values()):
        raise ValueError("A share lost lies between 0 and 100 %.")
    weighted = sum(SALT_WEIGHTS[area] * share for area, share in lost_percent.items())
    return Decimal(weighted) / 100


def salt_group(score_percent: Decimal) -> str:
    """Return the group of a SALT score: S0 no loss, S1 below 25, … S4 75 to 99, S5 all lost."""
    if score_percent == 0:
        return "S0"
    if score_percent >= 100:
        return "S5"
    return f"S{int(score_percent // 25) + 1}"


@dataclass(frozen=True)
class BaspType:
    """A BASP type: the basic type of the front edge, and how thin the top and the vertex are."""

    basic: str
    frontal: str = ""
    vertex: str = ""

    @classmethod
    def of(cls, grade: str) -> "BaspType | None":
        """Return the parts of a written type such as M2F1V2, or None where it is none."""
        found = re.match(BASP_PATTERN, grade)
        return cls(*(part or "" for part in found.groups())) if found else None

    def __str__(self) -> str:
        return f"{self.basic}{self.frontal}{self.vertex}"


def described(scale: str, grade: str) -> str:
    """Return in plain words what is bald at a grade, or "" where nothing is known of it."""
    if scale == Scale.BASP:
        parts = BaspType.of(grade)
        if parts is None:
            return ""
        words = (BASIC[parts.basic], FRONTAL.get(parts.frontal), VERTEX.get(parts.vertex))
        return " ".join(filter(None, words))
    return LISTED.get(scale, {}).get(grade, "")
