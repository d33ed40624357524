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
from patients.banner import patient_context
from treatments.access import get_session
from treatments.actions.signing import add_addendum, sign_session
from treatments.allergies import known_allergies
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
        problems = _sign(request, session)
        if not problems:
            messages.success(request, f"{session} is signed.")
            return redirect("treatments:session", patient_id, session_id)
        session = get_session(signed_in(request), patient_id, session_id)
    live = live_context(session, known_allergies(patient_id))
    session.consent = live["consent"]
    record_opening(request, patient_id, page=f"{session} before its signature")
    context = {
        **patient_context(session.patient),
        **live,
        "parts": describe(session),
        "problems": problems,
    }
    return render(request, "treatments/sign.html", context, status=422 if problems else 200)


def _sign(request: HttpRequest, session: Session) -> list[str]:
    try:
        revision = int(request.POST.get("revision", ""))
    except ValueError:
        raise BadRequest("The page arrived incomplete. Open the session again.") from None
    try:
        sign_session(by=signed_in(request), session=session, revision=revision, now=timezone.now())
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
