"""What a patient's consents allow now. Nothing here writes."""

import re
import unicodedata
from datetime import date

from django.db.models import QuerySet

from patients.banner import ADULT_AGE_YEARS
from patients.models import Case, Consent, ConsentTemplate, Patient
from patients.plain import plain

SHORTEST_REASON = 10
TOO_EARLY = (
    f"The time to reflect is not over. Write why it is signed now, in {SHORTEST_REASON} letters or"
    " more."
)
ANOTHER_NAME = (
    "This is not the name in the record. Correct it, or write why another name is signed, in"
    f" {SHORTEST_REASON} letters or more: for example “signs with her maiden name”."
)

_MENS_TITLES, _WOMENS_TITLES = {"mr"}, {"mrs", "ms", "miss"}
_OTHER_TITLES = {"mx", "dr", "prof"}

_DOTTED = set("äöü")
_SPELT_OUT = re.compile("([aou])e")


def standing_consents(case: Case, technique: str) -> QuerySet[Consent]:
    """Return the signed, not withdrawn consents to a technique in one case, newest first.

    A consent belongs to its course of care: none stands in a case that is closed, or reaches into
    another one. The newest signature decides.
    """
    return (
        Consent.objects.valid()
        .for_treatment(technique)
        .filter(case=case, case__closed_at__isnull=True)
        .select_related("template", "signed_by")
        .order_by("-signed_at")
    )


def standing_photo_consent(patient: Patient) -> Consent | None:
    """Return the patient's newest signed, not withdrawn consent to photographs, or None.

    It stands until it is withdrawn, whichever case it was signed in.
    """
    return (
        Consent.objects.valid()
        .filter(patient=patient, template__purpose=ConsentTemplate.Purpose.PHOTOGRAPHS)
        .select_related("template", "signed_by")
        .order_by("-signed_at")
        .first()
    )


def may_use_photos(patient: Patient, scope: str) -> bool:
    """Say whether the patient agrees to a use of their photographs (a `PhotoScope`).

    Only the newest standing consent counts: who agreed to less later has agreed to less.
    """
    consent = standing_photo_consent(patient)
    return consent is not None and scope in consent.photo_scopes


def newest_text(template: ConsentTemplate) -> ConsentTemplate | None:
    """Return the published text that now stands for this one's purpose and technique, if any."""
    published = ConsentTemplate.objects.published()
    same = published.filter(purpose=template.purpose, technique=template.technique)
    return same.order_by("-version").first()


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


def obstacle_to_signing(consent: Consent, *, today: date) -> str:
    """Return why a consent cannot be signed, as a sentence for the clinician, or "".

    `today` is the date at the clinic. The time to reflect is no obstacle: it can be shortened
    with a reason.
    """
    if consent.case.closed_at is not None:
        return "The case is closed. Open a new case and give the information again."
    age_years = consent.patient.age_on(today)
    if age_years is None:
        return (
            "The date of birth is not known, and adults alone can sign. "
            "Ask the patient and write it into their details first."
        )
    if age_years < ADULT_AGE_YEARS:
        return "The patient is under 18 today. The clinic treats adults only."
    newest = newest_text(consent.template)
    if newest is not None and newest != consent.template:
        return (
            f"The text was replaced by version {newest.version} after this information was given. "
            "Give the new information first; the time to reflect starts again with it."
        )
    return ""
