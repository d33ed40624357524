"""Consent texts: what is published, drafts, what changed, publishing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.staff.access import current_site, require, signed_in
from clinic.staff.permissions import Permission
from patients.actions import consent_templates as actions
from patients.consent import comparing
from patients.consent.library import (
    get_written,
    reach_of,
    shelves,
    version_before,
    versions_of,
)
from patients.consent.statements import statements
from patients.consent.wording import blocks
from patients.forms.consent_texts import ConsentTextForm, PublishForm
from patients.models import ConsentTemplate, Language
from patients.views.consents import posted


def _page(request: HttpRequest, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    with timezone.override(current_site(request).zone):
        return render(request, f"patients/texts/{name}.html", context, status=status)


@require(Permission.MANAGE_CONSENT_TEXTS)
@require_GET
def text_list(request: HttpRequest) -> HttpResponse:
    """Show for each purpose what is published, and which drafts are open."""
    return _page(request, "list", shelves=shelves(), languages=Language.choices)


@require(Permission.MANAGE_CONSENT_TEXTS)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft: the next version, or a translation of the newest one."""
    wanted = {name: request.POST.get(name, "") for name in ("purpose", "technique", "language")}
    try:
        draft = actions.begin_draft(by=signed_in(request), now=timezone.now(), **wanted)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("patients:texts")
    return redirect("patients:edit_text", draft.pk)


@require(Permission.MANAGE_CONSENT_TEXTS)
@require_GET
def text_page(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Show one version as patients read it, and the other versions."""
    template = get_written(template_id)
    return _page(
        request,
        "text",
        template=template,
        blocks=blocks(template.body),
        statements=statements(template),
        versions=versions_of(template),
        before=version_before(template),
        lists=[
            (name, found)
            for name, found in (("Risks", template.risks), ("Other choices", template.alternatives))
            if found
        ],
    )


@require(Permission.MANAGE_CONSENT_TEXTS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Write on a draft; what is typed is never lost."""
    template = get_written(template_id)
    if template.published_at is not None and request.method == "GET":
        return redirect("patients:text", template.pk)
    form = ConsentTextForm(posted(request), template=template)
    if request.method == "POST" and form.is_valid():
        saved, problem = _save(request, template, form)
        if saved:
            is_done = request.POST.get("then") == "publish"
            return redirect(f"patients:{'publish_text' if is_done else 'text'}", template.pk)
        form.add_error(None, problem)
    body = form["body"].value() or ""
    return _page(
        request,
        "edit",
        status=422 if form.errors else 200,
        template=template,
        form=form,
        blocks=blocks(body),
        before=version_before(template),
    )


def _save(
    request: HttpRequest, template: ConsentTemplate, form: ConsentTextForm
) -> tuple[ConsentTemplate | None, str]:
    """Return the draft as stored, or None and why not."""
    try:
        saved = actions.save_draft(
            by=signed_in(request),
            template=template,
            revision=form.cleaned_data["revision"],
            values=form.written(),
            now=timezone.now(),
        )
    except ValidationError as error:
        return None, " ".join(error.messages)
    return saved, ""


@require(Permission.MANAGE_CONSENT_TEXTS)
@require_POST
def autosave(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Store what can be stored while somebody types; show how the text will read."""
    template = get_written(template_id)
    form = ConsentTextForm(request.POST, template=template)
    form.is_valid()
    if "revision" not in form.cleaned_data:
        raise BadRequest("The page arrived incomplete. Open the draft again.")
    saved, problem = _save(request, template, form)
    if saved and form.errors:
        wrong = (str(form[name].label) for name in form.errors)
        problem = f"look at {', '.join(wrong)}. The rest is saved"
    return _page(
        request,
        "saved",
        template=template,
        at=saved.saved_at if saved else None,
        failed=problem,
        revision=(saved or template).revision if saved else form.cleaned_data["revision"],
        blocks=blocks(request.POST.get("body", "")),
    )


@require(Permission.MANAGE_CONSENT_TEXTS)
@require_GET
def changes(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Show what changed from an older version (`?since=`, else the one before)."""
    template = get_written(template_id)
    versions = [each for each in versions_of(template) if each.version < template.version]
    since = request.GET.get("since", "")
    older = next((each for each in versions if str(each.pk) == since), None)
    older = older or version_before(template)
    compared = _compared(older, template) if older else {}
    return _page(request, "changes", template=template, older=older, versions=versions, **compared)


def _compared(older: ConsentTemplate, newer: ConsentTemplate) -> dict[str, Any]:
    lists = [
        ("Risks", comparing.entries(older.risks, newer.risks)),
        ("Other choices", comparing.entries(older.alternatives, newer.alternatives)),
    ]
    return {
        "facts": comparing.facts(older, newer),
        "lines": comparing.lines(older.body, newer.body),
        "lists": [(name, found) for name, found in lists if any(x.is_changed for x in found)],
    }


@require(Permission.MANAGE_CONSENT_TEXTS)
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Say what publishing means for what patients signed, and publish."""
    template = get_written(template_id)
    if template.published_at is not None:
        return redirect("patients:text", template.pk)
    before = version_before(template)
    form = PublishForm(posted(request), template=template, is_first=before is None)
    if request.method == "POST" and form.is_valid() and _publish(request, template, form):
        return redirect("patients:text", template.pk)
    return _page(
        request,
        "publish",
        status=422 if form.errors else 200,
        template=template,
        form=form,
        before=before,
        reach=reach_of(template),
        compared=_compared(before, template) if before else {},
    )


def _publish(request: HttpRequest, template: ConsentTemplate, form: PublishForm) -> bool:
    user = signed_in(request)
    try:
        actions.publish_template(
            by=user, template=template, now=timezone.now(), **form.cleaned_data
        )
    except ValidationError as error:
        form.add_error(None, " ".join(error.messages))
        return False
    messages.success(request, f"Published: {template}. From now on its information is given.")
    return True


@require(Permission.MANAGE_CONSENT_TEXTS)
@require_POST
def discard(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Remove a draft."""
    template = get_written(template_id)
    try:
        revision = int(request.POST.get("revision", ""))
    except ValueError:
        raise BadRequest("The page arrived incomplete. Open the draft again.") from None
    try:
        actions.discard_draft(by=signed_in(request), template=template, revision=revision)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("patients:text", template.pk)
    messages.success(request, f"The draft of {template} is discarded.")
    return redirect("patients:texts")
