"""Documents are asked for by a person and made once by the worker."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, connections, transaction
from django.utils import timezone

from clinic.audit.kinds import Kind
from clinic.audit.models import Event
from clinic.documents import actions, rendering
from clinic.documents.models import Document
from clinic.documents.rendering import CannotRenderError, Rendered
from tests.factories.documents import DocumentFactory, IssuedDocumentFactory
from tests.factories.patients import CaseFactory

pytestmark = pytest.mark.django_db
KIND = Document.Kind.TREATMENT_SUMMARY


@pytest.fixture
def renderer(monkeypatch):
    """Return a function that sets how documents are made; nothing follows their issue."""
    monkeypatch.setattr(actions, "after_issuing", [])

    def use(make):
        monkeypatch.setitem(rendering.renderers, KIND, make)

    use(lambda document: Rendered(b"%PDF-1.7 made", 3))
    return use


def ask(case, by, **values):
    return actions.request_document(
        by=by,
        patient=case.patient,
        kind=KIND,
        title="Treatment summary",
        subject_id=case.pk,
        now=timezone.now(),
        **values,
    )


def test_asking_is_on_record_and_starts_the_work(clinician, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as started:
        document = ask(CaseFactory(), clinician)
    assert document.status == "in the making"
    assert len(started) == 1
    assert Event.objects.get(kind=Kind.DOCUMENT_REQUESTED).actor == clinician


def test_asking_twice_makes_one(clinician):
    case = CaseFactory()
    ask(case, clinician)
    with pytest.raises(ValidationError, match="already being made"):
        ask(case, clinician)


def test_it_can_be_asked_for_again_once_issued(clinician):
    document = IssuedDocumentFactory()
    again = ask(document.patient.cases.get(), clinician)
    assert again.pk != document.pk


def test_it_is_issued_with_its_file_and_checksum(renderer):
    document = DocumentFactory()
    assert actions.issue(document.pk)
    document.refresh_from_db()
    assert document.status == "issued"
    assert document.page_count == 3
    assert document.file.read() == b"%PDF-1.7 made"
    assert len(document.sha256) == 64
    document.file.close()
    assert Event.objects.filter(kind=Kind.DOCUMENT_ISSUED, subject_id=document.pk).count() == 1


def test_issuing_twice_changes_nothing(renderer):
    document = DocumentFactory()
    assert actions.issue(document.pk)
    assert not actions.issue(document.pk)


def test_an_issued_document_cannot_be_changed_by_anything():
    document = IssuedDocumentFactory()
    for change in ({"title": "Another"}, {"issued_at": None}, {"sha256": "0" * 64}):
        with pytest.raises(Error), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**change)
    with pytest.raises(Error), transaction.atomic():
        Document.objects.filter(pk=document.pk).delete()


def test_a_reason_is_given_in_a_sentence(renderer):
    def cannot(document):
        raise CannotRenderError("No session is signed.")

    renderer(cannot)
    document = DocumentFactory()
    assert not actions.issue(document.pk)
    document.refresh_from_db()
    assert (document.status, document.failure) == ("failed", "No session is signed.")
    assert Event.objects.filter(kind=Kind.DOCUMENT_FAILED).exists()


def test_a_fault_in_the_program_is_told_without_its_inner_words(renderer):
    renderer(lambda document: {}["patient@example.test"])
    document = DocumentFactory()
    actions.issue(document.pk)
    document.refresh_from_db()
    assert document.failure == actions.PROGRAM_FAULT


@pytest.mark.parametrize("error", [RuntimeError("inner"), ValidationError("No address.")])
def test_a_document_stays_issued_when_nobody_could_be_told(renderer, error):
    def fail(document):
        Document.objects.exclude(pk=document.pk).update(title="Half done")
        raise error

    other = DocumentFactory(title="Untouched")
    actions.after_issuing.append(fail)
    document = DocumentFactory()
    assert actions.issue(document.pk)
    document.refresh_from_db()
    other.refresh_from_db()
    assert document.status == "issued"
    assert other.title == "Untouched", "what failed leaves nothing behind"
    assert Event.objects.get(kind=Kind.LINK_NOT_SENT).subject_id == document.pk


def test_a_failed_one_can_be_tried_again(renderer, clinician):
    document = DocumentFactory(failed_at=timezone.now(), failure="No session is signed.")
    actions.try_again(by=clinician, document=document, now=timezone.now())
    assert actions.issue(document.pk)
    with pytest.raises(ValidationError):
        actions.try_again(by=clinician, document=document, now=timezone.now())


def test_what_waited_for_a_worker_that_was_away_is_tried(renderer):
    document = DocumentFactory(requested_at=timezone.now() - timedelta(hours=2))
    assert actions.issue_waiting(timezone.now()) == 1
    document.refresh_from_db()
    assert (document.status, document.tries) == ("issued", 1)


def test_the_sweep_makes_what_was_lost_and_gives_up_what_takes_too_long(renderer):
    now = timezone.now()
    fresh = DocumentFactory(requested_at=now)
    lost = DocumentFactory(requested_at=now - timedelta(minutes=2))
    hopeless = DocumentFactory(requested_at=now - timedelta(hours=1), tries=3)
    assert actions.issue_waiting(now) == 1
    for document in (fresh, lost, hopeless):
        document.refresh_from_db()
    assert [fresh.status, lost.status, hopeless.status] == ["in the making", "issued", "failed"]
    assert hopeless.failure == actions.TOO_LONG


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_a_document_once(renderer):
    made = []

    def slow(document):
        made.append(document.pk)
        time.sleep(0.2)
        return Rendered(b"%PDF-1.7 made", 1)

    renderer(slow)
    document = DocumentFactory()
    start = threading.Barrier(2)

    def work():
        start.wait()
        actions.issue(document.pk)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [document.pk]
    assert Event.objects.filter(kind=Kind.DOCUMENT_ISSUED).count() == 1
