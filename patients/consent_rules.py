"""What a patient's consents allow now. Nothing here writes."""

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


def standing_consent(patient: Patient, technique: str) -> Consent | None:
    """Return the signed, not withdrawn consent to a technique in the patient's open case, or None.

    A consent belongs to its course of care: that of a closed case does not reach into a new one.
    The newest signature decides.
    """
    case = patient.cases.open().first()
    return standing_consents(case, technique).first() if case else None


def standing_consents(case: Case, technique: str) -> QuerySet[Consent]:
    """Return the signed, not withdrawn consents to a technique in one case, newest first.

    None stands in a case that is closed.
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

    Case, accents, hyphens, apostrophes and spaces within a name make no difference. Any word that
    is not in the record does: it may be that of a relative who signs.
    """
    words = _words(signed_name)
    family, given = "".join(_words(patient.family_name)), "".join(_words(patient.given_names))
    if "".join(words) in (family + given, given + family):
        return True
    places = [(i, j) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]
    rests = (words[:i] + words[j:] for i, j in places if "".join(words[i:j]) == family)
    return any(_calls(patient, rest) for rest in rests)


def _calls(patient: Patient, words: list[str]) -> bool:
    """Say whether words are given names or initials of the patient, beside the title at most.

    Beside a whole given name an initial may be of one that the record does not know.
    """
    called = [_words(patient.given_names), _words(patient.preferred_name)]
    whole = {word for names in called for word in names}
    whole |= {"".join(names) for names in called}
    initials = {word[0] for word in whole if word} | {"".join(w[0] for w in n) for n in called}
    said = [word for word in words if word not in _words(patient.title)]
    if whole & set(said):
        said = [word for word in said if len(word) > 1]
    return bool(said) and ("".join(said) in whole or set(said) <= whole | initials)


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
    if consent.patient.age_on(today) < ADULT_AGE_YEARS:
        return "The patient is under 18 today. The clinic treats adults only."
    newest = newest_text(consent.template)
    if newest is not None and newest != consent.template:
        return (
            f"The text was replaced by version {newest.version} after this information was given. "
            "Give the new information first; the time to reflect starts again with it."
        )
    return ""
