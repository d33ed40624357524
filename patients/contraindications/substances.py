"""Substances by all the names that patients and labels have for them.

An allergy is written in the patient's words. To find one name of a family is to find the family:
"Methylparaben", "methyl parahydroxybenzoate" and "E218" are one.
"""

import re

SULPHITES = r"\b\w*sul(?:ph|f)it(?:es?|s|os?)?\b | \be[\s-]?22[0-8][a-z]?\b"
PARABENS = r"\b\w*parabens?\b | \w*hydroxybenzo\w* | \be[\s-]?21[4-9]\b"
_FAMILIES = [re.compile(names, re.VERBOSE) for names in (SULPHITES, PARABENS)]


def names_one_of_a_family(word: str, substance: str) -> bool:
    """Say whether both name one family of substances; both in small, plain letters."""
    return any(family.search(word) and family.search(substance) for family in _FAMILIES)
