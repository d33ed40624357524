"""Consent texts: the shipped ones, and publishing a version."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.staff.models import User
from patients.consent.texts import SHIPPED, ShippedText
from patients.models import ConsentTemplate


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
        defaults={
            "title": text.title,
            "body": text.body,
            "reflection_days": text.reflection_days,
            "published_at": now,
            "published_by": by,
        },
    )
    if not is_new:
        return None
    _record_publication(template, by=by)
    return template


@transaction.atomic
def publish_template(*, by: User, template: ConsentTemplate, now: datetime) -> ConsentTemplate:
    """Publish a draft: from now on its information is given, and it never changes again.

    Raises `ValidationError` where it is published already, or is older than the published one.
    """
    draft = ConsentTemplate.objects.select_for_update().get(pk=template.pk)
    if draft.published_at is not None:
        raise ValidationError("This version is published already. Write a new version instead.")
    newer = ConsentTemplate.objects.published().filter(
        purpose=draft.purpose, technique=draft.technique, version__gt=draft.version
    )
    if newer.exists():
        raise ValidationError("A newer version is published. Give this one a higher number.")
    draft.published_at, draft.published_by = now, by
    draft.check_and_save()
    _record_publication(draft, by=by)
    return draft


def _record_publication(template: ConsentTemplate, *, by: User) -> None:
    audit.record(
        Kind.CONSENT_TEMPLATE_PUBLISHED,
        by=by,
        subject=template,
        title=template.title,
        version=template.version,
    )
