"""What the tests of consent share: a drawn signature, a published text, a moment."""

import base64
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from clinic.practice.models import Technique
from patients.models import Consent, ConsentTemplate
from tests.factories.patients import CaseFactory, ConsentTemplateFactory, PatientFactory

PREFIX = "data:image/png;base64,"
ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


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
    purpose = "treatment" if technique else "photographs"
    title = values.pop("title", f"{technique or 'photographs'} text")
    return ConsentTemplateFactory(purpose=purpose, technique=technique, title=title, **values)


def case_of(**values):
    """An open case of an invented patient."""
    values.setdefault("family_name", "Person")
    return CaseFactory(patient=PatientFactory(**values))


def fresh(consent: Consent) -> Consent:
    """The consent as the database has it."""
    return Consent.objects.get(pk=consent.pk)
