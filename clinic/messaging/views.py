"""The outbox, and the demo's letter box."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.messaging.access import messages_visible_to
from clinic.messaging.demo import letters
from clinic.messaging.forms import FilterForm
from clinic.messaging.models import MessageQuerySet
from clinic.staff.access import require, signed_in
from clinic.staff.permissions import Permission

PAGE_SIZE = 25


@require(Permission.VIEW_MESSAGES)
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what was sent, why, to where, in which words and when."""
    form = FilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    messages = _narrowed(messages_visible_to(signed_in(request)), **chosen)
    page = Paginator(messages, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "messaging/outbox.html",
        {"page": page, "form": form, "is_narrowed": any(chosen.values()), "is_demo": settings.DEMO},
        status=200 if form.is_valid() else 422,
    )


def _narrowed(messages: MessageQuerySet, status: str = "", purpose: str = "") -> MessageQuerySet:
    if status == "waiting":
        messages = messages.waiting()
    elif status:
        messages = messages.filter(**{f"{status}_at__isnull": False})
    return messages.filter(purpose=purpose) if purpose else messages


@require(Permission.VIEW_MESSAGES)
def demo_mail(request: HttpRequest) -> HttpResponse:
    """Show the mails and text messages of the demo as they were written to files."""
    if not settings.DEMO:
        raise Http404("There is a letter box in the demo only.")
    response = render(request, "messaging/demo_mail.html", {"letters": letters()})
    response["Cache-Control"] = "no-store"
    return response
