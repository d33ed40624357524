"""What the tests of consent share: a drawn signature, a published text, a moment."""

import base64
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from clinic.audit.models import Event
from clinic.practice.models import Technique
from patients.actions.consents import (
    countersign,
    give_information,
    record_discussion,
    sign_consent,
)
from patients.consent.discussion import Discussion
from patients.consent.rules import standing_consents
from patients.models import Consent, ConsentTemplate
from tests.factories.patients import CaseFactory, ConsentTemplateFactory, PatientFactory

PREFIX = "data:image/png;base64,"
ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=14)


def drawing() -> bytes:
    """A stroke on white paper, as a browser's canvas sends it."""
    picture = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(picture).line([(40, 120), (200, 60), (380, 140)], fill=(21, 35, 42), width=4)
    target = io.BytesIO()
    picture.save(target, format="PNG")
    return target.getvalue()


def drawn(picture: Image.Image) -> str:
    """A picture as a PNG data URL."""
    target = io.BytesIO()
    picture.save(target, format="PNG")
    return PREFIX + base64.b64encode(target.getvalue()).decode()


SIGNATURE = PREFIX + base64.b64encode(drawing()).decode()


def text(technique: str = Technique.MICROGRAFT, **values) -> ConsentTemplate:
    """A published treatment text; photographs without a technique."""
    purpose = values.pop("purpose", "treatment" if technique else "photographs")
    title = values.pop("title", f"{technique or purpose} text")
    return ConsentTemplateFactory(purpose=purpose, technique=technique, title=title, **values)


def case_of(**values):
    """An open case of an invented patient."""
    values.setdefault("family_name", "Person")
    return CaseFactory(patient=PatientFactory(**values))


def fresh(consent: Consent) -> Consent:
    """The consent as the database has it."""
    return Consent.objects.get(pk=consent.pk)


def informed(clinician, case, technique=Technique.MICROGRAFT, *, template=None, now=NOW) -> Consent:
    """The consent of a patient who was given the information, by default that of a new text."""
    template = template or text(technique)
    return give_information(by=clinician, case=case, template=template, zone=ZONE, now=now)


TALK = Discussion(risks_added=["Bleeding"], no_treatment_discussed=True)


def discussed(clinician, consent, *, now=NOW, discussion=TALK, asked_seen=None) -> Consent:
    """The consent, with the talk before its signature recorded."""
    return record_discussion(
        by=clinician,
        consent=consent,
        discussion=discussion,
        seen=fresh(consent).discussed_at,
        asked_seen=asked_seen,
        zone=ZONE,
        now=now,
    )


def patient_signed(clinician, consent, *, now=LATER, **values) -> Consent:
    """The consent, talked about and signed by the patient with their own name."""
    name = f"{consent.patient.given_names} {consent.patient.family_name}"
    if consent.template.purpose == ConsentTemplate.Purpose.MARKETING:
        values.setdefault("news_by", ["email"])
    if fresh(consent).discussed_at is None:
        discussed(clinician, consent, now=now)
    return sign_consent(
        by=clinician, consent=consent, signed_name=name, zone=ZONE, now=now, **values
    )


def signed(clinician, consent, *, now=LATER, **values) -> Consent:
    """The consent, signed by the patient and then by the clinician: it stands."""
    taken = patient_signed(clinician, consent, now=now, **values)
    return countersign(by=clinician, consent=taken, name=str(clinician), now=now)


def standing(case, technique: str = Technique.MICROGRAFT) -> Consent | None:
    """The newest consent that stands for a technique in a case."""
    return standing_consents(case, technique).first()


def sentences() -> list[str]:
    """The audit trail in words, oldest first."""
    return [event.sentence for event in Event.objects.order_by("id")]
