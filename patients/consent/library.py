"""The clinic's consent texts: what is published, what is being written. Nothing here writes."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from clinic.practice.models import Technique
from patients.models import Consent, ConsentTemplate, Language

_PEOPLE = ("published_by", "saved_by", "approved_by")


@dataclass(frozen=True)
class Shelf:
    """The texts of one purpose: the newest published, its translations, and open drafts."""

    purpose: str
    technique: str
    name: str
    newest: ConsentTemplate | None
    translations: list[ConsentTemplate]
    drafts: list[ConsentTemplate]
    number_of_versions: int

    @property
    def original_draft(self) -> ConsentTemplate | None:
        """The next version, while it is being written."""
        return next((draft for draft in self.drafts if draft.is_original), None)

    @property
    def languages_to_come(self) -> list[tuple[str, str]]:
        """Languages into which the newest version is not translated yet, nor being translated."""
        if self.newest is None:
            return []
        there = {text.language for text in self.translations}
        there |= {draft.language for draft in self.drafts} | {Language.ENGLISH.value}
        return [(code, name) for code, name in Language.choices if code not in there]


def shelves() -> list[Shelf]:
    """Return a shelf for each thing that a patient can consent to, in one query."""
    texts = list(ConsentTemplate.objects.select_related(*_PEOPLE).order_by("-version", "language"))
    purpose = ConsentTemplate.Purpose
    places = [(purpose.TREATMENT.value, technique) for technique in Technique.values]
    places += [(other, "") for other in purpose.values if other != purpose.TREATMENT]
    return [_shelf(place, texts) for place in places]


def _shelf(place: tuple[str, str], texts: list[ConsentTemplate]) -> Shelf:
    here = [text for text in texts if (text.purpose, text.technique) == place]
    published = [text for text in here if text.published_at]
    newest = next((text for text in published if text.is_original), None)
    return Shelf(
        purpose=place[0],
        technique=place[1],
        name=ConsentTemplate(purpose=place[0], technique=place[1]).what_for,
        newest=newest,
        translations=[
            text
            for text in published
            if newest and not text.is_original and text.version == newest.version
        ],
        drafts=[text for text in here if not text.published_at],
        number_of_versions=len([text for text in published if text.is_original]),
    )


def get_written(template_id: UUID) -> ConsentTemplate:
    """Return a text, published or a draft. Raises `Http404` where there is none."""
    text = ConsentTemplate.objects.select_related(*_PEOPLE).filter(pk=template_id).first()
    if text is None:
        raise Http404("There is no such text.")
    return text


def versions_of(template: ConsentTemplate) -> list[ConsentTemplate]:
    """Return all published versions in the language of a text, the newest first."""
    alike = ConsentTemplate.objects.published().alike(template)
    same = alike.filter(language=template.language).select_related(*_PEOPLE)
    return list(same.order_by("-version"))


def version_before(template: ConsentTemplate) -> ConsentTemplate | None:
    """Return the published version before this one in its language, if there is one."""
    versions = versions_of(template)
    return next((each for each in versions if each.version < template.version), None)


@dataclass(frozen=True)
class Reach:
    """How many patients a text concerns: those who signed older ones, those who think it over."""

    signed_older: int
    reflecting: int


def reach_of(template: ConsentTemplate) -> Reach:
    """Return how many patients have signed, or been given, an older version in an open case.

    A consent to a treatment counts while its case is open, any other until it is withdrawn.
    """
    older = Consent.objects.filter(
        template__purpose=template.purpose,
        template__technique=template.technique,
        template__version__lt=template.version,
        withdrawn_at__isnull=True,
    )
    in_open_cases = older.filter(case__closed_at__isnull=True)
    signed = (in_open_cases if template.is_for_treatment else older).filter(signed_at__isnull=False)
    waiting = in_open_cases.filter(signed_at__isnull=True)
    return Reach(
        signed_older=signed.values("patient").distinct().count(),
        reflecting=waiting.values("patient").distinct().count(),
    )
