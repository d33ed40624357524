"""Whose name is under a consent."""

import re
import unicodedata

from patients.models import Patient
from patients.plain import plain
from patients.reasons import SHORTEST_REASON

ANOTHER_NAME = (
    "This is not the name in the record. Correct it, or write why another name is signed, in"
    f" {SHORTEST_REASON} letters or more: for example “signs with her maiden name”."
)
# To a patient who signs by their own link, where nobody can ask who it is.
NOT_YOUR_NAME = (
    "This is not the name that we have for you. Write your own name; nobody else can sign for you "
    "here. Has your name changed? Please call us."
)

_MENS_TITLES, _WOMENS_TITLES = {"mr"}, {"mrs", "ms", "miss"}
_OTHER_TITLES = {"mx", "dr", "prof"}

_DOTTED = set("äöü")
_SPELT_OUT = re.compile("([aou])e")


def is_own_name(patient: Patient, signed_name: str) -> bool:
    """Say whether a name reads as the patient's own: the family name, and a given one or initial.

    Case, accents, hyphens, apostrophes and spaces within a name make no difference, nor does a
    title, unless it speaks against the one in the record. Any word that is not in the record does:
    it may be that of a relative who signs.
    """
    names = [patient.family_name, patient.given_names, patient.preferred_name, signed_name]
    family, given, preferred, signed = _spelt_alike(names)
    whole_family = "".join(family)
    if "".join(signed) in (whole_family + "".join(given), "".join(given) + whole_family):
        return True
    places = [(i, j) for i in range(len(signed)) for j in range(i + 1, len(signed) + 1)]
    rests = (signed[:i] + signed[j:] for i, j in places if "".join(signed[i:j]) == whole_family)
    return any(_calls([given, preferred], patient, rest) for rest in rests)


def lacks_name_reason(patient: Patient, signed_name: str, reason: str) -> bool:
    """Say whether another name than the patient's is signed without saying why."""
    return len(reason.strip()) < SHORTEST_REASON and not is_own_name(patient, signed_name)


def _calls(called: list[list[str]], patient: Patient, words: list[str]) -> bool:
    """Say whether words are given names or initials of the patient, beside titles at most.

    Beside a whole given name an initial may be of one that the record does not know. Beside a
    title that the record does not know the given name must be whole: Mr A Smith may be the
    husband, and Mr and Mrs Smith are two.
    """
    whole = {word for names in called for word in names}
    whole |= {"".join(names) for names in called}
    initials = {word[0] for word in whole if word} | {"".join(w[0] for w in n) for n in called}
    titles = _titles(patient) & set(words)
    said = [word for word in words if word not in titles]
    if titles & _MENS_TITLES and titles & _WOMENS_TITLES:
        return False
    if whole & set(said):
        said = [word for word in said if len(word) > 1]
    elif titles - set(_words(patient.title)):
        return False
    return bool(said) and ("".join(said) in whole or set(said) <= whole | initials)


def _titles(patient: Patient) -> set[str]:
    """Return the titles that the patient may sign with, whatever the record knows of them."""
    recorded = set(_words(patient.title))
    titles = _MENS_TITLES | _WOMENS_TITLES | _OTHER_TITLES | recorded
    if recorded & _MENS_TITLES:
        titles -= _WOMENS_TITLES
    if recorded & _WOMENS_TITLES:
        titles -= _MENS_TITLES
    return titles


def _spelt_alike(names: list[str]) -> list[list[str]]:
    """Return the words of each name; where one has two dots, Mueller is Müller in all of them."""
    words = [_words(name) for name in names]
    if not _DOTTED & set(unicodedata.normalize("NFC", "".join(names)).casefold()):
        return words
    return [[_SPELT_OUT.sub(r"\1", word) for word in name] for name in words]


def _words(name: str) -> list[str]:
    """Return the words of a name in plain letters."""
    return "".join(c if unicodedata.category(c)[0] in "LM" else " " for c in plain(name)).split()


def is_staff_name(recorded: str, signed_name: str) -> bool:
    """Say whether a member of staff signs with the name in their account, title or not.

    Every word of it that is no title must be there, in any order, and no other word.
    """
    titles = _MENS_TITLES | _WOMENS_TITLES | _OTHER_TITLES
    return set(_words(recorded)) - titles == set(_words(signed_name)) - titles
