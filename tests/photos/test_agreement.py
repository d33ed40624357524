"""How a patient agreed to each photograph: held by the database, told on the pages."""

from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.audit import actions as audit
from clinic.audit.kinds import Kind
from clinic.photos.models import Agreement, Photo
from tests.factories.patients import CaseFactory, ConsentTemplateFactory, SignedConsentFactory
from tests.factories.photos import PhotoFactory, PhotoSetFactory

pytestmark = pytest.mark.django_db

TRAIL = import_module("clinic.photos.migrations.0002_agreement").WHAT_THE_TRAIL_KNOWS


def consent_to_photographs(case):
    template = ConsentTemplateFactory(purpose="photographs", technique="", reflection_days=0)
    return SignedConsentFactory(case=case, template=template, photo_scopes=["clinical"])


@pytest.fixture
def consent():
    return consent_to_photographs(CaseFactory())


@pytest.fixture
def photo_set(consent):
    return PhotoSetFactory(case=consent.case)


def in_writing(photo_set, consent, **values):
    return PhotoFactory(photo_set=photo_set, agreed=Agreement.IN_WRITING, consent=consent, **values)


def change(photo, **values) -> None:
    with transaction.atomic():
        Photo.objects.filter(pk=photo.pk).update(**values)


def test_in_writing_is_by_a_consent_and_aloud_without_one(photo_set, consent):
    for agreed, by in (
        ("in_writing", None),
        ("aloud", consent),
        ("not_known", consent),
        ("", None),
    ):
        with pytest.raises(IntegrityError, match="photos_photo_agreed"), transaction.atomic():
            PhotoFactory(photo_set=photo_set, agreed=agreed, consent=by)


def test_nothing_is_kept_without_saying_how_the_patient_agreed(photo_set):
    photo = Photo(photo_set=photo_set, view="vertex", sha256="0" * 64, width_px=1, height_px=1)
    with pytest.raises(ValidationError) as refused:
        photo.full_clean(exclude=["original"])
    assert "agreed" in refused.value.message_dict


def test_the_consent_is_the_patients_own(photo_set):
    other = consent_to_photographs(CaseFactory())
    with pytest.raises(IntegrityError, match="is not that of its patients_consent"):
        in_writing(photo_set, other)


def test_the_agreement_to_a_photograph_never_changes(photo_set, consent):
    written, aloud = (
        in_writing(photo_set, consent),
        PhotoFactory(photo_set=photo_set, view="vertex"),
    )
    with pytest.raises(IntegrityError, match="never changes"):
        change(written, agreed="aloud", consent=None)
    with pytest.raises(IntegrityError, match="never changes"):
        change(aloud, agreed="in_writing", consent=consent)
    with pytest.raises(IntegrityError, match="never changes"):
        change(written, consent=consent_to_photographs(consent.case))


def page_of(client, photo) -> str:
    text = client.get(reverse("photos:photo", args=[photo.pk])).content.decode()
    return " ".join(text.split())


def test_the_page_of_a_photograph_says_how_the_patient_agreed(
    client_of, clinician, photo_set, consent
):
    client = client_of(clinician)
    aloud = PhotoFactory(photo_set=photo_set, view="vertex")
    assert "Patient agreed aloud" in page_of(client, aloud)
    unknown = PhotoFactory(photo_set=photo_set, view="midline", agreed=Agreement.NOT_KNOWN)
    assert "How the patient agreed is not known" in page_of(client, unknown)
    written = in_writing(photo_set, consent)
    text = page_of(client, written)
    assert "Patient agreed in writing" in text
    assert reverse("patients:consent", args=[consent.patient_id, consent.pk]) in text
    assert "withdrawn" not in text.split("Patient agreed in writing")[1].split("</p>")[0]
    consent.withdrawn_at, consent.withdrawn_by = timezone.now(), clinician
    consent.withdrawn_reason = "Changed my mind"
    consent.save()
    assert "withdrawn" in page_of(client, written).split("Patient agreed in writing")[1]


def sheet_words(client, photo_set) -> str:
    text = client.get(reverse("photos:sets", args=[photo_set.patient_id])).content.decode()
    return " ".join(text.split())


def test_a_set_tells_of_its_standing_photographs_alone(client_of, clinician, photo_set, consent):
    client = client_of(clinician)
    written = in_writing(photo_set, consent)
    PhotoFactory(photo_set=photo_set, view="vertex", agreed=Agreement.NOT_KNOWN)
    words = sheet_words(client, photo_set)
    assert "Patient agreed in writing, for 1 of 2 views not known" in words
    change(written, withdrawn_at=timezone.now(), withdrawn_by=clinician)
    assert "Agreement not known" in sheet_words(client, photo_set)


def added(photo, **details) -> None:
    audit.record(
        Kind.PHOTOS_TAKEN,
        by=photo.photo_set.taken_by,
        patient_id=photo.photo_set.patient_id,
        subject=photo.photo_set,
        views=[photo.view],
        **details,
    )


def test_what_the_trail_alone_told_is_carried_over_to_the_photographs(photo_set, consent):
    def earlier(view, **values):
        return PhotoFactory(photo_set=photo_set, view=view, agreed=Agreement.NOT_KNOWN, **values)

    gone = {"withdrawn_at": timezone.now(), "withdrawn_by": photo_set.taken_by}
    before_it_was_asked = earlier("frontal", **gone)
    added(before_it_was_asked)
    aloud, written = earlier("frontal"), earlier("vertex")
    added(aloud, agreed="aloud")
    added(written, agreed="in writing", consent=consent.pk)
    never_told = earlier("midline")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # as before the triggers
        cursor.execute(TRAIL)
        cursor.execute("SET LOCAL session_replication_role = origin")
    known = dict(Photo.objects.values_list("pk", "agreed"))
    assert known == {
        before_it_was_asked.pk: "not_known",
        aloud.pk: "aloud",
        written.pk: "in_writing",
        never_told.pk: "not_known",
    }
    written.refresh_from_db()
    assert written.consent == consent
