"""Of which kind a medicine is, by its name."""

import re

from patients.models import Medicine
from patients.plain import plain

_G = Medicine.Group

# British generic and brand names (BNF). A name that is not here has its kind chosen by hand: an
# anticoagulant filed under "Other" would be missing from the banner.
_NAMES: dict[str, tuple[str, ...]] = {
    _G.FINASTERIDE: ("finasteride", "propecia", "proscar"),
    _G.DUTASTERIDE: ("dutasteride", "avodart"),
    _G.SPIRONOLACTONE: ("spironolactone", "aldactone"),
    _G.ANTICOAGULANT: (
        *("warfarin", "apixaban", "rivaroxaban", "edoxaban", "dabigatran", "heparin"),
        *("eliquis", "xarelto", "lixiana", "pradaxa", "enoxaparin", "clexane", "dalteparin"),
        *("tinzaparin", "fondaparinux", "acenocoumarol", "phenindione"),
    ),
    _G.ANTIPLATELET: (
        *("aspirin", "clopidogrel", "plavix", "ticagrelor", "brilique", "prasugrel"),
        *("dipyridamole",),
    ),
    _G.NSAID: (
        *("ibuprofen", "nurofen", "naproxen", "diclofenac", "voltarol", "celecoxib", "etoricoxib"),
        *("indometacin", "meloxicam", "mefenamic", "ketoprofen"),
    ),
    _G.ISOTRETINOIN: ("isotretinoin", "roaccutane"),
    _G.STEROID: (
        *("prednisolone", "prednisone", "dexamethasone", "hydrocortisone", "betamethasone"),
        *("methylprednisolone",),
    ),
}
_MINOXIDIL = ("minoxidil", "regaine")


def group_of(name: str, route: str) -> str:
    """Return the kind of a medicine, or "" where the name alone does not settle it.

    Minoxidil is of one kind by mouth and of another on the scalp; two names are none.
    """
    found = groups_named(name)
    if _words(name) & set(_MINOXIDIL):
        found.add(_minoxidil(route))
    return found.pop() if len(found) == 1 else ""


def groups_named(name: str) -> set[str]:
    """Return every kind that a name of the list stands for, but for minoxidil."""
    words = _words(name)
    return {group for group, names in _NAMES.items() if words & set(names)}


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+", plain(name)))


def _minoxidil(route: str) -> str:
    if route == Medicine.Route.MOUTH:
        return _G.MINOXIDIL_ORAL
    return _G.MINOXIDIL_TOPICAL if route == Medicine.Route.SCALP else ""
