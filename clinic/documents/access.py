"""The only ways to a document: what a person may not see does not exist for them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.documents.actions import sha256_of
from clinic.documents.models import Document, PrivateLink
from clinic.staff.models import User
from patients.models import Patient


def get_document(user: User, document_id: UUID) -> Document:
    """Return a document about a patient registered at this person's sites.

    Raises `Http404` for anybody else's.
    """
    documents = Document.objects.select_related("patient", "requested_by")
    document = documents.filter(
        pk=document_id, patient__in=Patient.objects.visible_to(user)
    ).first()
    if document is None:
        raise Http404("There is no such document at your sites.")
    return document


def documents_of(patient: Patient) -> QuerySet[Document]:
    """Return a patient's documents, the newest first, and whether the patient opened them.

    `times_opened` and `last_opened_at` count openings by the patient, not by staff.
    """
    by_patient = Q(openings__link__isnull=False)
    return patient.documents.select_related("requested_by").annotate(
        times_opened=Count("openings", filter=by_patient),
        last_opened_at=Max("openings__created_at", filter=by_patient),
    )


def documents_not_told(documents: Iterable[Document]) -> set[UUID | None]:
    """Return those of the documents whose link could not be sent when they were issued."""
    failed = Event.objects.filter(
        kind=Kind.LINK_NOT_SENT, subject_id__in=[document.pk for document in documents]
    )
    return set(failed.values_list("subject_id", flat=True))


def get_link(user: User, link_id: UUID) -> PrivateLink:
    """Return a private link of a patient at this person's sites, or raise `Http404`."""
    visible = Patient.objects.visible_to(user)
    link = PrivateLink.objects.filter(pk=link_id, patient__in=visible).first()
    if link is None:
        raise Http404("There is no such link at your sites.")
    return link


def link_of(secret: str, now: datetime) -> PrivateLink | None:
    """Return the link that a secret opens; None for unknown, expired, revoked and locked alike."""
    links = PrivateLink.objects.open_at(now).select_related("patient")
    return links.filter(secret_sha256=sha256_of(secret)).first()


def document_behind(link: PrivateLink, document_id: UUID) -> Document:
    """Return an issued document of the link's own patient, or raise `Http404`."""
    document = Document.objects.issued().filter(pk=document_id, patient=link.patient_id).first()
    if document is None:
        raise Http404("There is no such document behind this link.")
    return document
