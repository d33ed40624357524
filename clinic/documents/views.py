"""A patient's documents and private links, as staff see them."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clinic.base.private_files import private_file_response
from clinic.documents import actions
from clinic.documents.access import documents_not_told, documents_of, get_document, get_link
from clinic.staff.access import require, signed_in
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.access import read_patient
from patients.banner import patient_context
from patients.models import Patient

PDF = "application/pdf"


@require_safe
@require(Permission.VIEW_CLINICAL)
def document_list(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show what was issued, what is being made, and which links are open."""
    user = signed_in(request)
    patient = read_patient(user, patient_id, page="the documents")
    context = {**patient_context(patient), **_on_record(user, patient)}
    return render(request, "documents/list.html", context)


def _on_record(user: User, patient: Patient) -> dict[str, Any]:
    """Return what there is of a patient's documents and links, and what the user may do."""
    now = timezone.now()
    documents = list(documents_of(patient))
    return {
        "patient": patient,
        "documents": documents,
        "issued": [document for document in documents if document.issued_at],
        "links": [(link, link.status_at(now)) for link in patient.links.all()],
        "not_told": documents_not_told(documents),
        "may_issue": user.can(Permission.ISSUE_DOCUMENT),
    }


@require_safe
@require(Permission.VIEW_CLINICAL)
def progress(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Show how far a document is; the page asks again until it is made or failed.

    With the document its link comes into being, so the answer brings the lists along.
    """
    user = signed_in(request)
    document = get_document(user, document_id)
    if document.issued_at:
        context = {"document": document, **_on_record(user, document.patient)}
        return render(request, "documents/_made.html", context)
    return render(
        request,
        "documents/_progress.html",
        {"document": document, "may_issue": user.can(Permission.ISSUE_DOCUMENT)},
    )


@require_safe
@require(Permission.VIEW_CLINICAL)
def download(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Open an issued document, and record who did; one that is not made yet leads to the list."""
    user = signed_in(request)
    document = get_document(user, document_id)
    if not document.issued_at:
        return redirect("documents:list", document.patient_id)
    response = private_file_response(
        document.file, filename=file_name(document.title), content_type=PDF
    )
    actions.record_opening(document=document, by=user)
    return cast(HttpResponse, response)


def file_name(title: str) -> str:
    """Return the name of the file on the reader's machine; it names nobody."""
    return f"{title.lower().replace(' ', '-')}.pdf"


@require_POST
@require(Permission.ISSUE_DOCUMENT)
def retry(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Ask once more for a document that failed."""
    user = signed_in(request)
    document = get_document(user, document_id)
    try:
        actions.try_again(by=user, document=document, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("documents:list", document.patient_id)


@require_POST
@require(Permission.ISSUE_DOCUMENT)
def revoke(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Close a private link."""
    user = signed_in(request)
    link = get_link(user, link_id)
    actions.revoke_link(by=user, link=link, now=timezone.now())
    messages.success(request, "The link is closed. Nobody can open it any more.")
    return redirect("documents:list", link.patient_id)
