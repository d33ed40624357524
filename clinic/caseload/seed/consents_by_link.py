"""A few patients who sign by their own link, ask first, or take back a use of photographs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from clinic.caseload.seed.clinic import Clinic
from clinic.caseload.seed.letters import delivered
from clinic.caseload.seed.steps import TALK_AFTER
from clinic.consenting.actions import sending
from clinic.consenting.refusals import channels_of
from clinic.messaging.models import Message
from clinic.practice.models import Site
from patients.actions.consent_questions import ask_question
from patients.actions.consents import record_discussion
from patients.actions.photo_uses import take_back_uses
from patients.consent.discussion import Discussion
from patients.contraindications.of_consent import evaluation_of, obstacle_in
from patients.models import Consent, ConsentTemplate, PhotoScope

_QUESTION = "How many days should I stay away from the gym afterwards?"
_MATTERS = "Wants to be back at work the next day."


def add_consents_by_link(clinic: Clinic, now: datetime) -> None:
    """Send links to two who think it over, one of whom asks; let one take back a use.

    Who asks had the link with the talk, days ago; the other has it sent now.
    """
    thinking = Consent.objects.filter(signed_at__isnull=True, discussed_at__isnull=True)
    rows = thinking.filter(case__closed_at__isnull=True).select_related(
        "template", "case", "patient", "information_given_by"
    )
    for place, consent in zip(
        range(2), _to_send(list(rows.order_by("pk")[:40]), now), strict=False
    ):
        talked_at = _talk(consent, now)
        _send(consent, talked_at if place == 0 else now)
        if place == 0:
            delivered(consent.patient, Message.Purpose.CONSENT)
            ask_question(consent=consent, words=_QUESTION, now=now - timedelta(hours=5))
    _narrow_one(clinic, now)


def _to_send(consents: list[Consent], now: datetime) -> Iterator[Consent]:
    """Return those whose patient can be reached, and that nothing speaks against."""
    for consent in consents:
        if channels_of(consent.patient) and not obstacle_in(evaluation_of(consent, now)):
            yield consent


def _talk(consent: Consent, now: datetime) -> datetime:
    """Talk it over when the information was given; return when that was."""
    talked_at = min(consent.information_given_at + TALK_AFTER, now)
    talk = Discussion(
        matters=_MATTERS,
        risks_discussed=consent.template.risks,
        alternatives_discussed=consent.template.alternatives,
        no_treatment_discussed=True,
    )
    record_discussion(
        by=consent.information_given_by,
        consent=consent,
        discussion=talk,
        seen=None,
        zone=_site_of(consent).zone,
        now=talked_at,
    )
    return talked_at


def _send(consent: Consent, now: datetime) -> None:
    by = consent.information_given_by
    sending.send_link(by=by, consent=consent, site=_site_of(consent), now=now)


def _site_of(consent: Consent) -> Site:
    return consent.patient.registrations.select_related("site").order_by("created_at")[0].site


def _narrow_one(clinic: Clinic, now: datetime) -> None:
    signed = Consent.objects.standing_at(now).filter(
        template__purpose=ConsentTemplate.Purpose.PHOTOGRAPHS,
        photo_scopes__contains=[PhotoScope.CLINICAL],
        photo_scopes__len__gte=2,
        case__closed_at__isnull=True,
    )
    consent = signed.order_by("pk").first()
    if consent is not None:
        take_back_uses(
            by=clinic.reception,
            consent=consent,
            uses=[use for use in consent.photo_scopes_left if use != PhotoScope.CLINICAL][:1],
            how=Consent.How.PHONE,
            reason="Has a new job and would rather not be recognised.",
            now=now - timedelta(hours=3),
        )
