"""What a patient's consents allow now. Nothing here writes."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from patients.banner import ADULT_AGE_YEARS
from patients.models import Case, Consent, ConsentTemplate, Patient
from patients.reasons import SHORTEST_REASON

TOO_EARLY = (
    f"The time to reflect is not over. Write why it is signed now, in {SHORTEST_REASON} letters or"
    " more."
)
NOT_WITHOUT_REASON = (
    "The time to think is not over. Write with the talk why it is signed now; only then is the "
    "tablet handed over."
)
NO_WAY_OF_NEWS = "Tick at least one way to get news, or leave without signing."
NO_USE_CHOSEN = "Choose what the patient takes back."
NOT_DISCUSSED = "Record first what was talked about, and that the patient can decide."
NO_CAPACITY = (
    "The patient was found not able to decide this now. Nothing is signed. Assess again on"
    " another day, or do not treat."
)

_Purpose = ConsentTemplate.Purpose


def standing_consents(case: Case, technique: str, at: datetime | None = None) -> QuerySet[Consent]:
    """Return the consents to a technique that stand in one case at a moment, newest first.

    Without `at` the moment is now. A consent belongs to its course of care: none stands in a case
    that is closed, or reaches into another one. What was withdrawn stands at no moment.
    """
    return (
        Consent.objects.standing_at(at or timezone.now())
        .for_treatment(technique)
        .filter(case=case, case__closed_at__isnull=True)
        .select_related("template", "signed_by")
        .order_by("-signed_at")
    )


def standing_photo_consent(patient: Patient) -> Consent | None:
    """Return the patient's newest standing consent to photographs, or None.

    It stands until it is withdrawn, whichever case it was signed in.
    """
    return _standing(patient, _Purpose.PHOTOGRAPHS)


def _standing(patient: Patient, purpose: str) -> Consent | None:
    return (
        Consent.objects.standing_at(timezone.now())
        .filter(patient=patient, template__purpose=purpose)
        .select_related("template", "signed_by")
        .order_by("-signed_at")
        .first()
    )


def may_use_photos(patient: Patient, scope: str) -> bool:
    """Say whether the patient agrees to a use of their photographs (a `PhotoScope`).

    Only the newest standing consent counts: who agreed to less later has agreed to less. Of that
    one, a use that was taken back since does not.
    """
    consent = standing_photo_consent(patient)
    return consent is not None and scope in consent.photo_scopes_left


def may_send_marketing(patient: Patient) -> bool:
    """Say whether the patient agrees to news and offers. Whoever sends such a message asks."""
    return _standing(patient, _Purpose.MARKETING) is not None


def may_use_for_research(patient: Patient) -> bool:
    """Say whether the patient's record may be counted or exported for research."""
    return _standing(patient, _Purpose.RESEARCH) is not None


def research_consents() -> QuerySet[Consent]:
    """Return the consents to research that stand now; who has none is left out of research."""
    return Consent.objects.standing_at(timezone.now()).filter(template__purpose=_Purpose.RESEARCH)


def may_write_to_gp(patient: Patient) -> bool:
    """Say whether the patient agrees that the clinic writes to their GP."""
    return _standing(patient, _Purpose.GP) is not None


def newest_text(template: ConsentTemplate) -> ConsentTemplate | None:
    """Return the published text that now stands for this one's purpose and technique, if any.

    Where it exists in the language of `template`, it is that one, else the original.
    """
    published = list(ConsentTemplate.objects.published().alike(template).order_by("-version"))
    newest = [each for each in published if each.version == published[0].version]
    in_language = (each for each in newest if each.language == template.language)
    original = (each for each in newest if each.is_original)
    return next(in_language, None) or next(original, None)


def is_replaced(template: ConsentTemplate) -> ConsentTemplate | None:
    """Return the newest text where it is a later version than this one, else None."""
    newest = newest_text(template)
    return newest if newest is not None and newest.version > template.version else None


def asks_anew(consent: Consent, at: datetime) -> ConsentTemplate | None:
    """Return the newest text published by then that asks everybody to sign anew, if any."""
    newer = ConsentTemplate.objects.published().originals().alike(consent.template)
    blocking = newer.filter(
        version__gt=consent.template.version,
        earlier_consents=ConsentTemplate.Earlier.ANEW,
        published_at__lte=at,
    )
    return blocking.order_by("-version").first()


def obstacle_to_discussing(consent: Consent, *, today: date) -> str:
    """Return why a consent can neither be talked about nor signed, as a sentence, or "".

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
    newest = is_replaced(consent.template)
    if newest is not None:
        return (
            f"The text was replaced by version {newest.version} after this information was given. "
            "Give the new information first; the time to reflect starts again with it."
        )
    return ""


def obstacle_to_signing(consent: Consent, *, today: date) -> str:
    """Return why a patient cannot sign, as a sentence for the clinician, or ""."""
    if obstacle := obstacle_to_discussing(consent, today=today):
        return obstacle
    if consent.discussed_at is None:
        return NOT_DISCUSSED
    return NO_CAPACITY if consent.lacks_capacity else ""
