"""Consent texts: the shipped ones, writing drafts, publishing a version."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.consent.shipping import ShippedText
from patients.consent.statements import STATEMENTS
from patients.consent.texts import SHIPPED
from patients.models import ConsentTemplate, Language
from patients.models.consent_template import ConsentTemplateQuerySet

# A draft that saves itself every pause is one event, until the person stops for so long.
ONE_SPELL = timedelta(minutes=15)
# What a translation takes from its original, so that it says the same.
_OF_THE_VERSION = ("reflection_days", "valid_months", "earlier_consents", "earlier_reason")
_COPIED = (
    "title",
    "body",
    "reflection_days",
    "valid_months",
    "risks",
    "alternatives",
    "statements",
)


class ChangedMeanwhileError(ValidationError):
    """Somebody saved, published or discarded the draft after the page was loaded."""


@transaction.atomic
def install_shipped_templates(*, by: User, now: datetime) -> list[ConsentTemplate]:
    """Publish version 1 of each shipped text that is not there yet; return the new ones.

    Whatever the clinic has under that number, its own words or a draft, stays as it is.
    """
    return [template for text in SHIPPED if (template := _install(text, by=by, now=now))]


def _install(text: ShippedText, *, by: User, now: datetime) -> ConsentTemplate | None:
    template, is_new = ConsentTemplate.objects.get_or_create(
        purpose=text.purpose,
        technique=text.technique,
        version=1,
        language=Language.ENGLISH,
        defaults={
            "title": text.title,
            "body": text.body,
            "reflection_days": text.reflection_days,
            "valid_months": text.valid_months,
            "risks": list(text.risks),
            "alternatives": list(text.alternatives),
            "published_at": now,
            "published_by": by,
        },
    )
    if not is_new:
        return None
    _record_publication(template, by=by)
    return template


@transaction.atomic
def begin_draft(
    *, by: User, purpose: str, technique: str, language: str, now: datetime
) -> ConsentTemplate:
    """Return the open draft of a text, or begin it as a copy of the newest one.

    In English it is the next version; in another language the translation of the newest published
    one. Raises `ValidationError` where that is not published, or is translated already.
    """
    probe = ConsentTemplate(purpose=purpose, technique=technique)
    alike = ConsentTemplate.objects.alike(probe).select_for_update()
    texts = list(alike.order_by("-version", "language"))
    for text in texts:
        if text.language == language and text.published_at is None:
            return text
    newest = next((text for text in texts if text.is_original and text.published_at), None)
    try:
        with transaction.atomic():
            draft = ConsentTemplate.check_and_create(
                purpose=purpose,
                technique=technique,
                language=language,
                saved_at=now,
                saved_by=by,
                **_beginning(newest, texts, language),
            )
    except IntegrityError as error:
        raise ValidationError("Somebody began this draft just now. Open it.") from error
    _record(Kind.CONSENT_TEMPLATE_WRITTEN, draft, by=by)
    return draft


def _beginning(
    newest: ConsentTemplate | None, texts: list[ConsentTemplate], language: str
) -> dict[str, Any]:
    if language == Language.ENGLISH:
        copied = {name: getattr(newest, name) for name in _COPIED} if newest else _BLANK
        return {**copied, "version": max((text.version for text in texts), default=0) + 1}
    if newest is None:
        raise ValidationError("Publish the English text first; a translation follows it.")
    if any(text.language == language and text.version == newest.version for text in texts):
        raise ValidationError("The newest version is translated into this language already.")
    of_version = {name: getattr(newest, name) for name in (*_COPIED, *_OF_THE_VERSION)}
    sentences = list(STATEMENTS[newest.purpose])
    return {**of_version, "version": newest.version, "statements": sentences}


_BLANK: dict[str, Any] = {"title": "New text", "body": "# What this is about"}


@transaction.atomic
def save_draft(
    *, by: User, template: ConsentTemplate, revision: int, values: dict[str, Any], now: datetime
) -> ConsentTemplate:
    """Store what was typed into a draft and return it; nothing is written where nothing differs.

    Raises `ChangedMeanwhileError` where the draft is not at `revision` any more, and
    `ValidationError` for what cannot be a text. A translation keeps the times of its original.
    """
    draft = _draft_at(template, revision, by=by)
    fixed = () if draft.is_original else _OF_THE_VERSION
    changed = {
        name: values[name]
        for name in _COPIED
        if name in values and name not in fixed and values[name] != getattr(draft, name)
    }
    if not changed:
        return draft
    is_same_spell = (
        draft.saved_by_id == by.pk
        and draft.saved_at is not None
        and now - draft.saved_at < ONE_SPELL
    )
    for name, value in changed.items():
        setattr(draft, name, value)
    draft.revision, draft.saved_at, draft.saved_by = draft.revision + 1, now, by
    draft.check_and_save()
    if not is_same_spell:
        _record(Kind.CONSENT_TEMPLATE_WRITTEN, draft, by=by)
    return draft


def _draft_at(template: ConsentTemplate, revision: int, *, by: User) -> ConsentTemplate:
    """Return the draft, held until the transaction ends."""
    rows = ConsentTemplate.objects.select_for_update(of=("self",)).select_related("saved_by")
    draft = rows.filter(pk=template.pk).first()
    if draft is None:
        raise ChangedMeanwhileError("This draft was discarded meanwhile. Nothing was saved.")
    if draft.published_at is not None:
        raise ChangedMeanwhileError("This version is published already. Begin a new version.")
    if draft.revision != revision:
        who = "You, in another window," if draft.saved_by_id == by.pk else str(draft.saved_by)
        raise ChangedMeanwhileError(
            f"{who} saved this draft after you opened it. Yours is not saved: copy what you typed, "
            "then open the draft again."
        )
    return draft


@transaction.atomic
def discard_draft(*, by: User, template: ConsentTemplate, revision: int) -> None:
    """Remove a draft; its history stays. Raises `ChangedMeanwhileError` as `save_draft` does."""
    draft = _draft_at(template, revision, by=by)
    _record(Kind.CONSENT_TEMPLATE_DISCARDED, draft, by=by)
    draft.delete()


@transaction.atomic
def publish_template(
    *,
    by: User,
    template: ConsentTemplate,
    now: datetime,
    revision: int | None = None,
    approved_by: User | None = None,
    earlier_consents: str = ConsentTemplate.Earlier.STAND,
    earlier_reason: str = "",
) -> ConsentTemplate:
    """Publish a draft: from now on its information is given, and it never changes again.

    `earlier_consents` says what becomes of signatures under older versions (a translation has
    its original's answer), `approved_by` which clinician stands behind the words. Raises
    `ChangedMeanwhileError` where the draft is not at `revision` any more, and `ValidationError`
    where it is published already, or is older than the published one, or says less than it must.
    """
    rows = ConsentTemplate.objects.select_for_update(of=("self",)).select_related("saved_by")
    draft = rows.get(pk=template.pk)
    if draft.published_at is not None:
        raise ValidationError("This version is published already. Write a new version instead.")
    if revision is not None and draft.revision != revision:
        raise ChangedMeanwhileError(f"{draft.saved_by} changed this draft after you opened it.")
    published = ConsentTemplate.objects.published().alike(draft)
    if published.filter(version__gt=draft.version).exists():
        raise ValidationError("A newer version is published. Give this one a higher number.")
    if draft.is_original:
        draft.earlier_consents, draft.earlier_reason = earlier_consents, earlier_reason.strip()
    else:
        _check_translation(draft, published)
    draft.approved_by, draft.published_at, draft.published_by = approved_by, now, by
    draft.check_and_save()
    _record_publication(draft, by=by)
    return draft


def _check_translation(draft: ConsentTemplate, published: ConsentTemplateQuerySet) -> None:
    """Refuse a translation that leaves something out, or whose original is not published."""
    original = published.originals().filter(version=draft.version).first()
    if original is None:
        raise ValidationError("Publish the English text of this version first.")
    wanted = {
        "risks": (len(original.risks), len(draft.risks)),
        "alternatives": (len(original.alternatives), len(draft.alternatives)),
        "statements": (len(STATEMENTS[draft.purpose]), len(draft.statements)),
    }
    for name, (there, here) in wanted.items():
        if there != here:
            raise ValidationError(
                f"The English text has {there} {name}, this translation {here}: write one for each."
            )


def _record_publication(template: ConsentTemplate, *, by: User) -> None:
    is_anew = template.earlier_consents == ConsentTemplate.Earlier.ANEW
    _record(Kind.CONSENT_TEMPLATE_PUBLISHED, template, by=by, anew=is_anew)


def _record(kind: Kind, template: ConsentTemplate, *, by: User, **details: Any) -> None:
    audit.record(
        kind, by=by, subject=template, title=template.title, version=template.version, **details
    )
