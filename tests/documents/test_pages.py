"""Documents and links as staff see them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.documents.models import Opening
from tests.factories.documents import (
    PDF,
    DocumentFactory,
    IssuedDocumentFactory,
    PrivateLinkFactory,
)
from tests.factories.patients import PatientFactory
from tests.factories.practice import SiteFactory
from tests.factories.staff import ClinicianFactory

pytestmark = pytest.mark.django_db


def list_of(patient):
    return reverse("documents:list", args=[patient.pk])


def pdf_of(document):
    return reverse("documents:download", args=[document.pk])


def test_the_list_says_what_there_is(client_of, clinician):
    document = IssuedDocumentFactory()
    link = PrivateLinkFactory(patient=document.patient)
    Opening.objects.create(document=document, link=link)
    Opening.objects.create(document=document, opened_by=clinician)
    page = client_of(clinician).get(list_of(document.patient)).content.decode()
    assert pdf_of(document) in page
    assert "1 time, last" in page
    assert "Opens with the date of birth" in page


def test_reading_the_list_is_on_record(client_of, clinician):
    patient = PatientFactory()
    client_of(clinician).get(list_of(patient))
    assert Event.objects.get(kind=Kind.PATIENT_VIEWED).details["page"] == "the documents"


def test_an_empty_list_offers_the_first_step(client_of, clinician):
    page = client_of(clinician).get(list_of(PatientFactory())).content.decode()
    assert "No documents yet" in page


def test_a_new_link_is_offered_once_there_is_something_to_open(client_of, clinician):
    client = client_of(clinician)
    empty = client.get(list_of(PatientFactory())).content.decode()
    assert "Send a new link" not in empty
    page = client.get(list_of(IssuedDocumentFactory().patient)).content.decode()
    assert "Send a new link" in page
    assert "Send the patient a new link?" in page, "it asks first"


def test_the_list_says_that_no_link_was_sent(client_of, clinician):
    document = IssuedDocumentFactory(send_link=True)
    audit.record(
        Kind.LINK_NOT_SENT, by=None, patient_id=document.patient_id, subject=document, title="x"
    )
    client = client_of(clinician)
    assert "No link was sent" in client.get(list_of(document.patient)).content.decode()
    progress = client.get(reverse("documents:progress", args=[document.pk])).content.decode()
    assert "No link was sent" in progress
    assert "is being sent" not in progress


def test_one_in_the_making_asks_again_until_it_is_ready(client_of, clinician):
    document = DocumentFactory()
    client = client_of(clinician)
    progress = reverse("documents:progress", args=[document.pk])
    page = client.get(list_of(document.patient)).content.decode()
    assert f'hx-get="{progress}"' in page
    assert f'hx-get="{progress}"' in client.get(progress).content.decode()
    ready = IssuedDocumentFactory()
    partial = client.get(reverse("documents:progress", args=[ready.pk])).content.decode()
    assert "hx-get" not in partial
    assert pdf_of(ready) in partial


def test_with_a_document_that_is_ready_the_lists_come_up_to_date(client_of, clinician):
    document = DocumentFactory()
    client = client_of(clinician)
    progress = reverse("documents:progress", args=[document.pk])
    assert "on-record" not in client.get(progress).content.decode(), "nothing new yet"
    ready = IssuedDocumentFactory()
    PrivateLinkFactory(patient=ready.patient)
    partial = client.get(reverse("documents:progress", args=[ready.pk])).content.decode()
    assert 'id="on-record" hx-swap-oob="true"' in partial
    assert "Opens with the date of birth" in partial
    assert 'id="on-record"' in client.get(list_of(ready.patient)).content.decode()


def test_a_failed_one_says_why_and_can_be_tried_again(client_of, clinician):
    document = DocumentFactory(failed_at=timezone.now(), failure="No session is signed.")
    client = client_of(clinician)
    page = client.get(list_of(document.patient)).content.decode()
    assert "No session is signed." in page
    assert "Try again" in page
    client.post(reverse("documents:retry", args=[document.pk]))
    document.refresh_from_db()
    assert document.status == "in the making"


def test_an_issued_one_opens_and_the_opening_is_on_record(client_of, clinician):
    document = IssuedDocumentFactory()
    response = client_of(clinician).get(pdf_of(document))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="treatment-summary.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert Opening.objects.get(document=document).opened_by == clinician
    assert Event.objects.filter(kind=Kind.DOCUMENT_VIEWED, actor=clinician).count() == 1


def test_behind_the_proxy_the_proxy_sends_the_file(client_of, clinician, settings):
    settings.MEDIA_ACCEL_PREFIX = "/private-media/"
    document = IssuedDocumentFactory()
    response = client_of(clinician).get(pdf_of(document))
    assert response["X-Accel-Redirect"] == f"/private-media/{document.file.name}"
    assert response.content == b""


def test_a_missing_file_is_not_a_fault(client_of, clinician):
    document = IssuedDocumentFactory()
    document.file.storage.delete(document.file.name)
    assert client_of(clinician).get(pdf_of(document)).status_code == 404
    assert not Opening.objects.exists()


def test_one_that_is_not_made_yet_leads_to_the_list(client_of, clinician):
    document = DocumentFactory()
    assert client_of(clinician).get(pdf_of(document)).url == list_of(document.patient)


def test_another_sites_documents_do_not_exist(client_of):
    here, elsewhere = SiteFactory(), SiteFactory()
    client = client_of(ClinicianFactory(sites=[here]))
    patient = PatientFactory(site=elsewhere)
    document = IssuedDocumentFactory(case__patient=patient)
    link = PrivateLinkFactory(patient=patient)
    assert client.get(list_of(patient)).status_code == 404
    assert client.get(pdf_of(document)).status_code == 404
    assert client.get(reverse("documents:progress", args=[document.pk])).status_code == 404
    assert client.post(reverse("documents:retry", args=[document.pk])).status_code == 404
    assert client.post(reverse("documents:revoke", args=[link.pk])).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


def test_reception_may_not_open_the_clinical_record(client_of, reception):
    document = IssuedDocumentFactory()
    client = client_of(reception)
    assert client.get(list_of(document.patient)).status_code == 403
    assert client.get(pdf_of(document)).status_code == 403


def test_an_admin_may_read_but_not_issue(client_of, admin):
    document = DocumentFactory(failed_at=timezone.now(), failure="No session is signed.")
    client = client_of(admin)
    retry = reverse("documents:retry", args=[document.pk])
    page = client.get(list_of(document.patient)).content.decode()
    assert "No session is signed." in page
    assert retry not in page
    assert client.post(retry).status_code == 403


def test_a_link_is_closed_for_good(client_of, clinician):
    link = PrivateLinkFactory()
    client = client_of(clinician)
    response = client.post(reverse("documents:revoke", args=[link.pk]), follow=True)
    assert "The link is closed" in response.content.decode()
    link.refresh_from_db()
    assert link.status_at(timezone.now()) == "revoked"
    assert Event.objects.filter(kind=Kind.LINK_REVOKED, actor=clinician).count() == 1
    client.post(reverse("documents:revoke", args=[link.pk]))
    assert Event.objects.filter(kind=Kind.LINK_REVOKED).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow(
    client_of, clinician, rows, django_assert_max_num_queries
):
    document = IssuedDocumentFactory()
    for _ in range(rows - 1):
        IssuedDocumentFactory(patient=document.patient)
    PrivateLinkFactory.create_batch(rows, patient=document.patient)
    client = client_of(clinician)
    with django_assert_max_num_queries(12):
        client.get(list_of(document.patient))
