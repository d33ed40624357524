"""What a patient reads and signs on their own phone, asks about, and takes back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clinic.consenting.access import consent_behind, consents_behind, request_of, requests_with
from clinic.consenting.actions import signing
from clinic.consenting.forms import QuestionForm
from clinic.consenting.models import IdentityCheck, SigningRequest
from clinic.consenting.refusals import opens_at, refusal
from clinic.documents.access import link_of
from clinic.documents.models import Document
from clinic.portal.frame import Inside, inside, show
from clinic.portal.views import kept, private_page
from patients.actions import consents as actions
from patients.actions.consent_questions import ask_question
from patients.consent.rules import asks_anew
from patients.consent.statements import statements
from patients.consent.wording import blocks, consequences_for_patient, talk_of
from patients.forms.consent_steps import ChangeMindForm
from patients.forms.consents import SignByLinkForm
from patients.models import Consent


@dataclass(frozen=True)
class Reader:
    """A patient who has proved who they are, and one of their consents."""

    visit: Inside
    identity: IdentityCheck
    consent: Consent
    request: SigningRequest | None


def _reader(request: HttpRequest, token: str, consent_id: UUID) -> Reader | HttpResponseBase:
    """Return who reads what, or the answer that keeps them out; what was typed is handed back."""
    visit = inside(request, token)
    is_known = isinstance(visit, Inside) and visit.identity is not None
    if request.method == "POST" and not is_known and link_of(token, timezone.now()):
        return kept(request, token)
    if not isinstance(visit, Inside):
        return visit
    if visit.identity is None:
        return redirect("portal:code", token)
    consent = consent_behind(visit.link, consent_id)
    return Reader(visit, visit.identity, consent, request_of(consent))


@private_page
@require_safe
def consent_list(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what there is to sign, and what was signed."""
    visit = inside(request, token)
    if not isinstance(visit, Inside):
        return visit
    if visit.identity is None:
        return redirect("portal:code", token)
    now = timezone.now()
    signed = consents_behind(visit.link).filter(signed_at__isnull=False).order_by("-signed_at")
    return show(
        request,
        visit,
        "portal/consents/list.html",
        waiting=requests_with(visit.link.patient),
        signed=[(each, _state(each, now)) for each in signed],
        now=now,
    )


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, token: str, consent_id: UUID) -> HttpResponseBase:
    """Let the patient read and sign; afterwards, say what happens next."""
    reader = _reader(request, token, consent_id)
    if not isinstance(reader, Reader):
        return reader
    if reader.consent.signed_at is not None:
        return _signed(request, reader)
    now = timezone.now().astimezone(reader.visit.site.zone)
    if why := refusal(reader.consent, reader.request, now=now):
        status = 422 if request.method == "POST" else 200
        return _show(request, reader, "refused", status=status, why=why)
    assert reader.request is not None  # noqa: S101  # else it was refused
    return _read_or_sign(request, reader, reader.request)


def _signed(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    papers = Document.objects.issued().filter(
        kind=Document.Kind.SIGNED_CONSENT,
        subject_id=reader.consent.pk,
        patient=reader.visit.link.patient_id,
    )
    return _show(
        request,
        reader,
        "signed",
        blocks=blocks(reader.consent.signed_text),
        state=_state(reader.consent, timezone.now()),
        paper=papers.first(),
    )


def _state(consent: Consent, now: datetime) -> str:
    """Return in a word what became of a signed consent."""
    if consent.withdrawn_at:
        return "taken back"
    if asks_anew(consent, now):
        return "new text"
    if consent.is_expired_at(now):
        return "over"
    return "waits" if consent.awaits_clinician else "counts"


def _read_or_sign(request: HttpRequest, reader: Reader, asked: SigningRequest) -> HttpResponseBase:
    form = SignByLinkForm(
        request.POST if request.method == "POST" else None,
        consent=reader.consent,
        read=signing.shown_digest(reader.consent),
    )
    if request.method == "POST":
        if form.is_valid() and _sign(reader, asked, form):
            return redirect("portal:consent", reader.visit.token, reader.consent.pk)
    else:
        signing.open_request(request=asked, now=timezone.now())
    now = timezone.now()
    return _show(
        request,
        reader,
        "sign",
        status=422 if form.errors else 200,
        form=form,
        waits_until=opens_at(reader.consent, asked, now),
        early=reader.consent.is_early_at(now),
        blocks=blocks(reader.consent.template.body),
        statements=statements(reader.consent.template),
        talk=talk_of(reader.consent),
        asked=reader.consent.questions_open,
    )


def _sign(reader: Reader, asked: SigningRequest, form: SignByLinkForm) -> bool:
    """Sign, or put on the form why not; a signature that is there already will do."""
    try:
        signing.sign_by_link(
            request=asked,
            identity=reader.identity,
            zone=reader.visit.site.zone,
            now=timezone.now(),
            **form.values(),
        )
    except actions.AlreadySignedError:
        return True
    except ValidationError as error:
        form.take(error)
        return False
    return True


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, token: str, consent_id: UUID) -> HttpResponseBase:
    """Take a question before signing; the clinic answers in a talk."""
    reader = _reader(request, token, consent_id)
    if not isinstance(reader, Reader):
        return reader
    if reader.request is None or reader.consent.signed_at is not None:
        return redirect("portal:consent", token, consent_id)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            words = form.cleaned_data["words"]
            ask_question(consent=reader.consent, words=words, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("portal:consent_question", token, consent_id)
    return _show(
        request,
        reader,
        "question",
        status=422 if form.errors else 200,
        form=form,
        asked=reader.consent.questions_open,
    )


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def change_mind(request: HttpRequest, token: str, consent_id: UUID) -> HttpResponseBase:
    """Ask once more, saying what follows; then take the consent back."""
    reader = _reader(request, token, consent_id)
    if not isinstance(reader, Reader):
        return reader
    taken = reader.consent
    if taken.signed_at is None or taken.withdrawn_at is not None:
        return redirect("portal:consent", token, consent_id)
    left = taken.photo_scopes_left
    form = ChangeMindForm(request.POST if request.method == "POST" else None, uses_left=left)
    if request.method == "POST" and form.is_valid():
        try:
            signing.change_mind(
                consent=taken,
                identity=reader.identity,
                uses=form.cleaned_data.get("uses", []),
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("portal:consent", token, consent_id)
    return _show(
        request,
        reader,
        "change",
        status=422 if form.errors else 200,
        form=form,
        consequences=consequences_for_patient(taken.template),
    )


def _show(
    request: HttpRequest, reader: Reader, page: str, *, status: int = 200, **context: object
) -> HttpResponseBase:
    return show(
        request,
        reader.visit,
        f"portal/consents/{page}.html",
        status=status,
        consent=reader.consent,
        **context,
    )
