"""Saving and discarding a draft session."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.base.templatetags.anagen import moment
from clinic.practice.models import Technique
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from treatments.actions import rows
from treatments.actions.refusals import in_words, may
from treatments.draft import Draft
from treatments.models import MicrograftPreparation, PrpPreparation, Session

# What is asked of the patient on the day of the session, and true of no other.
ASKED_ON_THE_DAY = (
    *("identity_confirmed", "contraindications_checked", "consent_reconfirmed"),
    "identity_confirmed_before_injection",
)
# A page that saves itself every pause is one event, until the person stops for so long.
ONE_SPELL = timedelta(minutes=15)


class ChangedMeanwhileError(ValidationError):
    """Somebody saved, signed or discarded the draft after the page was loaded."""


@transaction.atomic
def save_draft(
    *, by: User, session: Session, revision: int, draft: Draft, now: datetime
) -> Session:
    """Bring the whole draft to what was typed and return it as stored.

    The children are brought to what `draft` lists; what it does not list is removed. Nothing is
    written, and the revision stays, when nothing differs. What was asked on another day than the
    session's counts as not asked. Raises `ChangedMeanwhileError` when the
    draft is not at `revision` any more, and `ValidationError` for an impossible figure.
    """
    may(by, Permission.RECORD_CLINICAL)
    current = lock_draft(session, revision, by=by)
    with in_words():
        _write(by, current, draft, now)
    return Session.objects.with_everything().get(pk=current.pk)


@transaction.atomic
def discard_draft(*, by: User, session: Session, revision: int) -> None:
    """Remove a draft with everything in it; its history stays.

    Raises `ChangedMeanwhileError` when it was saved or signed since `revision`.
    """
    may(by, Permission.RECORD_CLINICAL)
    current = lock_draft(session, revision)
    audit.record(
        Kind.SESSION_DISCARDED,
        by=by,
        patient_id=current.patient_id,
        subject=current,
        technique=current.get_technique_display(),
        number=current.number,
    )
    rows.write_lots(current, [])
    for children in (current.zones, current.spins, current.anaesthetics):
        children.all().delete()
    for preparation in (MicrograftPreparation, PrpPreparation):
        preparation.objects.filter(session=current).delete()
    current.delete()


def lock_draft(session: Session, revision: int, *, by: User | None = None) -> Session:
    """Return the draft with everything in it, held until the end of the transaction.

    Raises `ChangedMeanwhileError` when it is gone, signed, or not at `revision`; `by` is who is
    told, and may be the one who was faster.
    """
    if not Session.objects.select_for_update().filter(pk=session.pk).exists():
        raise ChangedMeanwhileError("This draft was discarded meanwhile. Nothing was saved.")
    current = Session.objects.with_everything().select_related("patient").get(pk=session.pk)
    if current.signed_at is not None:
        words = f"{current.signed_by} signed this session on {moment(current.signed_at)}."
        raise ChangedMeanwhileError(f"{words} Nothing was changed.")
    if current.revision != revision:
        is_own = by is not None and current.saved_by_id == by.pk
        who = "You, in another window," if is_own else str(current.saved_by)
        who += f" saved this draft on {moment(current.saved_at)}"
        raise ChangedMeanwhileError(f"{who}, after you opened it. Yours is not saved yet.")
    return current


def _write(by: User, current: Session, draft: Draft, now: datetime) -> None:
    mark = {"revision": current.revision + 1, "saved_at": now, "saved_by": by}
    before = current.saved_by_id, current.saved_at
    own = {**draft.session, **_not_asked(current, draft), "unfinished": draft.unfinished}
    own |= _reconfirmation(current, own.pop("consent_reconfirmed", None), by, now)
    changed = rows.differences(current, own)
    if changed:
        rows.update(current, changed | mark)
    if _write_children(current, draft) and not changed:
        rows.update(current, mark)
    if current.revision == mark["revision"]:
        _record_save(by, current, now, before)


def _not_asked(current: Session, draft: Draft) -> dict[str, Any]:
    """Return nothing, or where the patient was asked on another day than the session's: not asked.

    A draft begun last week and dated today would otherwise be signed with last week's answers.
    """
    performed = draft.session.get("performed_date", current.performed_date)
    if (draft.asked_date or current.performed_date) == performed:
        return {}
    return {"asked_today": {}} | dict.fromkeys(ASKED_ON_THE_DAY, False)


def _reconfirmation(
    current: Session, ticked: bool | None, by: User, now: datetime
) -> dict[str, Any]:
    """Return who asked the patient again and when: whoever first ticks it, until it is unticked."""
    if ticked is None or ticked == current.consent_reconfirmed:
        return {}
    asked = (now, by) if ticked else (None, None)
    return dict(zip(("consent_reconfirmed_at", "consent_reconfirmed_by"), asked, strict=True))


def _write_children(current: Session, draft: Draft) -> bool:
    changed = [
        _write_preparation(current, draft.preparation),
        rows.write_anaesthetics(current, draft.anaesthetics),
        rows.write_lots(current, draft.lots),
        rows.write_spins(current, draft.spins),
        rows.write_zones(current, draft.zones),
    ]
    return any(changed)


def _write_preparation(current: Session, values: dict[str, Any]) -> bool:
    preparation = current.preparation
    if preparation is not None:
        return rows.update(preparation, values)
    model: Any = PrpPreparation if current.technique == Technique.PRP else MicrograftPreparation
    made = model(session=current, **values)
    made.clean_fields(exclude=["session"])
    made.save(force_insert=True)
    return True


def _record_save(
    by: User, current: Session, now: datetime, before: tuple[UUID | None, datetime | None]
) -> None:
    saved_by_id, saved_at = before
    if saved_by_id == by.pk and saved_at is not None and now - saved_at < ONE_SPELL:
        return
    audit.record(
        Kind.SESSION_SAVED,
        by=by,
        patient_id=current.patient_id,
        subject=current,
        technique=current.get_technique_display(),
        number=current.number,
    )
