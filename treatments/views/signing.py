"""Signing a session, and adding to one that is signed."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission
from patients.access import record_opening
from patients.actions.contraindications import keep_refusal
from patients.banner import patient_context
from patients.contraindications.evaluation import Evaluation
from patients.forms.contraindications import ReasonsForm
from patients.models import ContraindicationCheck
from patients.views.consents import posted
from treatments.access import get_session
from treatments.actions.signing import add_addendum, sign_session
from treatments.contraindications import evaluation_of, known_of
from treatments.forms.plan import AddendumForm
from treatments.models import Session
from treatments.reading import describe
from treatments.views.session import live_context


@require(Permission.SIGN_SESSION)
def sign(request: HttpRequest, patient_id: UUID, session_id: UUID) -> HttpResponse:
    """Show what is missing and what would be signed; sign it."""
    session = get_session(signed_in(request), patient_id, session_id)
    if session.is_signed:
        return redirect("treatments:session", patient_id, session_id)
    problems: list[str] = []
    if request.method == "POST":
        reasons = ReasonsForm(request.POST, evaluation=evaluation_of(session, timezone.now()))
        problems = _sign(request, session, reasons) if reasons.is_valid() else []
        if not (problems or reasons.errors):
            messages.success(request, f"{session} is signed.")
            return redirect("treatments:session", patient_id, session_id)
        session = get_session(signed_in(request), patient_id, session_id)
    live = live_context(session, known_of(session))
    session.consent = live["consent"]
    if request.method != "POST":
        _note_if_held_up(request, session, live["evaluation"])
    reasons = ReasonsForm(posted(request), evaluation=live["evaluation"])
    record_opening(request, patient_id, page=f"{session} before its signature")
    context = {
        **patient_context(session.patient),
        **live,
        "parts": describe(session),
        "problems": problems,
        "reasons": reasons,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "treatments/sign.html", context, status=status)


def _note_if_held_up(request: HttpRequest, session: Session, evaluation: Evaluation) -> None:
    """Keep that the session is contraindicated, as whoever wanted to sign it was told."""
    if evaluation.blocking:
        keep_refusal(
            by=signed_in(request),
            case=session.case,
            step=ContraindicationCheck.Step.SESSION,
            about_id=session.pk,
            evaluation=evaluation,
            now=timezone.now(),
        )


def _sign(request: HttpRequest, session: Session, reasons: ReasonsForm) -> list[str]:
    try:
        revision = int(request.POST.get("revision", ""))
    except ValueError:
        raise BadRequest("The page arrived incomplete. Open the session again.") from None
    try:
        sign_session(
            by=signed_in(request),
            session=session,
            revision=revision,
            now=timezone.now(),
            reasons=reasons.given(),
        )
    except ValidationError as error:
        return error.messages
    return []


@require(Permission.RECORD_CLINICAL)
def addendum(request: HttpRequest, patient_id: UUID, session_id: UUID) -> HttpResponse:
    """Add a dated note to a signed session."""
    user = signed_in(request)
    session = get_session(user, patient_id, session_id)
    if not session.is_signed:
        return redirect("treatments:session", patient_id, session_id)
    form = AddendumForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_addendum(
                by=user, session=session, text=form.cleaned_data["text"], now=timezone.now()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The addendum is added.")
            return redirect("treatments:session", patient_id, session_id)
    record_opening(request, patient_id, page=f"{session} for an addendum")
    context = {**patient_context(session.patient), "session": session, "form": form}
    return render(request, "treatments/addendum.html", context, status=422 if form.errors else 200)
