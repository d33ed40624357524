"""The questions before a visit, on the patient's phone: one part to a screen, saved as they go.

Every page works without a script: the script only saves each answer when it is given.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clinic.base.templatetags.anagen import clock
from clinic.documents.access import link_of
from clinic.documents.models import PrivateLink
from clinic.portal import session
from clinic.portal.reading import site_of
from clinic.portal.views import gone, private_page
from clinic.questionnaires.access import questionnaire_behind
from clinic.questionnaires.actions import answering
from clinic.questionnaires.answers import Step, Values, forms_of, lines_of, steps_of, values_of
from clinic.questionnaires.forms import SaidForm
from clinic.questionnaires.models import Questionnaire
from clinic.staff.handover import HELD
from patients.phone import readable


@dataclass(frozen=True)
class Visit:
    """A patient inside: the link they came by, and what they are asked."""

    token: str
    link: PrivateLink
    questionnaire: Questionnaire
    values: Values
    steps: list[Step]


def _visit(request: HttpRequest, token: str) -> Visit | HttpResponseBase:
    """Return who is inside, or the answer that keeps them out."""
    link = link_of(token, timezone.now())
    if link is None:
        return _refusal(404) if _saves_itself(request) else gone(request)
    if not session.is_open(request, link):
        return _refusal(401) if _saves_itself(request) else redirect("portal:enter", token)
    questionnaire = questionnaire_behind(link)
    if questionnaire is None:
        return _refusal(409) if _saves_itself(request) else redirect("portal:enter", token)
    values = values_of(questionnaire)
    return Visit(token, link, questionnaire, values, steps_of(questionnaire, values))


def _saves_itself(request: HttpRequest) -> bool:
    """Say whether the page's script is saving one answer, which has no use for a page."""
    return "saves" in request.POST


def _refusal(status: int, **said: object) -> JsonResponse:
    return JsonResponse(said, status=status)


@private_page
@require_safe
def questions(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what is asked and how far the patient is; after sending, that it arrived."""
    visit = _visit(request, token)
    if not isinstance(visit, Visit):
        return visit
    if visit.questionnaire.sent_in_at:
        return _page(request, visit, "portal/questions/sent.html")
    answering.open_questions(questionnaire=visit.questionnaire, now=timezone.now())
    first = next((step for step in visit.steps if not step.is_answered), visit.steps[0])
    return _page(request, visit, "portal/questions/start.html", first=first)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, token: str, part: str) -> HttpResponseBase:
    """Show one part and save what was answered in it, whole or one answer at a time."""
    visit = _visit(request, token)
    if not isinstance(visit, Visit):
        return visit
    step = next((step for step in visit.steps if step.part.slug == part), None)
    if step is None:
        raise Http404("There is no such part.")
    if visit.questionnaire.sent_in_at:
        if _saves_itself(request):
            return _refusal(409, said=answering.SENT_IN)
        return redirect("portal:questions", token)
    if request.method == "POST":
        return _save(request, visit, step)
    answering.open_questions(questionnaire=visit.questionnaire, now=timezone.now())
    return _show(request, visit, step, forms_of(step.part, visit.values))


def _save(request: HttpRequest, visit: Visit, step: Step) -> HttpResponseBase:
    forms = forms_of(step.part, visit.values, request.POST)
    if saves := request.POST.get("saves"):
        forms = [form for form in forms if form.prefix == saves]
    valid = [form for form in forms if form.is_valid()]
    # What this page did not change is left as it is: another page may have changed it since.
    told = {form.item: form.told() for form in valid if form.is_changed_here}
    try:
        answering.save_answers(
            questionnaire=visit.questionnaire,
            told=told,
            about=step.part.title,
            now=timezone.now(),
        )
    except ValidationError as error:
        if saves:
            return _refusal(409, said=" ".join(error.messages))
        return redirect("portal:questions", visit.token)
    wrong = [form for form in forms if form.errors]
    if saves:
        return _saved_one(request, visit, wrong)
    if wrong:
        return _show(request, visit, step, forms, status=422)
    return _go_on(request, visit, step)


def _saved_one(request: HttpRequest, visit: Visit, wrong: list[SaidForm]) -> HttpResponseBase:
    if wrong:
        errors = [str(words) for form in wrong for each in form.errors.values() for words in each]
        return _refusal(422, said=" ".join(errors))
    site = site_of(visit.link.patient)
    with timezone.override(site.zone if site else timezone.get_current_timezone()):
        response = JsonResponse({"saved": str(clock(timezone.now()))})
    session.begin(response, visit.link)
    return response


def _go_on(request: HttpRequest, visit: Visit, step: Step) -> HttpResponse:
    """Lead to the screen that the pressed button names."""
    go, at = request.POST.get("go", "next"), step.number - 1
    if go == "more":
        response = redirect("portal:question_part", visit.token, step.part.slug)
        response["Location"] += "#next-row"
    elif go == "back" and at > 0:
        before = visit.steps[at - 1].part.slug
        response = redirect("portal:question_part", visit.token, before)
    elif go in ("back", "later"):
        response = redirect("portal:questions", visit.token)
    elif step.number < len(visit.steps):
        after = visit.steps[at + 1].part.slug
        response = redirect("portal:question_part", visit.token, after)
    else:
        response = redirect("portal:check_answers", visit.token)
    session.begin(response, visit.link)
    return response


def _show(
    request: HttpRequest, visit: Visit, step: Step, forms: list[SaidForm], *, status: int = 200
) -> HttpResponse:
    last_row = next((f.item for f in reversed(forms) if f.question.rows and "." in f.item), "")
    return _page(
        request,
        visit,
        "portal/questions/part.html",
        status=status,
        step=step,
        forms=forms,
        last_row=last_row,
        is_list=any(question.rows for question in step.part.questions),
        is_mind=step.part.slug == "mind",
    )


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def check_answers(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show every answer to be read once more, and send them to the clinic."""
    visit = _visit(request, token)
    if not isinstance(visit, Visit):
        return visit
    if visit.questionnaire.sent_in_at:
        return redirect("portal:questions", token)
    fault = ""
    if request.method == "POST":
        try:
            answering.send_in(questionnaire=visit.questionnaire, now=timezone.now())
        except ValidationError as error:
            fault = " ".join(error.messages)
        else:
            return redirect("portal:questions", token)
    read = [(step, lines_of(step.part, visit.values)) for step in visit.steps]
    return _page(
        request,
        visit,
        "portal/questions/check.html",
        status=422 if fault else 200,
        fault=fault,
        read=read,
        open_steps=[step for step in visit.steps if not step.is_answered],
    )


def _page(
    request: HttpRequest, visit: Visit, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    site = site_of(visit.link.patient)
    known = {
        "clinic_name": settings.CLINIC_NAME,
        "site": site,
        "phone": readable(site.phone) if site else "",
        "patient": visit.link.patient,
        "token": visit.token,
        "questionnaire": visit.questionnaire,
        "steps": visit.steps,
        "answered": sum(step.is_answered for step in visit.steps),
        "is_tablet": bool(request.session.get(HELD)) if request.user.is_authenticated else False,
    }
    with timezone.override(site.zone if site else timezone.get_current_timezone()):
        response = render(request, template, {**known, **context}, status=status)
    response["Referrer-Policy"] = "strict-origin"  # as on the page that asks for the birth date
    session.begin(response, visit.link)
    return response
