"""The page of a session: written in while a draft, read once signed."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.staff.access import require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.banner import patient_context
from treatments import parts
from treatments.access import get_session, read_session
from treatments.actions.drafts import ChangedMeanwhileError, discard_draft, save_draft
from treatments.amounts import infiltration, lidocaine_total, platelets
from treatments.completeness import PATHWAY, blocking, gaps
from treatments.consents import consent_of
from treatments.contraindications import Known, evaluation_of, known_of
from treatments.differences import Difference, as_text, differences
from treatments.forms.plan import AddendumForm
from treatments.forms.session import IncompletePageError, SessionForms
from treatments.merging import with_the_rest_of_record
from treatments.models import Session
from treatments.reading import describe

LIVE = ("progress", "consent", "contraindications", "anaesthesia", "processing", "infiltration")


@require(Permission.VIEW_CLINICAL)
def session_page(request: HttpRequest, patient_id: UUID, session_id: UUID) -> HttpResponse:
    """Show a session; while it is a draft, take what is typed."""
    user = signed_in(request)
    if request.method == "POST":
        return _save(request, get_session(user, patient_id, session_id))
    session = read_session(user, patient_id, session_id)
    if session.is_signed or not user.can(Permission.RECORD_CLINICAL):
        return _read_only(request, session)
    forms = SessionForms(session, today_at(session), user, known=known_of(session))
    return _write_page(request, session, forms)


def today_at(session: Session) -> date:
    """Return today's date at the session's site."""
    return timezone.localdate(timezone=session.site.zone)


def _read_only(request: HttpRequest, session: Session) -> HttpResponse:
    session.consent = consent_of(session)
    context = {
        **patient_context(session.patient),
        "session": session,
        "parts": describe(session),
        "can_add": signed_in(request).can(Permission.RECORD_CLINICAL),
    }
    return render(request, "treatments/session_read.html", context)


def _write_page(
    request: HttpRequest, session: Session, forms: SessionForms, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        **patient_context(session.patient),
        **live_context(session, forms.known, wrong=forms.wrong_parts()),
        "forms": forms,
        "revision": session.revision,
        "touched": " ".join(sorted(_touched(request))),
        "can_sign": signed_in(request).can(Permission.SIGN_SESSION),
        **more,
    }
    return render(request, "treatments/session.html", context, status=status)


def live_context(session: Session, known: Known, *, wrong: Iterable[str] = ()) -> dict[str, Any]:
    """Return what follows from the stored draft: totals, gaps, the state of each part.

    `known` is what the caller has just read of rules and record. `wrong` names the parts that show
    an error: those are not complete, whatever is stored.
    """
    consent, now = consent_of(session), timezone.now()
    evaluation = evaluation_of(session, now, known)
    found = gaps(session, consent, now, known, evaluation)
    complete = set(parts.ORDER) - {gap.part for gap in blocking(found)} - set(wrong)
    if not session.anaesthetics.all():
        complete.discard(parts.ANAESTHESIA)
    return {
        "session": session,
        "consent": consent,
        "evaluation": evaluation,
        "why_no_consent": next((gap.text for gap in found if gap.anchor == "consent-state"), ""),
        "why_stopped": next((gap.text for gap in found if gap.anchor == PATHWAY), ""),
        "gaps": found,
        "missing": blocking(found),
        "progress": [
            {"key": key, "title": parts.title(key, session.technique), "done": key in complete}
            for key in parts.ORDER
        ],
        "anaesthetic_allergy": known.allergies.line,
        "lidocaine": lidocaine_total(session.anaesthetics.all(), session.weight_kg),
        "platelets": platelets(session),
        "infiltration": infiltration(session),
    }


def _typed(request: HttpRequest, session: Session) -> tuple[SessionForms, int]:
    """Return the forms and the revision sent; the page must have been sent whole."""
    user = signed_in(request)
    if not user.can(Permission.RECORD_CLINICAL):
        raise PermissionDenied(f"Your role does not allow you to {Permission.RECORD_CLINICAL}.")
    try:
        forms = SessionForms(
            session,
            today_at(session),
            user,
            request.POST,
            known=known_of(session),
        )
        revision = int(request.POST.get("over") or request.POST.get("revision", ""))
    except (IncompletePageError, ValueError):
        raise BadRequest("The page arrived incomplete. Open the session again.") from None
    return forms, revision


def _save(request: HttpRequest, session: Session) -> HttpResponse:
    forms, revision = _typed(request, session)
    try:
        saved = _store(signed_in(request), session, forms, revision)
    except ChangedMeanwhileError as error:
        return _conflict(request, session, forms, error)
    except ValidationError as error:
        return _write_page(request, session, forms, status=422, problems=error.messages)
    if not forms.is_valid():
        return _write_page(
            request,
            saved,
            forms,
            status=422,
            problems=forms.too_many_rows(),
            refused=len(forms.errors_by_id()),
        )
    if request.POST.get("then") == "sign":
        return redirect("treatments:sign", saved.patient_id, saved.pk)
    return redirect("treatments:session", saved.patient_id, saved.pk)


def _store(user: User, session: Session, forms: SessionForms, revision: int) -> Session:
    """Store what can be stored; when there are too many rows, nothing can."""
    forms.is_valid()
    if forms.too_many_rows():
        raise ValidationError(forms.too_many_rows())
    now = timezone.now()
    saved = save_draft(by=user, session=session, revision=revision, draft=forms.draft(), now=now)
    saved.patient = session.patient
    return saved


def _conflict(
    request: HttpRequest, session: Session, forms: SessionForms, error: ChangedMeanwhileError
) -> HttpResponse:
    user, today, known = signed_in(request), today_at(session), forms.known
    session = _as_it_stands(session)
    theirs = SessionForms(session, today, user, known=known)
    if "touched" in request.POST:
        typed = with_the_rest_of_record(request.POST, theirs, _touched(request))
        forms = SessionForms(session, today, user, typed, known=known)
    if session.is_signed:
        return _signed_meanwhile(request, session, differences(theirs, forms))
    return _write_page(
        request,
        session,
        forms,
        status=409,
        conflict=" ".join(error.messages),
        differences=differences(theirs, forms),
        revision=request.POST.get("revision", ""),
    )


def _as_it_stands(session: Session) -> Session:
    """Return a session read anew: somebody was faster by seconds. One that is gone, as it was."""
    found = Session.objects.with_everything().filter(pk=session.pk).first()
    if found is not None:
        found.patient = session.patient
    return found or session


def _signed_meanwhile(
    request: HttpRequest, session: Session, unstored: list[Difference]
) -> HttpResponse:
    """Say that the record is locked, and hand over what was typed as a text for an addendum."""
    context = {
        **patient_context(session.patient),
        "session": session,
        "form": AddendumForm(initial={"text": as_text(unstored)}) if unstored else None,
    }
    return render(request, "treatments/signed_meanwhile.html", context, status=409)


def _touched(request: HttpRequest) -> set[str]:
    """Return the fields that were changed since the page last agreed with the record.

    A browser without our script does not say; then every field counts as touched.
    """
    return set(request.POST.get("touched", "").split())


@require(Permission.RECORD_CLINICAL)
@require_POST
def autosave(request: HttpRequest, patient_id: UUID, session_id: UUID) -> HttpResponse:
    """Store what can be stored while somebody is typing; say what cannot, by field."""
    session = get_session(signed_in(request), patient_id, session_id)
    forms, revision = _typed(request, session)
    try:
        saved = _store(signed_in(request), session, forms, revision)
    except ValidationError as error:
        status = 409 if isinstance(error, ChangedMeanwhileError) else 422
        return JsonResponse({"saved": _indicator(failed=" ".join(error.messages))}, status=status)
    context = live_context(saved, forms.known, wrong=forms.wrong_parts())
    return JsonResponse(
        {
            "revision": saved.revision,
            "saved": _indicator(
                at=saved.saved_at, zone=saved.site.zone, refused=len(forms.errors_by_id())
            ),
            "errors": forms.errors_by_id(),
            "live": {
                name: render_to_string(f"treatments/live/{name}.html", context, request)
                for name in LIVE
            },
        }
    )


def _indicator(*, zone: Any = None, **context: Any) -> str:
    with timezone.override(zone):
        return render_to_string("treatments/_saved.html", context)


@require(Permission.RECORD_CLINICAL)
@require_POST
def discard(request: HttpRequest, patient_id: UUID, session_id: UUID) -> HttpResponse:
    """Remove a draft."""
    user = signed_in(request)
    session = get_session(user, patient_id, session_id)
    try:
        discard_draft(by=user, session=session, revision=_revision(request.POST))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("treatments:session", patient_id, session_id)
    messages.success(request, f"The draft of {session} is discarded.")
    return redirect("treatments:plan", patient_id)


def _revision(typed: QueryDict) -> int:
    """Return the revision that a page was read at; 400 when it says none."""
    try:
        return int(typed.get("revision", ""))
    except ValueError:
        raise BadRequest("The page arrived incomplete. Open the session again.") from None
